// LentParts: loans of uploads in Redis, and the parts that are acknowledged under them. What Redis
// cannot tell is as if there were no loan: nothing is acknowledged then. Whether there was one is
// in the catalog (ports/part_loans.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/redis/behind/lent_scripts.hpp"
#include "adapters/redis/client/redis_client.hpp"
#include "core/upload.hpp"
#include "ports/part_loans.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::redis {

// A part that waits to be written down.
struct UnwrittenPart {
    std::string entry;
    ports::LentPart part;
};

class LentParts final {
 public:
    struct Stored {};
    struct Absent {};
    struct BeingOpened {};
    struct NotLent {};
    struct Away {};
    using Accepted = std::variant<Stored, core::Part, BeingOpened, NotLent, Away>;
    using Found = std::variant<Absent, core::Part, BeingOpened, NotLent, Away>;

    // A loan that was asked for; good on one connection.
    struct Asked {
        SharedSession session;
        std::string name;
    };

    // What became of a loan that takes nothing any more.
    struct Closed {
        std::vector<core::Part> unwritten;
    };
    struct Gone {};     // it takes nothing any more, and what it had is not known
    struct Unknown {};  // it may still take parts, until it is over
    using Closing = std::variant<Closed, Gone, Unknown>;

    struct Taken {
        std::vector<UnwrittenPart> parts;
        // Entries that nobody can read.
        std::vector<UnwrittenPart> refused;
        std::size_t waiting = 0;
        std::chrono::milliseconds oldest{0};
    };

    // The client outlives it.
    explicit LentParts(RedisClient& client) : client_(client) {}

    Task<Accepted> accept(ports::LentPart part);
    Task<Found> find(UploadId id, PartNumber number);

    // Nothing: somebody else has asked, or Redis is away.
    Task<std::optional<Asked>> ask(UploadId id, std::chrono::milliseconds length);
    // The catalog has lent the upload under this name, and these are its parts.
    Task<bool> open(Asked asked, UploadId id, core::Epoch epoch, std::vector<core::Part> parts);
    Task<Closing> close(UploadId id, std::string name);
    Task<void> forget(UploadId id, std::string name);

    // Takes parts to be written down, and those that were taken longer than `idle` ago.
    Task<Result<Taken>> take(std::chrono::milliseconds idle, std::size_t most);
    Task<void> written(std::vector<UnwrittenPart> parts);

 private:
    std::vector<std::string> begin_arguments(UploadId id, const Session& session) const;
    template <class Answer, class None>
    Task<Answer> ask_for_part(const Script& script, SharedSession session, UploadId id,
                              PartNumber number, std::vector<std::string> arguments);

    RedisClient& client_;
    const LentScripts scripts_;
};

}  // namespace slipway::adapters::redis

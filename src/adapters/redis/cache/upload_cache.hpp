// UploadCache: uploads and their parts in Redis, as the catalog has them (docs/cluster.md,
// "Redis"). It is derived: nothing is lost with it, and nothing that it says is the last word.
//
// Whoever has changed an upload tells the cache after the commit and before anybody is answered.
// Whoever does not find an upload may get a ticket, reads the catalog, and fills with the ticket;
// any change meanwhile has made it void. A change of which Redis could not be told casts doubt on
// everything that it holds: the next thing that it is told is that (a new `file:generation`). An
// entry counts for half a minute at most, in case whoever should have told so is gone.
//
// No call fails: what Redis cannot tell is a miss, and while it is away that is known at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/redis/cache/cache_scripts.hpp"
#include "adapters/redis/client/redis_client.hpp"
#include "core/upload.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::redis {

// What there was to count; all since the start.
struct CacheCounts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;  // and Redis was there
    std::uint64_t away = 0;    // Redis was not
};

struct CacheOptions {
    // How long an entry counts after it was filled.
    std::chrono::milliseconds counts{30'000};
    // How long a connection has to stand before entries count: when Redis was away others come back
    // to it a little later, and until they do what it holds may be out of date.
    std::chrono::milliseconds settles{5'000};
    // How long whoever has a ticket is waited for, before somebody else may fill.
    std::chrono::milliseconds ticket{2'000};
    // How long an entry stays that nobody asks for or changes.
    std::chrono::milliseconds lives = std::chrono::hours(24 * 7);
};

class UploadCache final {
 public:
    // What it takes to fill an entry; good on one connection.
    struct Ticket {
        SharedSession session;
        std::string text;
    };
    // Nothing found, and perhaps a ticket.
    using Miss = std::optional<Ticket>;
    template <class T>
    using Look = std::variant<T, Miss>;

    // The client outlives it.
    explicit UploadCache(RedisClient& client, CacheOptions options = {});

    Task<Look<core::Upload>> find_upload(UploadId id);
    // In order of their numbers.
    Task<Look<std::vector<core::Part>>> list_parts(UploadId id);
    Task<void> fill(Ticket ticket, core::Upload upload, std::vector<core::Part> parts);

    // The part is committed in this epoch.
    Task<void> add_part(UploadId id, core::Epoch epoch, core::Part part);
    // Anything else of the upload was changed, or may have been.
    Task<void> drop(UploadId id);

    CacheCounts counts() const;

 private:
    struct Asked {
        std::optional<Reply::Array> found;
        Miss miss;
    };
    Task<Asked> look(UploadId id, std::string wanted);
    // A connection over which Redis has heard of all doubts; nothing: it is away.
    Task<SharedSession> connected();
    Task<Result<>> forget(SharedSession session, UploadId id);
    // What was found is none: it goes.
    Task<Miss> refuse(UploadId id);
    std::string next_ticket();

    RedisClient& client_;
    const CacheOptions options_;
    const CacheScripts scripts_;
    const std::string own_;
    std::atomic<std::uint64_t> tickets_{0};
    // Changes of which Redis was not told.
    std::atomic<std::uint64_t> untold_{0};
    std::atomic<std::uint64_t> hits_{0};
    std::atomic<std::uint64_t> misses_{0};
    std::atomic<std::uint64_t> away_{0};
};

}  // namespace slipway::adapters::redis

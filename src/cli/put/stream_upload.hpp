// StreamUpload: the upload of a stream of unknown length, as a pipe. Its parts are sent as they
// come in, one after the other, while the next one is read: two parts are in memory, and no more.
// What cannot be read a second time cannot be gone on with: whatever fails ends the upload on the
// server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/put/input_stream.hpp"
#include "cli/put/put_context.hpp"
#include "core/chain.hpp"
#include "hash/digester.hpp"

namespace slipway::cli {

class StreamUpload final {
 public:
    // The context and the stream outlive it.
    StreamUpload(PutContext& context, InputStream& input, std::string name);

    // Tells the reporter of everything but its failure.
    Task<Outcome<>> run();

 private:
    using Chunk = std::shared_ptr<std::vector<std::byte>>;

    Task<Outcome<>> open();
    Task<Outcome<>> send_all();
    Task<Result<Chunk>> read_chunk();
    Task<void> send_into(Outcome<>& outcome, Chunk chunk);
    Task<Outcome<>> send_part(std::uint32_t number, Chunk chunk);
    Task<Outcome<Answer>> transfer(std::uint32_t number, Chunk chunk, const Sha256& digest);
    Task<Result<http::ClientResponse>> send_once(PartUrl& url, Chunk chunk, const Sha256& digest,
                                                 std::uint64_t& moved);
    Task<Outcome<PartUrl>> take_url(std::uint32_t number);
    Task<Outcome<>> complete();
    // The failure, after what was begun on the server is ended.
    Task<Failure> give_up(Failure failure);

    PutContext& context_;
    InputStream& input_;
    const std::string name_;
    std::string id_;
    std::map<std::uint32_t, PartUrl> urls_;
    std::uint32_t parts_ = 0;
    std::uint64_t size_ = 0;
    core::Chain<decltype(&hash::sha256)> chain_{&hash::sha256};
    hash::Sha256Hasher whole_;
};

}  // namespace slipway::cli

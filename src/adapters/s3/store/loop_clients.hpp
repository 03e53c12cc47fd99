// LoopClients: a client of the store for every event loop that asks for one, since a client belongs
// to one loop.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "adapters/s3/s3_client.hpp"

namespace slipway::adapters::s3 {

// Those of one loop. Bodies that are streamed by somebody else's pace have connections of their
// own, so that nobody who sends slowly keeps the store from being asked anything.
struct ClientPair {
    std::shared_ptr<S3Client> calls;
    std::shared_ptr<S3Client> streams;
};

class LoopClients final {
 public:
    // Errors: those of S3Client::make(). `streams` is the endpoint for bodies that are streamed.
    static Result<std::unique_ptr<LoopClients>> make(Endpoint calls, Endpoint streams,
                                                     sigv4::Credentials credentials,
                                                     const ports::Clock& clock);

    // Those of the loop on which it is awaited. Thread-safe.
    Task<ClientPair> here();

 private:
    LoopClients(Endpoint calls, Endpoint streams, sigv4::Credentials credentials,
                const ports::Clock& clock)
        : calls_(std::move(calls)),
          streams_(std::move(streams)),
          credentials_(std::move(credentials)),
          clock_(clock) {}

    Result<ClientPair> make_pair() const;

    const Endpoint calls_;
    const Endpoint streams_;
    const sigv4::Credentials credentials_;
    const ports::Clock& clock_;
    std::mutex mutex_;
    std::map<const void*, ClientPair> pairs_;
};

}  // namespace slipway::adapters::s3

// FakeStore: what the calls of S3 do to the fake's state, as the API reference says. Knows nothing
// of HTTP connections, signatures or faults. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <mutex>

#include "s3fake/fake_message.hpp"
#include "s3fake/fake_options.hpp"
#include "s3fake/fake_state.hpp"

namespace slipway::s3fake {

// Whether a list tells of the state as it is, or as it was some changes ago.
enum class Freshness { now, stale };

class FakeStore {
 public:
    explicit FakeStore(FakeOptions options) : options_(std::move(options)) {}

    FakeAnswer handle(const FakeRequest& request, WallTime now, Freshness freshness);

    // A copy, to be looked at by a test.
    FakeState state() const;
    // What somebody else does to it meanwhile.
    void change(const std::function<void(FakeState&)>& change);

 private:
    static constexpr std::size_t kHistory = 3;

    const FakeOptions options_;
    mutable std::mutex mutex_;
    FakeState state_;
    std::deque<FakeState> before_;  // the last states, the oldest first
};

}  // namespace slipway::s3fake

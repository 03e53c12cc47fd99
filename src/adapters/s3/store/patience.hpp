// Patience: how long an S3Store tries again, and which failures of a single call that is worth.
#pragma once

#include <functional>
#include <utility>

#include "adapters/s3/s3_client.hpp"
#include "runtime/retry.hpp"

namespace slipway::adapters::s3 {

struct Patience {
    // Of a call whose result somebody waits for.
    runtime::RetryPolicy calls{.base = std::chrono::milliseconds(100),
                               .max = std::chrono::milliseconds(2'000),
                               .max_attempts = 5};
    // Of bringing about that a blob is published: nobody waits, and what is unknown becomes known.
    runtime::RetryPolicy publishing{.base = std::chrono::milliseconds(200),
                                    .max = std::chrono::milliseconds(10'000),
                                    .max_attempts = 10};
    std::function<runtime::RetryWorld()> world = runtime::real_retry_world;
};

// Who waits for a call is told that the store wants to be left alone, rather than kept for longer
// than this.
inline constexpr std::chrono::seconds kLongestWait{5};

// What may be done again after an error. Repeatable::anyway: what is done twice is as if it was
// done once, so that an unknown outcome is no reason to stop.
enum class Repeatable { where_not_done, anyway };

inline runtime::Again again_after(Errc code, Repeatable repeatable) {
    const bool was_not_done =
        code == Errc::unavailable || code == Errc::throttled || code == Errc::deadline_exceeded;
    const bool is_worth_it =
        was_not_done || (code == Errc::outcome_unknown && repeatable == Repeatable::anyway);
    return is_worth_it ? runtime::Again::yes : runtime::Again::no;
}

template <class T>
Task<runtime::Tried<T>> tried(const S3Client& client, Repeatable repeatable, Task<Result<T>> call) {
    runtime::Tried<T> tried{co_await std::move(call)};
    if (!tried.result) {
        tried.not_before = client.wished_pause();
        tried.again = tried.not_before <= kLongestWait
                          ? again_after(tried.result.error().code, repeatable)
                          : runtime::Again::no;
    }
    co_return tried;
}

// Makes a call until it succeeds, fails for good, or patience ends. `call` makes the task of one
// attempt; the client and what `call` refers to outlive it.
template <class T, class Call>
Task<Result<T>> persist(const S3Client& client, const Patience& patience, Repeatable repeatable,
                        Call call) {
    const auto attempt = [&](unsigned) { return tried<T>(client, repeatable, call()); };
    co_return co_await runtime::retry<T>(patience.calls, patience.world(), attempt);
}

}  // namespace slipway::adapters::s3

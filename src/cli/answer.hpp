// Answer: what the server said to one call, with its error taken apart; and what a failed attempt
// means for the next. Pure: the attempts themselves are made in api_client.cpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/outcome.hpp"
#include "http/client.hpp"

namespace slipway::cli {

struct Answer {
    unsigned status = 0;
    http::Headers headers;
    std::string body;
    std::string error;   // the stable code of a problem document
    std::string detail;  // its title or detail
    std::string request_id;

    bool ok() const { return status / 100 == 2; }
};

// Of a signed URL: its time is over, or it was withdrawn; another one is to be had.
bool needs_new_url(const Answer& answer);

Answer take_answer(http::ClientResponse response);

// "no such upload (HTTP 404 upload_not_found, request 0011223344556677)", with the exit code that
// fits the status.
Failure failure_of(const Answer& answer);
inline std::unexpected<Failure> fail(const Answer& answer) {
    return std::unexpected(failure_of(answer));
}

// What a failed attempt says of the server.
enum class Judgement {
    final,      // an answer that will not change
    transient,  // worth another attempt, of which there are only so many
    outage,     // the server, or the way to it, is not there for now
    throttled,  // too fast: asked to wait, which is no failure
};
Judgement judge(const Answer& answer);
// Whether the status says so, whatever else the answer says.
bool is_outage(unsigned status);
Judgement judge(const Error& error);

// Retry-After in seconds or as a date (RFC 9110 section 10.2.3), at most a year; zero where there
// is none.
std::chrono::milliseconds retry_after(const http::Headers& headers,
                                      std::chrono::system_clock::time_point now);

// How long nothing has succeeded. It begins with the first failure after a success, so that a long
// transfer that breaks is not taken for a long outage.
class OutageClock final {
 public:
    using Time = std::chrono::steady_clock::time_point;
    explicit OutageClock(std::chrono::milliseconds limit) : limit_(limit) {}

    void succeeded() {
        began_.reset();
        ++successes_;
    }
    // False when the outage, or the wait that would follow, is longer than the limit.
    bool may_wait(Time now, std::chrono::milliseconds wait) {
        began_ = began_.value_or(now);
        return now - *began_ + wait <= limit_;
    }
    std::uint64_t successes() const { return successes_; }

 private:
    const std::chrono::milliseconds limit_;
    std::optional<Time> began_;
    std::uint64_t successes_ = 0;
};

}  // namespace slipway::cli

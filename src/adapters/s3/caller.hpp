// Caller: makes calls to one endpoint. It bounds how many are under way, signs by the store's own
// clock once that is known to differ, and turns what goes wrong into Errc. It repeats nothing but a
// call that was refused for its time: whether to try again is for who knows what the call means.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adapters/s3/call.hpp"
#include "adapters/s3/endpoint.hpp"
#include "adapters/s3/request_builder.hpp"
#include "http/client.hpp"
#include "ports/clock.hpp"
#include "runtime/slots.hpp"

namespace slipway::adapters::s3 {

// Looks at a good answer's head before its body is taken, and takes the body.
struct Taking {
    http::HeadCheck check = nullptr;
    http::BodySink sink = nullptr;
};

class Caller final {
 public:
    Caller(const Endpoint& endpoint, EndpointUrl url, sigv4::Credentials credentials,
           const ports::Clock& clock);

    // An answer with 2xx. Errors: those of translate_error(); unavailable or deadline_exceeded
    // where the call surely was not carried out, outcome_unknown where it changes something and may
    // have been; cancelled; and what the body or the sink failed with.
    Task<Result<http::ClientResponse>> perform(Call call, Taking taking = {});

    std::string presigned_url(const Call& call, std::chrono::seconds lifetime) const;

    // How far the store's clock is ahead of ours, once a call was refused for its time; else zero.
    std::chrono::milliseconds clock_difference() const { return ahead_; }

    // For how long the store still wants to be left alone (Retry-After); zero mostly.
    std::chrono::milliseconds wished_pause() const;

 private:
    struct Attempt {
        Result<http::ClientResponse> result;
        bool other_time = false;  // refused for its time, and the store's is known now
    };
    Task<Attempt> attempt(const Call& call, const Taking& taking);
    Attempt judge(const Call& call, http::ClientResponse response, Effect effect);
    void note_pause(const http::Headers& headers);
    bool learn_time(const Call& call, const StoreError& error, const http::Headers& headers);
    WallTime store_time() const { return clock_.wall() + ahead_; }

    const RequestBuilder builder_;
    const ports::Clock& clock_;
    const std::chrono::milliseconds call_timeout_;
    http::Client client_;
    runtime::Slots slots_;
    std::chrono::milliseconds ahead_{0};  // the store's clock, of ours
    SteadyTime rest_until_;
};

}  // namespace slipway::adapters::s3

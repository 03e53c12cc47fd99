// RequestRig: a request without a connection, for tests of the doors and the stages.
#pragma once

#include <string>
#include <utility>

#include "http/server.hpp"

namespace slipway::testing {

// A body of no bytes that counts how often it is read.
class CountedBody final : public http::RequestBody {
 public:
    std::optional<ByteCount> length() const override { return 0_B; }
    Task<Result<http::BodyChunk>> next() override {
        ++reads;
        co_return http::BodyChunk();
    }
    Task<Result<std::string>> read_all(ByteCount) override {
        ++reads;
        co_return std::string();
    }
    std::function<void()> interrupter() override {
        return [] {};
    }
    int reads = 0;
};

struct RequestRig {
    explicit RequestRig(http::Method method = http::Method::get, const std::string& target = "/")
        : request{.head = {}, .body = body, .request_id = "id", .peer = "192.0.2.1"} {
        request.head.method = method;
        request.head.target = *http::parse_target(target);
        request.head.host = "h";
    }
    RequestRig(const RequestRig&) = delete;
    RequestRig& operator=(const RequestRig&) = delete;

    CountedBody body;
    http::Request request;
};

}  // namespace slipway::testing

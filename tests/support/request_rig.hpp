// RequestRig: a request without a connection, for tests of the doors and the stages.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "http/server.hpp"

namespace slipway::testing {

// A body of text that counts how often it is read.
class CountedBody final : public http::RequestBody {
 public:
    explicit CountedBody(std::string text = {}) : text_(std::move(text)) {}
    std::optional<ByteCount> length() const override { return ByteCount(text_.size()); }
    Task<Result<http::BodyChunk>> next() override {
        ++reads;
        http::BodyChunk chunk;
        chunk.bytes = std::exchange(left_, {});
        co_return std::move(chunk);
    }
    Task<Result<std::string>> read_all(ByteCount most) override {
        ++reads;
        co_return ByteCount(text_.size()) > most ? Result<std::string>(failure(Errc::too_large, ""))
                                                 : text_;
    }
    std::function<void()> interrupter() override {
        return [] {};
    }
    int reads = 0;

 private:
    const std::string text_;
    std::span<const std::byte> left_ = std::as_bytes(std::span(text_));
};

struct RequestRig {
    explicit RequestRig(http::Method method = http::Method::get, const std::string& target = "/",
                        std::string text = {})
        : body(std::move(text)),
          request{.head = {}, .body = body, .request_id = "id", .peer = "192.0.2.1"} {
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

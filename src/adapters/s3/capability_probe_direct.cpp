// Whether parts can be sent to the store by those who have no keys of it: tried as they would do
// it, with a presigned URL and nothing else.
#include "adapters/s3/capability_probe.hpp"
#include "hash/digester.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kBody = "slipway-direct";
constexpr auto kLifetime = std::chrono::minutes(5);

Sha256 sha256_of(std::string_view text) {
    return hash::sha256(std::as_bytes(std::span(text)));
}

}  // namespace

http::ClientOptions CapabilityProbe::options_of(const Endpoint& endpoint) {
    http::ClientOptions options;
    options.connect_timeout = endpoint.connect_timeout;
    options.stall_timeout = endpoint.stall_timeout;
    options.total_timeout = endpoint.call_timeout;
    options.ca = endpoint.ca;
    return options;
}

// True: stored. False: refused.
Task<Result<bool>> CapabilityProbe::put_directly(PresignedCall call, std::string text) {
    http::ClientRequest request{.method = http::Method::put,
                                .url = std::move(call.url),
                                .headers = {},
                                .body = std::move(text)};
    for (const auto& [name, value] : call.headers) {
        request.headers.add(name, value);
    }
    const auto answer = co_await outsider_.send(std::move(request));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (answer->status / 100 == 5 && answer->status != 501) {
        co_return failure(Errc::unavailable,
                          "a presigned PUT: HTTP " + std::to_string(answer->status));
    }
    co_return answer->status / 100 == 2;
}

Task<Result<>> CapabilityProbe::probe_direct_parts() {
    const auto begun = co_await begin("direct", ObjectChecksum::part_sha256);
    if (!begun) {
        const bool is_no =
            begun.error().code == Errc::unsupported || begun.error().code == Errc::invalid;
        co_return is_no ? Result<>() : std::unexpected(begun.error());
    }
    const ExactBody body{ByteCount(kBody.size()), sha256_of(kBody)};
    const auto call_of = [&](std::uint32_t number) {
        return client_->presigned_part(*begun, PartNumber(number), body, kLifetime);
    };
    const auto right = co_await put_directly(call_of(1), std::string(kBody));
    if (!right || !*right) {
        co_return right ? Result<>() : std::unexpected(right.error());
    }
    // Of the same length.
    const auto wrong = co_await put_directly(call_of(2), std::string(kBody.size(), 'x'));
    if (!wrong) {
        co_return std::unexpected(wrong.error());
    }
    const auto listed = co_await client_->list_parts(*begun);
    if (!listed) {
        co_return std::unexpected(listed.error());
    }
    found_.checks_direct_parts =
        !*wrong && listed->parts.size() == 1 && listed->parts.front().sha256 == body.sha256;
    co_return Result<>{};
}

}  // namespace slipway::adapters::s3

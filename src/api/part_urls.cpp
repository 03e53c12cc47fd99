#include "api/part_urls.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "api/signed_query.hpp"

namespace slipway::api {

namespace {

constexpr std::array<std::string_view, 6> kParameters = {"v", "kid", "epoch", "len", "exp", "sig"};

std::string path_of(const UploadId& id, PartNumber number) {
    return "/upload/" + id.to_string() + "/part/" + std::to_string(number.value());
}

// Of an open length that the text does not name, by the number of the part.
ByteCount usual_least(PartNumber number) {
    return number > PartNumber(1) ? 1_B : 0_B;
}

// "N": N bytes; "N-": at most N, and at least the usual; "L-N": from L to N.
std::string length_text(const core::PartLength& length, PartNumber number) {
    const std::string most = std::to_string(length.most.value());
    if (length.least == length.most) {
        return most;
    }
    return length.least == usual_least(number) ? most + "-"
                                               : std::to_string(length.least.value()) + "-" + most;
}

std::optional<core::PartLength> parse_length(std::string_view text, PartNumber number) {
    const auto dash = text.find('-');
    const auto first = parse_canonical<std::uint64_t>(text.substr(0, dash));
    if (!first) {
        return std::nullopt;
    }
    if (dash == std::string_view::npos) {
        return core::PartLength{ByteCount(*first), ByteCount(*first)};
    }
    if (dash + 1 == text.size()) {
        return core::PartLength{usual_least(number), ByteCount(*first)};
    }
    const auto most = parse_canonical<std::uint64_t>(text.substr(dash + 1));
    return most ? std::optional(core::PartLength{ByteCount(*first), ByteCount(*most)})
                : std::nullopt;
}

std::optional<engine::PartClaims> read_claims(const http::RequestHead& head) {
    const http::Target& target = head.target;
    const bool shape = target.segments.size() == 4 && has_exactly(target, kParameters) &&
                       target.parameter("v") == "1";
    if (!shape) {
        return std::nullopt;
    }
    const auto upload = UploadId::parse(target.segments[1]);
    const auto number = parse_canonical<std::uint32_t>(target.segments[3]);
    const auto epoch = parse_canonical<core::Epoch>(*target.parameter("epoch"));
    const auto expires = parse_canonical<std::int64_t>(*target.parameter("exp"));
    if (!upload || !number || !epoch || !expires) {
        return std::nullopt;
    }
    const auto length = parse_length(*target.parameter("len"), PartNumber(*number));
    if (!length) {
        return std::nullopt;
    }
    return engine::PartClaims{.method = std::string(http::to_string(head.method)),
                              .host = {},
                              .path = target.path,
                              .upload = *upload,
                              .epoch = *epoch,
                              .number = PartNumber(*number),
                              .length = *length,
                              .expires_at = *expires,
                              .key_id = std::string(*target.parameter("kid"))};
}

}  // namespace

PartUrls::PartUrls(engine::PartSigner signer, PartUrlOptions options)
    : signer_(std::move(signer)),
      options_(std::move(options)),
      public_host_(host_of(options_.public_url)) {}

std::string PartUrls::signed_host(const std::string& host) const {
    return public_host_.empty() ? host : public_host_;
}

WallTime PartUrls::expiry(const core::Upload& upload, WallTime now) const {
    return std::min<WallTime>(now + options_.lifetime, upload.expires_at);
}

PartUrl PartUrls::make(const core::Upload& upload, PartNumber number, const std::string& host,
                       WallTime now) const {
    const WallTime expires_at = expiry(upload, now);
    const engine::PartClaims claims{.method = "PUT",
                                    .host = signed_host(host),
                                    .path = path_of(upload.id, number),
                                    .upload = upload.id,
                                    .epoch = upload.epoch,
                                    .number = number,
                                    .length = core::length_of(upload.plan, number),
                                    .expires_at = unix_seconds(expires_at),
                                    .key_id = signer_.key_id()};
    const std::string base = options_.public_url.empty() ? "http://" + host : options_.public_url;
    return {base + claims.path + "?v=1&kid=" + claims.key_id + "&epoch=" +
                std::to_string(claims.epoch) + "&len=" + length_text(claims.length, number) +
                "&exp=" + std::to_string(claims.expires_at) + "&sig=" + signer_.sign(claims),
            from_unix_millis(claims.expires_at * 1000)};
}

std::expected<engine::PartGrant, engine::Denial> PartUrls::verify(const http::RequestHead& head,
                                                                  WallTime now) const {
    auto claims = read_claims(head);
    if (!claims) {
        return std::unexpected(engine::Denial::invalid_signature);
    }
    claims->host = signed_host(head.host);
    return signer_.verify(*claims, *head.target.parameter("sig"), now);
}

}  // namespace slipway::api

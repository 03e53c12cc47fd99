#include "api/form_urls.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "api/signed_query.hpp"
#include "base/encoding.hpp"

namespace slipway::api {

namespace {

constexpr std::array<std::string_view, 7> kParameters = {"v",   "kid", "owner", "file",
                                                         "max", "exp", "sig"};

std::optional<engine::FormClaims> read_claims(const http::RequestHead& head) {
    const http::Target& target = head.target;
    if (!has_exactly(target, kParameters) || target.parameter("v") != "1") {
        return std::nullopt;
    }
    const auto file = UploadId::parse(*target.parameter("file"));
    const auto max_size = parse_canonical<std::uint64_t>(*target.parameter("max"));
    const auto expires = parse_canonical<std::int64_t>(*target.parameter("exp"));
    if (!file || !max_size || !expires) {
        return std::nullopt;
    }
    return engine::FormClaims{.host = {},
                              .owner = std::string(*target.parameter("owner")),
                              .file = *file,
                              .max_size = ByteCount(*max_size),
                              .expires_at = *expires,
                              .key_id = std::string(*target.parameter("kid"))};
}

}  // namespace

FormUrls::FormUrls(engine::FormSigner signer, PartUrlOptions options)
    : signer_(std::move(signer)),
      options_(std::move(options)),
      public_host_(host_of(options_.public_url)) {}

std::string FormUrls::signed_host(const std::string& host) const {
    return public_host_.empty() ? host : public_host_;
}

PartUrl FormUrls::make(const FormUrlTerms& terms, const std::string& host, WallTime now) const {
    const engine::FormClaims claims{.host = signed_host(host),
                                    .owner = terms.owner,
                                    .file = terms.file,
                                    .max_size = terms.max_size,
                                    .expires_at = unix_seconds(now + terms.lifetime),
                                    .key_id = signer_.key_id()};
    const std::string base = options_.public_url.empty() ? "http://" + host : options_.public_url;
    return {base + "/upload?v=1&kid=" + claims.key_id + "&owner=" + encode_percent(claims.owner) +
                "&file=" + claims.file.to_string() +
                "&max=" + std::to_string(claims.max_size.value()) +
                "&exp=" + std::to_string(claims.expires_at) + "&sig=" + signer_.sign(claims),
            from_unix_millis(claims.expires_at * 1000)};
}

std::expected<engine::FormGrant, engine::Denial> FormUrls::verify(const http::RequestHead& head,
                                                                  WallTime now) const {
    auto claims = read_claims(head);
    if (!claims) {
        return std::unexpected(engine::Denial::invalid_signature);
    }
    claims->host = signed_host(head.host);
    return signer_.verify(*claims, *head.target.parameter("sig"), now);
}

}  // namespace slipway::api

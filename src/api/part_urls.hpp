// PartUrls: the text form of a part's grant: the signed URL, made and read back.
//   /upload/{id}/part/{n}?v=1&kid=KEY&epoch=E&len=N&exp=T&sig=MAC      (len=N- where the part may
//   be shorter)
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "engine/part_grant.hpp"
#include "http/message.hpp"

namespace slipway::api {

struct PartUrlOptions {
    // "https://upload.example.org", where the server is reached under another name than the Host
    // field's; or empty.
    std::string public_url;
    std::chrono::seconds lifetime{3600};
};

struct PartUrl {
    std::string url;
    WallTime expires_at;
};

class PartUrls {
 public:
    PartUrls(engine::PartSigner signer, PartUrlOptions options);

    // `host` is the Host field of the request that asks.
    PartUrl make(const core::Upload& upload, PartNumber number, const std::string& host,
                 WallTime now) const;
    // Until when a URL that is given now is valid.
    WallTime expiry(const core::Upload& upload, WallTime now) const;
    // The one verifier of signed URLs.
    std::expected<engine::PartGrant, engine::Denial> verify(const http::RequestHead& head,
                                                            WallTime now) const;

 private:
    std::string signed_host(const std::string& host) const;

    engine::PartSigner signer_;
    PartUrlOptions options_;
    std::string public_host_;
};

}  // namespace slipway::api

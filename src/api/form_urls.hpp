// FormUrls: the text form of a form's grant: the signed URL, made and read back.
//   /upload?v=1&kid=KEY&owner=OWNER&file=ID&max=BYTES&exp=T&sig=MAC
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "api/part_urls.hpp"
#include "engine/form_grant.hpp"
#include "http/message.hpp"

namespace slipway::api {

struct FormUrlTerms {
    std::string owner;
    UploadId file;
    ByteCount max_size;
    std::chrono::seconds lifetime{0};
};

class FormUrls {
 public:
    FormUrls(engine::FormSigner signer, PartUrlOptions options);

    // The longest life of one.
    std::chrono::seconds lifetime() const { return options_.lifetime; }
    // `host` is the Host field of the request that asks.
    PartUrl make(const FormUrlTerms& terms, const std::string& host, WallTime now) const;
    // The one verifier of signed form URLs.
    std::expected<engine::FormGrant, engine::Denial> verify(const http::RequestHead& head,
                                                            WallTime now) const;

 private:
    std::string signed_host(const std::string& host) const;

    engine::FormSigner signer_;
    PartUrlOptions options_;
    std::string public_host_;
};

}  // namespace slipway::api

// RequestBuilder: addresses a call, states what is known of its body, signs it. Pure: the time
// comes with the call, and nothing is sent.
#pragma once

#include <chrono>
#include <string>

#include "adapters/s3/call.hpp"
#include "adapters/s3/endpoint.hpp"
#include "http/client.hpp"
#include "sigv4/signer.hpp"

namespace slipway::adapters::s3 {

class RequestBuilder final {
 public:
    RequestBuilder(EndpointUrl url, const Endpoint& endpoint, sigv4::Credentials credentials);

    // The body of a call that is streamed can be sent once.
    http::ClientRequest build(const Call& call, WallTime now) const;

    // A URL with which anybody can make the call until its lifetime is over (one second to seven
    // days), with any body. The headers of the call have to be sent with it.
    std::string presigned_url(const Call& call, WallTime now, std::chrono::seconds lifetime) const;

 private:
    struct Address {
        std::string authority;
        std::string path;  // not encoded
    };
    Address address_of(const ObjectName& target) const;
    std::string url_of(const Address& address, const std::string& query) const;

    const EndpointUrl url_;
    const AddressStyle style_;
    const ChecksumMode checksums_;
    const sigv4::Signer signer_;
};

}  // namespace slipway::adapters::s3

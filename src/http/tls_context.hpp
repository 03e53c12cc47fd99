// TlsContext: whom a client trusts, and what it demands of every TLS connection: TLS 1.2 or newer,
// and a certificate of a known authority for the very name that was asked for.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace slipway::http {

class TlsContext {
 public:
    // The authorities are those in the file or directory `ca`, and no others; where it is empty,
    // those of the system. invalid: there is no certificate to read.
    static Result<std::shared_ptr<TlsContext>> make(const std::string& ca);
    explicit TlsContext(boost::asio::ssl::context context) : context_(std::move(context)) {}

    boost::asio::ssl::context& context() { return context_; }

 private:
    boost::asio::ssl::context context_;
};

// The peer must prove to be this host, a name or an address; the name is sent (SNI).
// invalid: no certificate can be for it.
Result<> expect_host(SSL* tls, const std::string& host);

// What a handshake with this host failed with. untrusted: the peer did not prove to be this host;
// the detail says whether its authority, its name or its time is to blame. unsupported: it does not
// speak TLS, or not as we do. unavailable: the connection broke.
Error handshake_error(SSL* tls, const std::string& host, const boost::system::error_code& code);

}  // namespace slipway::http

// TestAuthority: certificates for the tests of TLS, made when they run, and the server's side of a
// handshake over a blocking socket.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace slipway::http {

struct OpensslDelete {
    void operator()(SSL* tls) const { SSL_free(tls); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using SslPtr = std::unique_ptr<SSL, OpensslDelete>;
using CertificatePtr = std::unique_ptr<X509, OpensslDelete>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslDelete>;

// A key and a certificate for it.
class TestIdentity {
 public:
    TestIdentity(CertificatePtr certificate, KeyPtr key);
    // Nothing when the client does not go through with the handshake.
    SslPtr accept(int socket) const;

 private:
    std::unique_ptr<SSL_CTX, OpensslDelete> context_;
};

class TestAuthority {
 public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    // For this alternative name, as OpenSSL writes it ("IP:127.0.0.1", "DNS:localhost"), ending so
    // long from now.
    TestIdentity identity(const std::string& name,
                          std::chrono::seconds lifetime = std::chrono::hours(1)) const;
    // The file with its own certificate.
    std::string file() const { return file_; }

 private:
    KeyPtr key_;
    CertificatePtr certificate_;
    std::filesystem::path file_;
};

}  // namespace slipway::http

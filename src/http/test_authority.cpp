#include "http/test_authority.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace slipway::http {

namespace {

// A broken test rig is no result of a test.
void require(bool done) {
    if (!done) {
        std::abort();
    }
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

// Without extensions and signature.
CertificatePtr draft(EVP_PKEY* key, const char* name, long serial, std::chrono::seconds lifetime) {
    CertificatePtr certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -86'400);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime.count());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    require(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

}  // namespace

TestIdentity::TestIdentity(CertificatePtr certificate, KeyPtr key)
    : context_(SSL_CTX_new(TLS_server_method())) {
    require(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1 &&
            SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);
}

SslPtr TestIdentity::accept(int socket) const {
    SslPtr tls(SSL_new(context_.get()));
    require(SSL_set_fd(tls.get(), socket) == 1);
    return SSL_accept(tls.get()) == 1 ? std::move(tls) : nullptr;
}

TestAuthority::TestAuthority() : key_(EVP_EC_gen("P-256")) {
    static std::atomic<int> number{0};
    certificate_ = draft(key_.get(), "slipway test authority", 1, std::chrono::hours(1));
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    extend(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    require(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
    file_ = std::filesystem::temp_directory_path() /
            ("slipway-authority-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
    FILE* out = std::fopen(file_.c_str(), "w");
    require(out != nullptr && PEM_write_X509(out, certificate_.get()) == 1);
    std::fclose(out);
}

TestAuthority::~TestAuthority() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

TestIdentity TestAuthority::identity(const std::string& name, std::chrono::seconds lifetime) const {
    KeyPtr key(EVP_EC_gen("P-256"));
    CertificatePtr certificate = draft(key.get(), "slipway test server", 2, lifetime);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
    extend(certificate.get(), certificate_.get(), NID_subject_alt_name, name);
    require(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
    return {std::move(certificate), std::move(key)};
}

}  // namespace slipway::http

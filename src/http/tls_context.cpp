#include "http/tls_context.hpp"

#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <filesystem>
#include <utility>

namespace slipway::http {

namespace ssl = boost::asio::ssl;

namespace {

bool is_address(const std::string& host) {
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    return !error;
}

std::string_view reason_of(long verify_result) {
    switch (verify_result) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "its certificate is for another name";
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "its certificate has expired";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "its certificate is not valid yet";
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "its certificate is not signed by a known authority";
        default:
            return X509_verify_cert_error_string(verify_result);
    }
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::make(const std::string& ca) {
    ssl::context context(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    boost::system::error_code error;
    std::error_code ignored;
    context.set_verify_mode(ssl::verify_peer, error);
    if (ca.empty()) {
        context.set_default_verify_paths(error);
    } else if (std::filesystem::is_directory(ca, ignored)) {
        context.add_verify_path(ca, error);
    } else {
        context.load_verify_file(ca, error);
    }
    if (error) {
        return failure(Errc::invalid, "no certificates of authorities in " +
                                          (ca.empty() ? std::string("the system") : ca) + ": " +
                                          error.message());
    }
    return std::make_shared<TlsContext>(std::move(context));
}

Result<> expect_host(SSL* tls, const std::string& host) {
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool set = is_address(host)
                         ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1 &&
                               SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
    return set ? Result<>() : failure(Errc::invalid, "no certificate can be for " + host);
}

Error handshake_error(SSL* tls, const std::string& host, const boost::system::error_code& code) {
    if (const long verified = SSL_get_verify_result(tls); verified != X509_V_OK) {
        return {Errc::untrusted, host + " is not trusted: " + std::string(reason_of(verified))};
    }
    const bool of_protocol = code.category() == boost::asio::error::get_ssl_category();
    return {of_protocol ? Errc::unsupported : Errc::unavailable,
            "TLS with " + host + ": " + code.message()};
}

}  // namespace slipway::http

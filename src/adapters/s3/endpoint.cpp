#include "adapters/s3/endpoint.hpp"

#include <algorithm>

namespace slipway::adapters::s3 {

namespace {

bool is_authority_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
           c == '[' || c == ']';
}

}  // namespace

Result<EndpointUrl> parse_endpoint_url(const std::string& url) {
    EndpointUrl out;
    std::string_view rest = url;
    if (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    for (const std::string_view scheme : {"http", "https"}) {
        const std::string prefix = std::string(scheme) + "://";
        if (rest.starts_with(prefix)) {
            out.scheme = scheme;
            out.authority = rest.substr(prefix.size());
        }
    }
    if (out.authority.empty() || !std::ranges::all_of(out.authority, is_authority_character)) {
        return failure(Errc::invalid,
                       "an S3 endpoint is http://host[:port] or https://host[:port], in lower "
                       "case and without a path: " +
                           url);
    }
    const std::string_view own_port = out.scheme == "http" ? ":80" : ":443";
    if (out.authority.ends_with(own_port)) {
        out.authority.resize(out.authority.size() - own_port.size());
    }
    return out;
}

}  // namespace slipway::adapters::s3

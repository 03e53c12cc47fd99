#include "http/client_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace slipway::http {

Result<ClientUrl> parse_client_url(std::string_view text) {
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed || !parsed->has_authority() || parsed->host().empty()) {
        return failure(Errc::invalid, "not an absolute URL: " + std::string(text));
    }
    const bool secure = parsed->scheme_id() == boost::urls::scheme::https;
    if (!secure && parsed->scheme_id() != boost::urls::scheme::http) {
        return failure(Errc::unsupported, "not an http or https URL: " + std::string(text));
    }
    if (parsed->has_userinfo()) {
        return failure(Errc::invalid, "user information in a URL is not accepted");
    }
    if (parsed->has_port() && !parsed->port().empty() && parsed->port_number() == 0) {
        return failure(Errc::invalid, "port of " + std::string(text));
    }
    ClientUrl url;
    url.scheme = secure ? Scheme::https : Scheme::http;
    url.host = parsed->host_address();
    url.port = parsed->port_number();
    if (url.port == 0) {
        url.port = secure ? 443 : 80;
    }
    url.authority = parsed->encoded_host_and_port();
    url.target = parsed->encoded_path();
    if (url.target.empty()) {
        url.target = "/";
    }
    if (parsed->has_query()) {
        url.target += '?';
        url.target += std::string_view(parsed->encoded_query());
    }
    return url;
}

}  // namespace slipway::http

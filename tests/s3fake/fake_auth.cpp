#include "s3fake/fake_auth.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/encoding.hpp"
#include "sigv4/canonical.hpp"

namespace slipway::s3fake {

namespace {

constexpr auto kMaxSkew = std::chrono::minutes(15);

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return out;
}

// "20130524T000000Z".
std::optional<WallTime> parse_amz_date(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    const bool read = text.size() == 16 && std::sscanf(text.c_str(), "%4d%2u%2uT%2d%2d%2dZ", &year,
                                                       &month, &day, &hour, &minute, &second) == 6;
    if (!read) {
        return std::nullopt;
    }
    return std::chrono::sys_days(std::chrono::year_month_day(
               std::chrono::year(year), std::chrono::month(month), std::chrono::day(day))) +
           std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// What a signature says of itself, in whichever form.
struct Claim {
    std::string credential;
    std::string signed_headers;
    std::string signature;
    std::string date;
    std::string token;
    std::optional<std::int64_t> lifetime;  // of a presigned URL
};

std::string part_of(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(at + name.size());
    return std::string(text.substr(0, text.find_first_of(", ")));
}

Claim claim_of_header(const http::RequestHead& head, std::string_view authorization) {
    return {.credential = part_of(authorization, "Credential="),
            .signed_headers = part_of(authorization, "SignedHeaders="),
            .signature = part_of(authorization, "Signature="),
            .date = std::string(head.headers.find("x-amz-date").value_or("")),
            .token = std::string(head.headers.find("x-amz-security-token").value_or("")),
            .lifetime = std::nullopt};
}

Claim claim_of_query(const http::RequestHead& head) {
    const auto value = [&head](std::string_view name) {
        return std::string(head.target.parameter(name).value_or(""));
    };
    const std::string expires = value("X-Amz-Expires");
    std::int64_t lifetime = 0;
    std::from_chars(expires.data(), expires.data() + expires.size(), lifetime);
    return {.credential = value("X-Amz-Credential"),
            .signed_headers = value("X-Amz-SignedHeaders"),
            .signature = value("X-Amz-Signature"),
            .date = value("X-Amz-Date"),
            .token = value("X-Amz-Security-Token"),
            .lifetime = lifetime};
}

bool is_signed(std::string_view signed_headers, std::string_view name) {
    return (';' + std::string(signed_headers) + ';').contains(';' + std::string(name) + ';');
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// The fields that were signed; nothing where one that has to be was not.
std::optional<sigv4::Fields> signed_fields(const http::RequestHead& head, const Claim& claim) {
    sigv4::Fields fields;
    bool has_host = false;
    for (const auto& [name, value] : head.headers.lines()) {
        const std::string lowered = lower(name);
        if (is_signed(claim.signed_headers, lowered)) {
            fields.emplace_back(lowered, value);
            has_host = has_host || lowered == "host";
        } else if (lowered.starts_with("x-amz-")) {
            return std::nullopt;
        }
    }
    const auto wanted = std::ranges::count(claim.signed_headers, ';') + 1;
    return has_host && std::cmp_equal(fields.size(), wanted) ? std::optional(fields) : std::nullopt;
}

sigv4::RequestToSign request_of(const http::RequestHead& head, sigv4::Fields fields,
                                const std::string& payload) {
    sigv4::RequestToSign request{.method = upper(http::to_string(head.method)),
                                 .path = decode_percent(head.target.path).value_or(""),
                                 .query = {},
                                 .headers = std::move(fields),
                                 .payload_hash = payload};
    for (const auto& parameter : head.target.query) {
        if (parameter.first != "X-Amz-Signature") {
            request.query.push_back(parameter);
        }
    }
    return request;
}

std::optional<FakeError> check_time(const Claim& claim, WallTime time, WallTime now) {
    if (!claim.lifetime) {
        return std::chrono::abs(now - time) > kMaxSkew
                   ? std::optional(FakeError{403, "RequestTimeTooSkewed", "the clocks differ"})
                   : std::nullopt;
    }
    if (*claim.lifetime < 1 || *claim.lifetime > sigv4::kLongestPresigned.count()) {
        return FakeError{400, "AuthorizationQueryParametersError", "X-Amz-Expires"};
    }
    const bool is_over = now > time + std::chrono::seconds(*claim.lifetime);
    return is_over ? std::optional(FakeError{403, "AccessDenied", "Request has expired"})
                   : std::nullopt;
}

std::optional<FakeError> check_scope(const Claim& claim, const FakeOptions& options,
                                     WallTime time) {
    const std::string& access = options.credentials.access_key;
    if (!claim.credential.starts_with(access + '/')) {
        return FakeError{403, "InvalidAccessKeyId", "no such key"};
    }
    if (claim.credential != access + '/' + sigv4::credential_scope({options.region}, time)) {
        return FakeError{400, "AuthorizationHeaderMalformed",
                         "the region is wrong; expecting '" + options.region + "'"};
    }
    if (claim.token != options.credentials.session_token) {
        return FakeError{400, "InvalidToken", "the session token is wrong"};
    }
    return std::nullopt;
}

std::optional<FakeError> check(const http::RequestHead& head, const Claim& claim,
                               const FakeOptions& options, const std::string& payload,
                               WallTime now) {
    const auto time = parse_amz_date(claim.date);
    if (!time || payload.empty()) {
        return FakeError{403, "AccessDenied", "no x-amz-date or no x-amz-content-sha256"};
    }
    if (auto wrong = check_scope(claim, options, *time)) {
        return wrong;
    }
    if (auto wrong = check_time(claim, *time, now)) {
        return wrong;
    }
    auto fields = signed_fields(head, claim);
    if (!fields) {
        return FakeError{403, "AccessDenied", "headers present in the request were not signed"};
    }
    const auto request = request_of(head, *std::move(fields), payload);
    const bool is_canonical = sigv4::encode_path(request.path) == head.target.path;
    const auto expected = sigv4::signature_of(
        sigv4::canonicalise(request), options.credentials.secret_key, {options.region}, *time);
    return is_canonical && expected == claim.signature
               ? std::nullopt
               : std::optional(FakeError{403, "SignatureDoesNotMatch", "check key and method"});
}

}  // namespace

Admission admit(const http::RequestHead& head, const FakeOptions& options, WallTime now) {
    Admission admission;
    const auto authorization = head.headers.find("Authorization");
    if (authorization && authorization->starts_with("AWS4-HMAC-SHA256 ")) {
        admission.payload = head.headers.find("x-amz-content-sha256").value_or("");
        admission.refused =
            check(head, claim_of_header(head, *authorization), options, admission.payload, now);
    } else if (head.target.parameter("X-Amz-Algorithm") == "AWS4-HMAC-SHA256") {
        admission.is_presigned = true;
        admission.payload = sigv4::kUnsignedPayload;
        admission.refused = check(head, claim_of_query(head), options, admission.payload, now);
    } else {
        admission.refused = FakeError{403, "AccessDenied", "no signature"};
    }
    return admission;
}

}  // namespace slipway::s3fake

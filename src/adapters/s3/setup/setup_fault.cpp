#include "adapters/s3/setup/setup_fault.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "adapters/s3/translate_error.hpp"

namespace slipway::adapters::s3 {

namespace {

struct Wording {
    std::string_view name;
    std::string_view sentence;
};

// In order of the faults. KEY in a sentence is a key of the description.
constexpr std::array kWordings{
    Wording{"unknown_host", "the host of endpoint has no address"},
    Wording{"connection_refused", "nothing listens at endpoint"},
    Wording{"unreachable", "endpoint cannot be reached, or does not answer in time"},
    Wording{"expects_https", "endpoint says http, and what listens there speaks https"},
    Wording{"expects_http", "endpoint says https, and what listens there speaks no TLS"},
    Wording{
        "untrusted_certificate",
        "the store cannot prove that it is the host of endpoint; ca_file names the certificates "
        "that are trusted"},
    Wording{"unknown_access_key", "the store does not know the access key"},
    Wording{"wrong_secret_key",
            "the secret key does not belong to the access key, or a proxy changes requests"},
    Wording{"wrong_session", "the session token is not valid, or no longer"},
    Wording{"wrong_clock", "the clock of this machine differs from the store's"},
    Wording{"wrong_region", "the store is in another region than region says"},
    Wording{"missing_bucket", "the store has no such bucket"},
    Wording{"no_right", "the access key may not do this in the bucket"},
    Wording{"store_full", "the store has no space left"},
    Wording{"store_away", "the store is there and does not take calls now"},
    Wording{"not_s3", "what answers at endpoint is no S3 store"},
    Wording{"changed_bytes", "the store gives back other bytes than it was given"},
    Wording{"failed", "the store failed"},
};
static_assert(kWordings.size() == static_cast<std::size_t>(SetupFault::failed) + 1);

const Wording& wording_of(SetupFault fault) {
    return kWordings.at(static_cast<std::size_t>(fault));
}

struct CodeFault {
    std::string_view code;
    SetupFault fault;
};

constexpr std::array kCodes{
    CodeFault{"InvalidAccessKeyId", SetupFault::unknown_access_key},
    CodeFault{"XAdminUserNotFound", SetupFault::unknown_access_key},
    CodeFault{"SignatureDoesNotMatch", SetupFault::wrong_secret_key},
    CodeFault{"ExpiredToken", SetupFault::wrong_session},
    CodeFault{"InvalidToken", SetupFault::wrong_session},
    CodeFault{"InvalidTokenId", SetupFault::wrong_session},
    CodeFault{"TokenRefreshRequired", SetupFault::wrong_session},
    CodeFault{"RequestTimeTooSkewed", SetupFault::wrong_clock},
    CodeFault{"RequestExpired", SetupFault::wrong_clock},
    CodeFault{"InvalidRegion", SetupFault::wrong_region},
    CodeFault{"PermanentRedirect", SetupFault::wrong_region},
    CodeFault{"NoSuchBucket", SetupFault::missing_bucket},
};

std::string in_lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

SetupFault fault_of(Errc code) {
    switch (code) {
        case Errc::forbidden:
            return SetupFault::no_right;
        case Errc::storage_full:
            return SetupFault::store_full;
        case Errc::unavailable:
        case Errc::throttled:
        case Errc::deadline_exceeded:
            return SetupFault::store_away;
        case Errc::untrusted:
            return SetupFault::untrusted_certificate;
        case Errc::corrupted:
            return SetupFault::changed_bytes;
        case Errc::not_found:
        case Errc::conflict:
        case Errc::invalid:
        case Errc::too_large:
        case Errc::unauthorised:
        case Errc::unsupported:
        case Errc::cancelled:
        case Errc::outcome_unknown:
        case Errc::internal:
            return SetupFault::failed;
    }
    return SetupFault::failed;
}

// The store refused the call.
SetupFault fault_of(const StoreError& told, Errc code) {
    const auto* known = std::ranges::find(kCodes, told.code, &CodeFault::code);
    if (known != kCodes.end()) {
        return known->fault;
    }
    const std::string message = in_lower_case(told.message);
    if (told.code == "AuthorizationHeaderMalformed" &&
        (message.contains("region") || message.contains("unexpected scope"))) {
        return SetupFault::wrong_region;
    }
    // Garage has one code for all that it forbids.
    if (told.code == "AccessDenied" && message.contains("no such key")) {
        return SetupFault::unknown_access_key;
    }
    if (told.code == "AccessDenied" && message.contains("invalid signature")) {
        return SetupFault::wrong_secret_key;
    }
    // MinIO has a code of its own for a full disk only as long as there is some space left.
    if (message.contains("no space left")) {
        return SetupFault::store_full;
    }
    if (told.code == kNotAnS3Answer) {
        return message.contains("https") ? SetupFault::expects_https : SetupFault::not_s3;
    }
    return fault_of(code);
}

// There was no answer; the details are those of the HTTP client.
SetupFault fault_without_answer(const std::string& detail, bool is_tls, Errc code) {
    if (detail.contains("resolve ")) {
        return SetupFault::unknown_host;
    }
    if (detail.contains("Connection refused")) {
        return SetupFault::connection_refused;
    }
    if (detail.contains("connect to ") || code == Errc::deadline_exceeded) {
        return SetupFault::unreachable;
    }
    if (detail.contains("TLS with ")) {
        return code == Errc::unsupported ? SetupFault::expects_http : SetupFault::unreachable;
    }
    // What speaks TLS answers a request in the clear with an alert, or not at all.
    const bool was_no_answer = detail.contains("broken answer") ||
                               detail.contains("closed the connection without an answer");
    if (was_no_answer) {
        return is_tls ? SetupFault::not_s3 : SetupFault::expects_https;
    }
    return fault_of(code);
}

}  // namespace

std::string_view to_string(SetupFault fault) {
    return wording_of(fault).name;
}

SetupProblem explain(const StoreDescription& store, const Error& error) {
    const auto told = told_by(error);
    const bool is_tls = store.endpoint.url.starts_with("https:");
    const SetupFault fault =
        told ? fault_of(*told, error.code) : fault_without_answer(error.detail, is_tls, error.code);
    const Wording& wording = wording_of(fault);
    return {fault, std::string(wording.name) + ": " + std::string(wording.sentence) + " (" +
                       error.detail + ")"};
}

}  // namespace slipway::adapters::s3

#include "adapters/s3/translate_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kStatus = "status ";

struct Meaning {
    std::string_view code;
    Errc errc;
};

// In order of the codes.
constexpr auto kMeanings = std::to_array<Meaning>({
    {"AccessDenied", Errc::forbidden},
    {"AccessForbidden", Errc::forbidden},
    {"AccessPointAlreadyOwnedByYou", Errc::conflict},
    {"AccountProblem", Errc::forbidden},
    {"AllAccessDisabled", Errc::forbidden},
    {"AuthorizationHeaderMalformed", Errc::unauthorised},
    {"AuthorizationQueryParametersError", Errc::unauthorised},
    {"BadDigest", Errc::corrupted},
    {"BandwidthLimitExceeded", Errc::throttled},
    {"BucketAlreadyExists", Errc::conflict},
    {"BucketAlreadyOwnedByYou", Errc::conflict},
    {"BucketNotEmpty", Errc::conflict},
    {"Busy", Errc::throttled},
    {"ClientTokenConflict", Errc::conflict},
    {"ConditionalRequestConflict", Errc::conflict},
    {"CredentialsNotSupported", Errc::unauthorised},
    {"CrossLocationLoggingProhibited", Errc::forbidden},
    {"EntityTooLarge", Errc::too_large},
    {"EntityTooSmall", Errc::invalid},
    {"ExpiredToken", Errc::unauthorised},
    {"IllegalLocationConstraintException", Errc::invalid},
    {"IllegalVersioningConfigurationException", Errc::invalid},
    {"IncompleteBody", Errc::unavailable},
    {"IncorrectNumberOfFilesInPostRequest", Errc::invalid},
    {"InlineDataTooLarge", Errc::too_large},
    {"InsufficientStorage", Errc::storage_full},
    {"InvalidAccessKeyId", Errc::unauthorised},
    {"InvalidArgument", Errc::invalid},
    {"InvalidBucketName", Errc::invalid},
    {"InvalidBucketState", Errc::conflict},
    // A digest of this client has the right form: Garage says so of bytes that do not have it.
    {"InvalidDigest", Errc::corrupted},
    {"InvalidEncryptionAlgorithmError", Errc::invalid},
    {"InvalidLocationConstraint", Errc::invalid},
    {"InvalidObjectName", Errc::invalid},
    {"InvalidObjectState", Errc::conflict},
    {"InvalidPart", Errc::conflict},
    {"InvalidPartNumber", Errc::invalid},
    {"InvalidPartOrder", Errc::invalid},
    {"InvalidPayer", Errc::forbidden},
    {"InvalidPolicyDocument", Errc::invalid},
    {"InvalidRange", Errc::invalid},
    {"InvalidRegion", Errc::unauthorised},
    {"InvalidRequest", Errc::invalid},
    {"InvalidSecurity", Errc::unauthorised},
    {"InvalidSignature", Errc::unauthorised},
    {"InvalidStorageClass", Errc::invalid},
    {"InvalidTag", Errc::invalid},
    {"InvalidTargetBucketForLogging", Errc::invalid},
    {"InvalidToken", Errc::unauthorised},
    {"InvalidTokenId", Errc::unauthorised},
    {"InvalidURI", Errc::invalid},
    {"KeyTooLongError", Errc::invalid},
    {"MalformedACLError", Errc::invalid},
    {"MalformedPOSTRequest", Errc::invalid},
    {"MalformedPolicy", Errc::invalid},
    {"MalformedXML", Errc::invalid},
    {"MaxMessageLengthExceeded", Errc::too_large},
    {"MaxPostPreDataLengthExceededError", Errc::too_large},
    {"MetadataTooLarge", Errc::invalid},
    {"MethodNotAllowed", Errc::unsupported},
    {"MissingAttachment", Errc::invalid},
    {"MissingContentLength", Errc::unsupported},
    {"MissingRequestBodyError", Errc::invalid},
    {"MissingSecurityElement", Errc::unauthorised},
    {"MissingSecurityHeader", Errc::unauthorised},
    {"NoSuchBucketPolicy", Errc::not_found},
    {"NoSuchCORSConfiguration", Errc::not_found},
    {"NoSuchKey", Errc::not_found},
    {"NoSuchLifecycleConfiguration", Errc::not_found},
    {"NoSuchTagSet", Errc::not_found},
    {"NoSuchUpload", Errc::not_found},
    {"NoSuchVersion", Errc::not_found},
    {"NoSuchWebsiteConfiguration", Errc::not_found},
    {"NotImplemented", Errc::unsupported},
    {"NotSignedUp", Errc::unauthorised},
    {"ObjectNotInActiveTierError", Errc::conflict},
    {"OperationAborted", Errc::conflict},
    {"OwnershipControlsNotFoundError", Errc::not_found},
    {"PermanentRedirect", Errc::unauthorised},
    {"PreconditionFailed", Errc::conflict},
    {"QuotaExceeded", Errc::storage_full},
    {"Redirect", Errc::unauthorised},
    {"RequestExpired", Errc::unauthorised},
    {"RequestHeaderSectionTooLarge", Errc::invalid},
    {"RequestLimitExceeded", Errc::throttled},
    {"RequestThrottled", Errc::throttled},
    {"RequestTimeTooSkewed", Errc::unauthorised},
    {"RequestTimeout", Errc::unavailable},
    {"RestoreAlreadyInProgress", Errc::conflict},
    {"ServerNotInitialized", Errc::unavailable},
    {"ServerSideEncryptionConfigurationNotFoundError", Errc::not_found},
    {"ServiceUnavailable", Errc::unavailable},
    {"SignatureDoesNotMatch", Errc::unauthorised},
    {"SlowDown", Errc::throttled},
    {"SlowDownRead", Errc::throttled},
    {"SlowDownWrite", Errc::throttled},
    {"StorageFull", Errc::storage_full},
    {"TemporaryRedirect", Errc::unavailable},
    {"ThrottlingException", Errc::throttled},
    {"TokenRefreshRequired", Errc::unauthorised},
    {"TooManyBuckets", Errc::storage_full},
    {"TooManyParts", Errc::too_large},
    {"TooManyRequests", Errc::throttled},
    {"UnexpectedContent", Errc::invalid},
    {"UnsupportedSignature", Errc::unauthorised},
    {"UserKeyMustBeSpecified", Errc::invalid},
    {"XAdminUserNotFound", Errc::unauthorised},
    {"XAmzContentChecksumMismatch", Errc::corrupted},
    {"XAmzContentSHA256Mismatch", Errc::corrupted},
    {"XMinioAdminBucketQuotaExceeded", Errc::storage_full},
    {"XMinioObjectExistsAsDirectory", Errc::conflict},
    {"XMinioParentIsObject", Errc::conflict},
    {"XMinioServerNotInitialized", Errc::unavailable},
    {"XMinioStorageFull", Errc::storage_full},
});
static_assert(std::ranges::is_sorted(kMeanings, {}, &Meaning::code));

std::optional<Errc> meaning_of_code(std::string_view code) {
    const auto found = std::ranges::lower_bound(kMeanings, code, {}, &Meaning::code);
    if (found == kMeanings.end() || found->code != code) {
        return std::nullopt;
    }
    return found->errc;
}

// For answers without a code, or with one that only this store knows.
Errc meaning_of_status(unsigned status) {
    switch (status) {
        case 401:
            return Errc::unauthorised;
        case 403:
            return Errc::forbidden;
        case 404:
            return Errc::not_found;
        case 405:
        case 501:
            return Errc::unsupported;
        case 408:
        case 503:
            return Errc::unavailable;
        case 409:
        case 412:
            return Errc::conflict;
        case 413:
            return Errc::too_large;
        case 429:
            return Errc::throttled;
        case 507:
            return Errc::storage_full;
        default:
            // A redirect is followed by nobody: endpoint or region are wrong.
            return status / 100 == 3 ? Errc::unauthorised : Errc::invalid;
    }
}

// The store, or a proxy in front of it, broke while it worked on the call.
bool broke_inside(const StoreError& error) {
    const bool is_known = error.code != "InternalError" && meaning_of_code(error.code).has_value();
    // 200: the answer had begun before the error was known.
    constexpr std::array<unsigned, 4> kBroken{200, 500, 502, 504};
    const bool broken_status = std::ranges::find(kBroken, error.status) != kBroken.end();
    return error.code == "InternalError" || (broken_status && !is_known);
}

Errc meaning_of(const StoreError& error, Effect effect, Subject subject) {
    if (broke_inside(error)) {
        return effect == Effect::change ? Errc::outcome_unknown : Errc::unavailable;
    }
    if (error.code == "NoSuchBucket") {
        return subject == Subject::bucket ? Errc::not_found : Errc::unavailable;
    }
    // 412 has one meaning; Swift says InvalidRequest with it.
    if (error.status == 412) {
        return Errc::conflict;
    }
    if (const auto known = meaning_of_code(error.code)) {
        return *known;
    }
    // "Not here" is believed only of who can say so: taken from a proxy, or from a store that means
    // something else by it (versitygw: no such user), it would declare every object lost.
    const bool is_doubtful = error.status == 404 && !error.code.empty();
    return is_doubtful ? Errc::unavailable : meaning_of_status(error.status);
}

}  // namespace

Error translate_error(const StoreError& error, Effect effect, Subject subject) {
    std::string detail = std::string(kStatus) + std::to_string(error.status);
    if (!error.code.empty()) {
        detail += ' ' + error.code;
    }
    if (!error.message.empty()) {
        detail += ": " + error.message;
    }
    return Error{meaning_of(error, effect, subject), std::move(detail)};
}

std::optional<StoreError> told_by(const Error& error) {
    constexpr std::size_t kDigits = 3;
    std::string_view rest = error.detail;
    for (auto at = rest.find(kStatus); at != rest.npos; at = rest.find(kStatus)) {
        rest.remove_prefix(at + kStatus.size());
        StoreError told;
        const auto read =
            std::from_chars(rest.data(), rest.data() + std::min(rest.size(), kDigits), told.status);
        if (read.ec != std::errc{} || told.status < 100) {
            continue;
        }
        rest.remove_prefix(kDigits);
        if (rest.starts_with(' ')) {
            rest.remove_prefix(1);
            told.code = rest.substr(0, rest.find(':'));
            rest.remove_prefix(told.code.size());
        }
        if (rest.starts_with(": ")) {
            told.message = rest.substr(2);
        }
        return told;
    }
    return std::nullopt;
}

}  // namespace slipway::adapters::s3

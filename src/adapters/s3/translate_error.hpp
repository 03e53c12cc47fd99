// What an S3 error means for who called: the one place where answers of stores become Errc.
// Sources: "Error responses" of the S3 API reference, MinIO's cmd/api-errors.go, Ceph's
// rgw_common.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace slipway::adapters::s3 {

// An error as the store told it.
struct StoreError {
    unsigned status = 0;
    std::string code;  // "NoSuchKey"; empty where there was no body, as in an answer to HEAD
    std::string message;
};

// What a call that failed in the middle may have done.
enum class Effect { none, change };

// What the call is about: whether a missing bucket is what was asked, or a store that is not
// usable.
enum class Subject { bucket, object };

// not_found: no such object, upload, part or configuration. conflict: the store's state is another
// than the call expects (precondition, part list, concurrent call). invalid: the request is wrong
// and stays wrong. too_large. unauthorised: keys, signature, region or clock are wrong. forbidden.
// throttled: later, slower. unavailable: not carried out, another try or store may. storage_full.
// unsupported: the store does not know the call. corrupted: the bytes that arrived are not those
// that were announced; nothing is stored. outcome_unknown: a call with an effect that may have been
// carried out: read back before anything else.
Error translate_error(const StoreError& error, Effect effect, Subject subject);

// The code for an answer with a body that is no S3 error: somebody else's.
inline constexpr std::string_view kNotAnS3Answer = "NotAnS3Answer";

// What the store told, of an error that translate_error() made, whatever was put before its detail
// since; nothing for other errors.
std::optional<StoreError> told_by(const Error& error);

}  // namespace slipway::adapters::s3

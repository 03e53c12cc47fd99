// Outcome<T>: what a use case answers. A Refusal names the reason in the terms of the API and
// carries what a client may know; the doors map reasons to status codes (api/problem.cpp).
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "core/completion.hpp"
#include "core/quota.hpp"
#include "core/upload.hpp"
#include "telemetry/request_tag.hpp"

namespace slipway::engine {

enum class Reason {
    upload_not_found,
    file_not_found,
    key_not_found,
    file_damaged,
    upload_damaged,
    quota_exceeded,
    idempotency_key_reused,
    file_expired,
    file_claimed,
    url_used,
    url_revoked,
    body_too_large,
    upload_complete,
    upload_aborted,
    upload_expired,
    invalid_request,
    invalid_chunk,
    part_conflict,
    superseded,
    checksum_mismatch,
    verifying,   // no failure: the digest of the whole is being worked out; ask again
    assembling,  // no failure: its extents are being brought into order; ask again
    parts_mismatch,
    unsupported_digest,
    direct_unsupported,
    insufficient_storage,
    storage_failed,
    request_timeout,
    client_gone,
    busy,
    internal,
};

struct Difference {
    std::string_view algorithm;
    std::string expected;
    std::string actual;
};

struct Refusal {
    Reason reason = Reason::internal;
    std::string detail;
    std::optional<Difference> difference = std::nullopt;
    std::vector<core::PartMismatch> parts = {};
    std::optional<core::QuotaExcess> excess = std::nullopt;
};

template <class T = void>
using Outcome = std::expected<T, Refusal>;

inline std::unexpected<Refusal> refuse(Reason reason, std::string detail) {
    return std::unexpected(Refusal{.reason = reason, .detail = std::move(detail)});
}

std::unexpected<Refusal> refuse(const core::QuotaExcess& excess);

// As refuse(), of a change that another server may have been quicker with: then it is worth another
// look.
std::unexpected<Refusal> refuse_change(const Error& error, std::string_view operation,
                                       const telemetry::RequestTag& request_id,
                                       Reason meanwhile = Reason::busy);

// An operational error ends here: it is logged once, with the operation and the request, and the
// client is told no more than its kind.
std::unexpected<Refusal> refuse(const Error& error, std::string_view operation,
                                const telemetry::RequestTag& request_id);

// Why an upload in this state takes no parts, no Complete and no Abort. The state is not open.
Refusal not_open(core::UploadState state);

}  // namespace slipway::engine

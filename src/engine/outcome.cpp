#include "engine/outcome.hpp"

#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

Refusal describe(Errc code) {
    switch (code) {
        case Errc::not_found:
            return {Reason::upload_not_found, "there is no such upload"};
        case Errc::storage_full:
            return {Reason::insufficient_storage, "the store has no room for this"};
        case Errc::unavailable:
        case Errc::throttled:
            return {Reason::busy, "the server cannot take this now; try again"};
        case Errc::too_large:
            return {Reason::body_too_large, "the store does not take so many bytes at once"};
        case Errc::cancelled:
            return {Reason::client_gone, "the request was ended"};
        case Errc::deadline_exceeded:
            return {Reason::request_timeout, "the body came too slowly"};
        case Errc::corrupted:
        case Errc::outcome_unknown:
            return {Reason::storage_failed, "the store failed; nothing was acknowledged"};
        case Errc::conflict:
        case Errc::invalid:
        case Errc::unauthorised:
        case Errc::forbidden:
        case Errc::untrusted:
        case Errc::unsupported:
        case Errc::internal:
            return {Reason::internal, "the server failed; it has logged why"};
    }
    return {};
}

}  // namespace

std::unexpected<Refusal> refuse(const Error& error, std::string_view operation,
                                const telemetry::RequestTag& request_id) {
    const bool expected = error.code == Errc::cancelled || error.code == Errc::deadline_exceeded ||
                          error.code == Errc::too_large;
    telemetry::log(expected ? telemetry::Level::info : telemetry::Level::error, "operation_failed",
                   {{"operation", operation},
                    {"error", to_string(error.code)},
                    {"detail", error.detail},
                    {"request_id", request_id}});
    return std::unexpected(describe(error.code));
}

std::unexpected<Refusal> refuse_change(const Error& error, std::string_view operation,
                                       const telemetry::RequestTag& request_id, Reason meanwhile) {
    return error.code == Errc::conflict ? refuse(meanwhile, "the upload was changed meanwhile")
                                        : refuse(error, operation, request_id);
}

std::unexpected<Refusal> refuse(const core::QuotaExcess& excess) {
    return std::unexpected(Refusal{.reason = Reason::quota_exceeded,
                                   .detail = "it would exceed the quota of " +
                                             std::string(core::to_string(excess.kind)) + ": " +
                                             std::to_string(excess.used) + " of " +
                                             std::to_string(excess.limit) + " are used",
                                   .excess = excess});
}

Refusal not_open(core::UploadState state) {
    switch (state) {
        case core::UploadState::aborted:
            return {Reason::upload_aborted, "the upload was aborted"};
        case core::UploadState::expired:
            return {Reason::upload_expired, "the upload has expired"};
        case core::UploadState::open:
        case core::UploadState::completing:
        case core::UploadState::complete:
            break;
    }
    return {Reason::upload_complete, "the upload is complete, or being completed"};
}

}  // namespace slipway::engine

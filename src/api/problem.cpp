#include "api/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/encoding.hpp"

namespace slipway::api {

namespace json = boost::json;
using engine::Reason;

namespace {

// A list of mismatches is told up to here; `mismatches` counts them all.
constexpr std::size_t kMaxMismatchesTold = 1000;

struct Row {
    unsigned status;
    std::string_view error;
    std::string_view title;
    std::string_view retry_after = {};
};

Row row_for(Reason reason) {
    switch (reason) {
        case Reason::upload_not_found:
            return {404, "upload_not_found", "Upload not found"};
        case Reason::key_not_found:
            return {404, "key_not_found", "Key not found"};
        case Reason::file_not_found:
            return {404, "file_not_found", "File not found"};
        case Reason::quota_exceeded:
            return {403, "quota_exceeded", "Quota is exceeded"};
        case Reason::idempotency_key_reused:
            return {422, "idempotency_key_reused", "Idempotency-Key was used for another request"};
        case Reason::upload_complete:
            return {409, "upload_complete", "Upload is complete"};
        case Reason::upload_aborted:
            return {410, "upload_aborted", "Upload was aborted"};
        case Reason::upload_expired:
            return {410, "upload_expired", "Upload has expired"};
        case Reason::invalid_request:
            return {400, "invalid_request", "Invalid request"};
        case Reason::invalid_chunk:
            return {400, "invalid_chunk", "Body has the wrong length"};
        case Reason::part_conflict:
            return {409, "part_conflict", "Part is stored with other bytes"};
        case Reason::superseded:
            return {409, "superseded", "A newer request took over"};
        case Reason::checksum_mismatch:
            return {422, "checksum_mismatch", "Digest does not match"};
        case Reason::parts_mismatch:
            return {409, "parts_mismatch", "Parts are missing or differ"};
        case Reason::unsupported_digest:
            return {400, "unsupported_digest", "Digest is not available"};
        case Reason::direct_unsupported:
            return {400, "direct_unsupported", "Direct upload is not possible"};
        case Reason::insufficient_storage:
            return {507, "insufficient_storage", "No room"};
        case Reason::verifying:
            return {503, "verifying", "Digest is being worked out", "1"};
        case Reason::assembling:
            return {503, "assembling", "Parts are being brought together", "1"};
        case Reason::file_damaged:
            return {500, "file_damaged", "File is damaged"};
        case Reason::upload_damaged:
            return {500, "upload_damaged", "Upload is damaged"};
        case Reason::file_expired:
            return {410, "file_expired", "Temporary file has expired"};
        case Reason::file_claimed:
            return {409, "file_claimed", "File was claimed otherwise"};
        case Reason::url_used:
            return {409, "url_used", "URL was used"};
        case Reason::url_revoked:
            return {403, "url_revoked", "URL was revoked"};
        case Reason::body_too_large:
            return {413, "body_too_large", "Body is too large"};
        case Reason::storage_failed:
            return {500, "storage_failed", "Storage failed"};
        case Reason::request_timeout:
            return {408, "request_timeout", "Body came too slowly"};
        case Reason::client_gone:
            return {400, "client_gone", "Request was ended"};
        case Reason::busy:
            return {503, "busy", "Server is busy", "1"};
        case Reason::internal:
            return {500, "internal", "Internal error"};
    }
    return {500, "internal", "Internal error"};
}

// The stated and the stored digest of a part, in the algorithm that the client stated.
std::pair<json::value, json::value> expected_and_actual(const core::PartMismatch& mismatch) {
    const bool by_md5 = mismatch.stated && mismatch.stated->md5;
    json::value expected = nullptr;
    json::value actual = nullptr;
    if (by_md5) {
        expected = encode_hex(mismatch.stated->md5->view());
    } else if (mismatch.stated && mismatch.stated->sha256) {
        expected = encode_hex(mismatch.stated->sha256->view());
    }
    if (mismatch.stored && by_md5 && mismatch.stored->digests.md5) {
        actual = encode_hex(mismatch.stored->digests.md5->view());
    } else if (mismatch.stored && !by_md5) {
        actual = encode_hex(mismatch.stored->digests.sha256.view());
    }
    return {std::move(expected), std::move(actual)};
}

json::array mismatch_table(const std::vector<core::PartMismatch>& mismatches) {
    json::array table;
    for (const core::PartMismatch& mismatch : mismatches) {
        if (table.size() == kMaxMismatchesTold) {
            break;
        }
        auto [expected, actual] = expected_and_actual(mismatch);
        json::object row;
        row["part_number"] = mismatch.number.value();
        row["expected"] = std::move(expected);
        row["actual"] = std::move(actual);
        row["state"] = core::to_string(mismatch.fault);
        table.push_back(std::move(row));
    }
    return table;
}

}  // namespace

http::Response json_response(unsigned status, const json::value& value) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Cache-Control", "no-store");
    response.body = json::serialize(value);
    return response;
}

http::Response problem_response(const Problem& problem, const telemetry::RequestTag& request_id) {
    json::object body;
    body["type"] = "about:blank";
    body["title"] = problem.title;
    body["status"] = problem.status;
    body["error"] = problem.error;
    body["detail"] = problem.detail.empty() ? problem.title : std::string_view(problem.detail);
    if (!request_id.id.empty()) {
        body["request_id"] = request_id.id;
    }
    for (const auto& member : problem.extra) {
        body[member.key()] = member.value();
    }
    http::Response response = json_response(problem.status, std::move(body));
    response.headers.set("Content-Type", "application/problem+json");
    return response;
}

http::Response refusal_response(const engine::Refusal& refusal,
                                const telemetry::RequestTag& request_id) {
    const Row row = row_for(refusal.reason);
    json::object extra;
    if (refusal.difference) {
        extra["algorithm"] = refusal.difference->algorithm;
        extra["expected"] = refusal.difference->expected;
        extra["actual"] = refusal.difference->actual;
    }
    if (refusal.reason == Reason::parts_mismatch) {
        extra["mismatches"] = refusal.parts.size();
        extra["parts"] = mismatch_table(refusal.parts);
    }
    if (refusal.excess) {
        extra["quota"] = core::to_string(refusal.excess->kind);
        extra["limit"] = refusal.excess->limit;
        extra["used"] = refusal.excess->used;
    }
    auto response = problem_response(Problem{.status = row.status,
                                             .error = row.error,
                                             .title = row.title,
                                             .detail = refusal.detail,
                                             .extra = std::move(extra)},
                                     request_id);
    if (!row.retry_after.empty()) {
        response.headers.add("Retry-After", row.retry_after);
    }
    return response;
}

http::Response invalid_member(std::string_view member, std::string_view reason,
                              const telemetry::RequestTag& request_id) {
    json::object extra;
    extra["field"] = member;
    return problem_response(Problem{.status = 400,
                                    .error = "invalid_request",
                                    .title = "Invalid request",
                                    .detail = std::string(member) + " " + std::string(reason),
                                    .extra = std::move(extra)},
                            request_id);
}

http::Response fault_response(const MemberFault& fault, const telemetry::RequestTag& request_id) {
    if (fault.member.empty()) {
        return problem_response(
            {.status = 400, .error = "invalid_json", .title = "Body is not a JSON object"},
            request_id);
    }
    return invalid_member(fault.member, fault.reason, request_id);
}

http::Response body_error_response(const Error& error, const telemetry::RequestTag& request_id) {
    if (error.code == Errc::too_large) {
        return problem_response(
            {.status = 413, .error = "body_too_large", .title = "Body is too large"}, request_id);
    }
    if (error.code == Errc::deadline_exceeded) {
        return problem_response(
            {.status = 408, .error = "request_timeout", .title = "Body came too slowly"},
            request_id);
    }
    return problem_response({.status = 400, .error = "invalid_request", .title = "Body is broken"},
                            request_id);
}

http::Response error_page(unsigned status, const std::string& reason) {
    Problem problem{
        .status = status, .error = "internal", .title = "Internal error", .detail = reason};
    switch (status) {
        case 400:
            problem.error = "invalid_request";
            problem.title = "Invalid request";
            break;
        case 408:
            problem.error = "request_timeout";
            problem.title = "Request came too slowly";
            break;
        case 413:
            problem.error = "body_too_large";
            problem.title = "Body is too large";
            break;
        case 417:
            problem.error = "expectation_failed";
            problem.title = "Expectation is not supported";
            break;
        case 431:
            problem.error = "headers_too_large";
            problem.title = "Head is too large";
            break;
        case 505:
            problem.error = "http_version_not_supported";
            problem.title = "Version of HTTP is not supported";
            break;
        case 503:
            problem.error = "busy";
            problem.title = "Server is busy";
            break;
        default:
            break;
    }
    auto response = problem_response(problem, {});
    if (status == 503) {
        response.headers.add("Retry-After", "1");
    }
    return response;
}

}  // namespace slipway::api

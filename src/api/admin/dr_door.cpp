#include "api/admin/dr_door.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "api/json_members.hpp"
#include "api/problem.hpp"
#include "base/word.hpp"

namespace slipway::api::admin {

namespace json = boost::json;

namespace {

constexpr ByteCount kMaxBody = 16_KiB;

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value report_of(const std::optional<engine::WalkReport>& report,
                      std::string_view payload_name) {
    if (!report) {
        return nullptr;
    }
    json::object record;
    record["status"] = core::to_string(report->status);
    record[payload_name] = report->payload;
    if (report->tally) {
        record["seen"] = report->tally->seen;
        record["changed"] = report->tally->changed;
        record["left"] = report->tally->left;
    }
    if (!report->error.empty()) {
        record["last_error"] = report->error;
    }
    return record;
}

json::object record_of(const engine::CopiesStatus& status) {
    json::array failures;
    for (const engine::FailedCopy& failed : status.failures) {
        failures.push_back(json::object{{"file_id", failed.file.to_string()},
                                        {"error", failed.error},
                                        {"attempts", failed.attempts},
                                        {"given_up", failed.given_up}});
    }
    json::object record;
    record["store"] = text_or_null(status.store);
    record["active"] = text_or_null(status.active);
    record["files"] = status.files;
    record["copied"] = status.copied;
    record["pending"] = status.pending;
    record["oldest_pending"] = status.oldest_pending
                                   ? json::value(format_rfc3339(*status.oldest_pending))
                                   : json::value(nullptr);
    record["failed"] = status.failed;
    record["failures"] = std::move(failures);
    record["verify"] = report_of(status.verify, "percent");
    record["fail_over"] = report_of(status.fail_over, "to");
    return record;
}

http::Response failed(const Error& error, const http::Request& request) {
    if (error.code == Errc::not_found) {
        return problem_response(
            {.status = 409, .error = "no_dr_store", .title = "No store is for disaster recovery"},
            request.request_id);
    }
    if (error.code == Errc::invalid) {
        return invalid_member("to", "is no store of this server", request.request_id);
    }
    return refusal_response(engine::refuse(error, "dr", request.request_id).error(),
                            request.request_id);
}

http::Response begun() {
    return json_response(202, json::object{{"status", "pending"}});
}

std::expected<unsigned, MemberFault> parse_verify(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    const auto percent = members.optional_number("percent", {1, 100}).value_or(100);
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return static_cast<unsigned>(percent);
}

// Empty: the one for disaster recovery.
std::expected<std::string, MemberFault> parse_fail_over(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    auto to = members.optional_text("to", {1, kLongestStoreName});
    if (to && !is_word(*to, kLongestStoreName)) {
        members.fail("to", "is not of the form of a store's name");
    }
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return std::move(to).value_or("");
}

}  // namespace

Task<http::Response> DrDoor::status(http::Request& request) {
    const auto status = co_await recovery_.status();
    if (status) {
        co_return json_response(200, record_of(*status));
    }
    if (status.error().code == Errc::not_found) {
        co_return json_response(200, record_of({}));
    }
    co_return failed(status.error(), request);
}

Task<http::Response> DrDoor::verify(http::Request& request) {
    const auto body = co_await request.body.read_all(kMaxBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    const auto wanted = parse_verify(*body);
    if (!wanted) {
        co_return fault_response(wanted.error(), request.request_id);
    }
    const auto asked = co_await recovery_.verify(*wanted);
    co_return asked ? begun() : failed(asked.error(), request);
}

Task<http::Response> DrDoor::fail_over(http::Request& request) {
    const auto body = co_await request.body.read_all(kMaxBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    auto wanted = parse_fail_over(*body);
    if (!wanted) {
        co_return fault_response(wanted.error(), request.request_id);
    }
    const auto asked = co_await recovery_.fail_over(*std::move(wanted));
    co_return asked ? begun() : failed(asked.error(), request);
}

}  // namespace slipway::api::admin

#include "api/admin/dead_letter_door.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>

#include "api/json_members.hpp"
#include "api/problem.hpp"
#include "base/time.hpp"
#include "core/delivery.hpp"
#include "core/queued_task.hpp"

namespace slipway::api::admin {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxPage = 1000;
constexpr std::size_t kIdDigits = 2 * TaskId::kSize;

// Where a page goes on: "MILLISECONDS-ID".
std::string text_of(const ports::TaskPosition& position) {
    return std::to_string(unix_millis(position.listed_at)) + "-" + position.id.to_string();
}

template <class Number>
bool parse_whole(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

std::optional<ports::TaskPosition> parse_position(std::string_view text) {
    std::int64_t millis = 0;
    if (text.size() < kIdDigits + 2 || text[text.size() - kIdDigits - 1] != '-' ||
        !parse_whole(text.substr(0, text.size() - kIdDigits - 1), millis)) {
        return std::nullopt;
    }
    const auto id = TaskId::parse(text.substr(text.size() - kIdDigits));
    return id ? std::optional(ports::TaskPosition{from_unix_millis(millis), *id}) : std::nullopt;
}

std::expected<ports::TaskPageRequest, MemberFault> page_request(const http::Target& target) {
    ports::TaskPageRequest page;
    for (const auto& [name, value] : target.query) {
        if ((name != "after" && name != "limit") || !target.parameter(name)) {
            return std::unexpected(MemberFault{name, "is unknown or repeated"});
        }
    }
    if (const auto after = target.parameter("after")) {
        page.after = parse_position(*after);
        if (!page.after) {
            return std::unexpected(MemberFault{"after", "must be what \"next\" was"});
        }
    }
    if (const auto limit = target.parameter("limit")) {
        if (!parse_whole(*limit, page.limit) || page.limit < 1 || page.limit > kMaxPage) {
            return std::unexpected(MemberFault{"limit", "must be a whole number from 1 to 1000"});
        }
    }
    return page;
}

json::object record_of(const core::QueuedTask& task) {
    json::object record;
    record["id"] = task.id.to_string();
    record["kind"] = core::to_string(task.kind);
    record["subject"] = task.subject;
    record["attempts"] = task.attempts;
    record["last_error"] = task.last_error;
    record["created_at"] = format_rfc3339(task.created_at);
    record["dead_since"] = format_rfc3339(task.finished_at);
    if (const auto delivery = core::parse_delivery(task.payload);
        delivery && task.kind == core::TaskKind::webhook) {
        record["endpoint"] = delivery->endpoint;
        record["event_id"] = delivery->event.to_string();
        record["sequence"] = delivery->sequence;
    }
    return record;
}

http::Response failed(const Error& error, const http::Request& request) {
    return refusal_response(engine::refuse(error, "dead_letters", request.request_id).error(),
                            request.request_id);
}

}  // namespace

http::Response no_dead_letter(const http::Request& request) {
    return problem_response(
        {.status = 404, .error = "dead_letter_not_found", .title = "No such dead letter"},
        request.request_id);
}

Task<http::Response> DeadLetterDoor::list(http::Request& request) {
    const auto page = page_request(request.head.target);
    if (!page) {
        co_return invalid_member(page.error().member, page.error().reason, request.request_id);
    }
    const auto dead = co_await letters_.list(*page);
    if (!dead) {
        co_return failed(dead.error(), request);
    }
    json::array letters;
    for (const core::QueuedTask& task : dead->items) {
        letters.push_back(record_of(task));
    }
    json::object answer;
    answer["dead_letters"] = std::move(letters);
    if (dead->next) {
        answer["next"] = text_of(*dead->next);
    }
    co_return json_response(200, std::move(answer));
}

Task<http::Response> DeadLetterDoor::retry(http::Request& request, TaskId id) {
    const auto retried = co_await letters_.retry(id);
    if (retried) {
        co_return json_response(200, json::object{{"retried", 1}});
    }
    if (retried.error().code == Errc::not_found) {
        co_return no_dead_letter(request);
    }
    if (retried.error().code == Errc::conflict) {
        co_return problem_response({.status = 409,
                                    .error = "dead_letter_superseded",
                                    .title = "Another task does its work"},
                                   request.request_id);
    }
    co_return failed(retried.error(), request);
}

Task<http::Response> DeadLetterDoor::retry_all(http::Request& request) {
    const auto retried = co_await letters_.retry_all();
    if (!retried) {
        co_return failed(retried.error(), request);
    }
    co_return json_response(200, json::object{{"retried", *retried}});
}

}  // namespace slipway::api::admin

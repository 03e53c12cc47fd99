#include "cli/answer.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "cli/json.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace {

// A server's wish beyond this is a mistake, and sums of such times would not fit their type.
constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24 * 366);

ExitCode exit_code_of(const Answer& answer) {
    switch (answer.status) {
        case 401:
        case 403:
            return ExitCode::unauthorised;
        case 404:
        case 410:
            return ExitCode::not_found;
        case 409:
        case 412:
            return ExitCode::conflict;
        case 422:
            return ExitCode::corrupt;
        default:
            return judge(answer) == Judgement::final ? ExitCode::failed : ExitCode::unavailable;
    }
}

}  // namespace

bool needs_new_url(const Answer& answer) {
    return answer.status == 403 &&
           (answer.error == "url_expired" || answer.error == "url_revoked" ||
            answer.error == "invalid_signature");
}

Answer take_answer(http::ClientResponse response) {
    Answer answer;
    answer.status = response.status;
    answer.headers = std::move(response.headers);
    answer.body = std::move(response.body);
    answer.request_id = answer.headers.find("X-Request-Id").value_or("");
    const auto problem = answer.ok() ? failure(Errc::invalid, {}) : parse_object(answer.body);
    if (problem) {
        answer.error = text_of(*problem, "error");
        answer.detail = text_of(*problem, "detail");
        if (answer.detail.empty()) {
            answer.detail = text_of(*problem, "title");
        }
    }
    return answer;
}

Failure failure_of(const Answer& answer) {
    std::string message = answer.detail.empty() ? "the server refused" : printable(answer.detail);
    message += " (HTTP " + std::to_string(answer.status);
    if (!answer.error.empty()) {
        message += " " + printable(answer.error);
    }
    if (!answer.request_id.empty()) {
        message += ", request " + printable(answer.request_id);
    }
    message += ")";
    if (answer.status == 401) {
        message += ": the key in SLIPWAY_API_KEY is not one of this server";
    }
    return Failure{exit_code_of(answer), std::move(message), answer.error};
}

bool is_outage(unsigned status) {
    return status == 502 || status == 503 || status == 504;
}

Judgement judge(const Answer& answer) {
    if (is_outage(answer.status)) {
        return Judgement::outage;
    }
    switch (answer.status) {
        case 408:
            return Judgement::transient;
        case 500: {
            const bool lost = answer.error == "file_damaged" || answer.error == "upload_damaged";
            return lost ? Judgement::final : Judgement::transient;
        }
        case 429:
            return Judgement::throttled;
        case 409:
            return answer.error == "superseded" ? Judgement::transient : Judgement::final;
        // Not implemented, version not supported, no room: the next attempt would end the same.
        case 501:
        case 505:
        case 507:
            return Judgement::final;
        default:
            return answer.status > 500 ? Judgement::transient : Judgement::final;
    }
}

Judgement judge(const Error& error) {
    const bool network = error.code == Errc::unavailable || error.code == Errc::deadline_exceeded;
    return network ? Judgement::outage : Judgement::final;
}

std::chrono::milliseconds retry_after(const http::Headers& headers,
                                      std::chrono::system_clock::time_point now) {
    const auto text = headers.find("Retry-After");
    if (!text || text->empty()) {
        return {};
    }
    std::uint32_t seconds = 0;
    const auto* end = text->data() + text->size();
    if (const auto [at, error] = std::from_chars(text->data(), end, seconds);
        error == std::errc{} && at == end) {
        return std::min<std::chrono::milliseconds>(std::chrono::seconds(seconds), kLongestWait);
    }
    std::tm date{};
    if (::strptime(std::string(*text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr) {
        return {};
    }
    // In milliseconds: what lies past the year 2262 does not fit the clock's own nanoseconds.
    using Milliseconds = std::chrono::milliseconds;
    const auto until = std::chrono::sys_time<Milliseconds>(std::chrono::seconds(::timegm(&date))) -
                       std::chrono::floor<Milliseconds>(now);
    return std::clamp<Milliseconds>(until, Milliseconds(0), kLongestWait);
}

}  // namespace slipway::cli

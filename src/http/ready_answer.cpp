#include "http/ready_answer.hpp"

#include <variant>

#include "http/response_head.hpp"

namespace slipway::http {

namespace {

// Stand for a date and an id, and are as long; no answer has them by chance.
constexpr std::string_view kDate = "Ddd, 00 Mmm 0000 00:00:00 GMT";
constexpr std::string_view kId = "<-request's id->";

std::vector<std::size_t> places_of(std::string_view sought, std::string_view text) {
    std::vector<std::size_t> places;
    for (auto at = text.find(sought); at != std::string_view::npos;
         at = text.find(sought, at + sought.size())) {
        places.push_back(at);
    }
    return places;
}

void put(std::string& text, const std::vector<std::size_t>& places, std::string_view value) {
    for (const std::size_t place : places) {
        value.copy(text.data() + place, value.size());
    }
}

}  // namespace

ReadyAnswer::ReadyAnswer(const std::function<Response(const telemetry::RequestTag&)>& make) {
    const Response response = make(std::string(kId));
    status_ = response.status;
    keeping_ = form_of(response, true);
    closing_ = form_of(response, false);
}

ReadyAnswer::Form ReadyAnswer::form_of(const Response& response, bool keep_alive) {
    Form form;
    form.text = format_head(response, {.method = Method::put,
                                       .http10 = false,
                                       .keep_alive = keep_alive,
                                       .request_id = kId,
                                       .date = kDate})
                    .value_or("") +
                std::get<std::string>(response.body);
    form.dates = places_of(kDate, form.text);
    form.ids = places_of(kId, form.text);
    return form;
}

std::string ReadyAnswer::text(const Terms& terms) const {
    const Form& form = terms.keep_alive ? keeping_ : closing_;
    std::string text = form.text;
    put(text, form.dates, terms.date.substr(0, kDate.size()));
    put(text, form.ids, terms.request_id.substr(0, kId.size()));
    return text;
}

}  // namespace slipway::http

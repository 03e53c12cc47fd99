#include "api/form/form_door.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>
#include <utility>

#include "api/form/form_reception.hpp"
#include "api/json_members.hpp"
#include "api/json_object.hpp"
#include "api/native/query.hpp"
#include "api/native/records.hpp"
#include "api/problem.hpp"
#include "engine/files.hpp"

namespace slipway::api::form {

namespace json = boost::json;

namespace {

// What a form may have besides the bytes of its files: fields, heads of parts, delimiters.
constexpr ByteCount kMaxBesides = 2_MiB;
constexpr ByteCount kMaxUrlBody = 64_KiB;

http::Response invalid_form(const std::string& reason, const telemetry::RequestTag& request_id) {
    return problem_response(
        {.status = 400, .error = "invalid_form", .title = "Form is malformed", .detail = reason},
        request_id);
}

http::Response refusal_of(const FormRefusal& refusal, const telemetry::RequestTag& request_id) {
    if (const auto* fault = std::get_if<http::FormFault>(&refusal)) {
        return invalid_form("the form has " + fault->reason, request_id);
    }
    return refusal_response(std::get<engine::Refusal>(refusal), request_id);
}

http::Response answer_of(const std::vector<core::File>& files) {
    json::array list;
    for (const core::File& file : files) {
        list.push_back(native::temporary_file_record(file));
    }
    json::object answer;
    if (files.size() == 1) {
        answer = native::temporary_file_record(files.front());
    }
    answer["files"] = std::move(list);
    return json_response(200, std::move(answer));
}

struct Terms {
    std::string owner;
    FormTerms form;
};

Terms terms_of(const FormProof& proof, ByteCount most, std::string boundary) {
    if (const auto* grant = std::get_if<engine::FormGrant>(&proof)) {
        return {grant->owner(),
                {std::move(boundary), std::min(most, grant->max_size()), grant->file()}};
    }
    return {std::get<engine::Principal>(proof).name(), {std::move(boundary), most, std::nullopt}};
}

// What the head alone tells.
std::optional<http::Response> find_refusal(const http::Request& request, ByteCount most) {
    const auto type = request.head.headers.find("Content-Type");
    if (!type || !http::is_form(*type) || request.head.headers.find("Content-Encoding")) {
        return problem_response({.status = 415,
                                 .error = "unsupported_media_type",
                                 .title = "Body must be multipart/form-data, not encoded"},
                                request.request_id);
    }
    if (!http::form_boundary(*type)) {
        return invalid_form("the Content-Type has no legal boundary", request.request_id);
    }
    const auto length = request.body.length();
    if (length && *length > most + kMaxBesides) {
        return refusal_response({engine::Reason::body_too_large, "the form is over its limit"},
                                request.request_id);
    }
    return std::nullopt;
}

}  // namespace

Task<http::Response> FormDoor::upload(http::Request& request, FormProof proof) {
    Terms terms = terms_of(proof, world_.options.max_form_file, {});
    if (auto refused = find_refusal(request, terms.form.most)) {
        co_return *std::move(refused);
    }
    terms.form.boundary = *http::form_boundary(*request.head.headers.find("Content-Type"));
    auto context = native::context_for(request.request_id, terms.owner);
    if (terms.form.file) {
        engine::Files files(world_);
        if (const auto made = co_await files.find(context, *terms.form.file)) {
            co_return refusal_response({engine::Reason::url_used, "the URL was used"},
                                       request.request_id);
        }
    }
    FormReception reception(world_, std::move(context), std::move(terms.form));
    const auto files = co_await reception.run(request.body);
    if (!files) {
        co_return refusal_of(files.error(), request.request_id);
    }
    auto response = answer_of(*files);
    response.headers.add("Slipway-Durability", "part");
    co_return response;
}

Task<http::Response> FormDoor::make_url(http::Request& request, engine::Principal principal) {
    const auto body = co_await request.body.read_all(kMaxUrlBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    const auto object = parse_object(body->empty() ? "{}" : *body);
    if (!object) {
        co_return fault_response({}, request.request_id);
    }
    JsonMembers members(*object);
    const NumberLimits sizes{1, world_.options.max_form_file.value()};
    const NumberLimits lives{1, static_cast<std::uint64_t>(urls_.lifetime().count())};
    const auto size = members.optional_number("max_size", sizes);
    const auto life = members.optional_number("expires_in", lives);
    if (const auto finished = members.finish(); !finished) {
        co_return fault_response(finished.error(), request.request_id);
    }
    UploadId::Bytes id{};
    world_.random.fill(std::as_writable_bytes(std::span(id)));
    const FormUrlTerms terms{.owner = principal.name(),
                             .file = UploadId(id),
                             .max_size = ByteCount(size.value_or(sizes.most)),
                             .lifetime = std::chrono::seconds(life.value_or(lives.most))};
    const PartUrl url = urls_.make(terms, request.head.host, world_.clock.wall());
    json::object answer;
    answer["method"] = "POST";
    answer["url"] = url.url;
    answer["temp_file_id"] = terms.file.to_string();
    answer["max_size"] = terms.max_size.value();
    answer["expires_at"] = format_rfc3339(url.expires_at);
    co_return json_response(200, std::move(answer));
}

}  // namespace slipway::api::form

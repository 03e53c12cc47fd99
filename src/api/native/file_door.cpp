#include "api/native/file_door.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <span>
#include <utility>

#include "api/conditions.hpp"
#include "api/content_disposition.hpp"
#include "api/native/file_body.hpp"
#include "api/native/query.hpp"
#include "api/native/records.hpp"
#include "api/native/requests.hpp"
#include "api/problem.hpp"
#include "base/encoding.hpp"
#include "engine/files.hpp"

namespace slipway::api::native {

namespace json = boost::json;

namespace {

constexpr ByteCount kMaxClaimBody = 64_KiB;
// Whoever is sent to the store goes there at once; a download that has begun may take longer.
constexpr std::chrono::seconds kRedirectLifetime{300};

// What a cache may keep of an answer.
http::Headers validators_of(const core::File& file) {
    http::Headers headers;
    headers.add("ETag", etag_of(file));
    headers.add("Last-Modified", format_http_date(file.completed_at));
    headers.add("Cache-Control", "private, no-cache");
    return headers;
}

// Besides, what a browser must know to treat the bytes as inert: reference/security.md section 3.2.
http::Headers file_headers(const core::File& file) {
    http::Headers headers = validators_of(file);
    headers.add("Accept-Ranges", "bytes");
    headers.add("Content-Disposition", attachment_disposition(file.name));
    headers.add("X-Content-Type-Options", "nosniff");
    headers.add("Content-Security-Policy", "sandbox; default-src 'none'");
    headers.add("Cross-Origin-Resource-Policy", "same-site");
    headers.add("Slipway-Chain", encode_hex(file.chain.view()));
    if (file.crc64nvme) {
        headers.add("x-checksum-crc64nvme", encode_base64(file.crc64nvme->view()));
    }
    if (file.expires_at) {
        headers.add("Slipway-Expires-At", format_rfc3339(*file.expires_at));
    }
    if (file.sha256) {
        headers.add("Repr-Digest", "sha-256=:" + encode_base64(file.sha256->view()) + ":");
    }
    return headers;
}

std::string type_of(const core::File& file) {
    return file.content_type.empty() ? "application/octet-stream" : file.content_type;
}

std::string random_boundary(ports::Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return encode_hex(bytes);
}

// What the store answers knows neither our entity tag nor several ranges.
bool may_come_from_the_store(const http::RequestHead& head, const Selection& selected) {
    constexpr std::array<std::string_view, 5> kConditions = {
        "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"};
    const bool conditional = std::ranges::any_of(kConditions, [&head](std::string_view name) {
        return head.headers.find(name).has_value();
    });
    return head.method == http::Method::get && !conditional &&
           (std::holds_alternative<SendWhole>(selected) ||
            std::holds_alternative<SendRange>(selected));
}

http::Response redirect_to(const std::string& url) {
    http::Response response;
    response.status = 307;
    response.headers.add("Location", url);
    response.headers.add("Cache-Control", "private, no-store");
    return response;
}

struct Answer {
    const engine::OpenFile& open;
    const std::string& request_id;
    ports::Random& random;

    http::Response operator()(const SendWhole&) const {
        http::Response response = with_content(200, type_of(open.file));
        response.body = range_body(open.reader, {ByteOffset(0), open.file.size});
        return response;
    }

    http::Response operator()(const SendRange& selected) const {
        http::Response response = with_content(206, type_of(open.file));
        response.headers.add("Content-Range", content_range(selected.range, open.file.size));
        response.body = range_body(open.reader, selected.range);
        return response;
    }

    http::Response operator()(const SendRanges& selected) const {
        const RangesOfFile ranges{.ranges = selected.ranges,
                                  .size = open.file.size,
                                  .content_type = type_of(open.file),
                                  .boundary = random_boundary(random)};
        http::Response response =
            with_content(206, "multipart/byteranges; boundary=" + ranges.boundary);
        response.body = multipart_body(open.reader, ranges);
        return response;
    }

    http::Response operator()(const NotModified&) const {
        http::Response response;
        response.status = 304;
        response.headers = validators_of(open.file);
        return response;
    }

    http::Response operator()(const PreconditionFailed&) const {
        return problem_response({.status = 412,
                                 .error = "precondition_failed",
                                 .title = "The file is not the one that was asked for"},
                                request_id);
    }

    http::Response operator()(const RangeNotSatisfiable&) const {
        auto response = problem_response({.status = 416,
                                          .error = "range_not_satisfiable",
                                          .title = "The range lies outside the file"},
                                         request_id);
        response.headers.add("Content-Range", "bytes */" + std::to_string(open.file.size.value()));
        return response;
    }

 private:
    http::Response with_content(unsigned status, std::string_view type) const {
        http::Response response;
        response.status = status;
        response.headers = file_headers(open.file);
        response.headers.add("Content-Type", type);
        return response;
    }
};

}  // namespace

Task<http::Response> FileDoor::list(http::Request& request, engine::Principal principal) {
    const auto page = page_request(request.head.target);
    if (!page) {
        co_return invalid_member(page.error().member, page.error().reason, request.request_id);
    }
    engine::Files files(world_);
    const auto found =
        co_await files.list(context_for(request.request_id, principal.name()), *page);
    if (!found) {
        co_return refusal_response(found.error(), request.request_id);
    }
    json::array list;
    for (const core::File& file : found->items) {
        list.push_back(file_record(file));
    }
    json::object answer;
    answer["files"] = std::move(list);
    answer["next"] = found->next ? json::value(found->next->to_string()) : json::value(nullptr);
    co_return json_response(200, std::move(answer));
}

Task<http::Response> FileDoor::download(http::Request& request, engine::Principal principal,
                                        UploadId id) {
    engine::Files files(world_);
    const auto open = co_await files.open(context_for(request.request_id, principal.name()), id);
    if (!open) {
        co_return refusal_response(open.error(), request.request_id);
    }
    const Representation representation{etag_of(open->file), open->file.completed_at,
                                        open->file.size};
    const Selection selected = select(request.head, representation);
    if (may_come_from_the_store(request.head, selected)) {
        ports::DirectDownload how{.content_type = type_of(open->file),
                                  .disposition = attachment_disposition(open->file.name),
                                  .lifetime = kRedirectLifetime};
        if (const auto url = co_await open->reader->direct_url(std::move(how))) {
            co_return redirect_to(*url);
        }
    }
    const Answer answer{*open, request.request_id, world_.random};
    co_return std::visit(answer, selected);
}

Task<http::Response> FileDoor::parts(http::Request& request, engine::Principal principal,
                                     UploadId id) {
    engine::Files files(world_);
    const auto found = co_await files.parts(context_for(request.request_id, principal.name()), id);
    if (!found) {
        co_return refusal_response(found.error(), request.request_id);
    }
    json::object answer = file_record(found->file);
    answer["chunk_size"] = found->file.plan.part_size.value();
    answer["total_parts"] = found->file.plan.total_parts;
    json::array parts;
    for (const core::Part& part : found->parts) {
        parts.push_back(part_record(part));
    }
    answer["parts"] = std::move(parts);
    co_return json_response(200, std::move(answer));
}

Task<http::Response> FileDoor::claim(http::Request& request, engine::Principal principal) {
    const auto body = co_await request.body.read_all(kMaxClaimBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    auto wanted = parse_claim(*body);
    if (!wanted) {
        co_return fault_response(wanted.error(), request.request_id);
    }
    engine::Files files(world_);
    const auto claimed = co_await files.claim(context_for(request.request_id, principal.name()),
                                              wanted->file, std::move(wanted->claim));
    if (!claimed) {
        co_return refusal_response(claimed.error(), request.request_id);
    }
    co_return json_response(200, file_record(*claimed));
}

Task<http::Response> FileDoor::remove(http::Request& request, engine::Principal principal,
                                      UploadId id) {
    engine::Files files(world_);
    const auto removed =
        co_await files.remove(context_for(request.request_id, principal.name()), id);
    if (!removed) {
        co_return refusal_response(removed.error(), request.request_id);
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace slipway::api::native

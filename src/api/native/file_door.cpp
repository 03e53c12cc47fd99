#include "api/native/file_door.hpp"

#include <boost/json/array.hpp>
#include <memory>
#include <utility>

#include "api/conditions.hpp"
#include "api/content_disposition.hpp"
#include "api/native/query.hpp"
#include "api/native/records.hpp"
#include "api/problem.hpp"
#include "base/encoding.hpp"
#include "engine/files.hpp"

namespace slipway::api::native {

namespace json = boost::json;

namespace {

// Reads a range of a stored blob for stores that have no file descriptor to send from.
class BlobBytes final : public http::BodySource {
 public:
    BlobBytes(std::shared_ptr<ports::BlobReader> reader, ByteRange range)
        : reader_(std::move(reader)), at_(range.first), left_(range.length) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        const std::size_t wanted = std::min<std::uint64_t>(out.size(), left_.value());
        const auto got = co_await reader_->read_at(at_, out.first(wanted));
        if (got) {
            at_ = at_ + ByteCount(*got);
            left_ = left_ - ByteCount(*got);
        }
        co_return got;
    }

 private:
    std::shared_ptr<ports::BlobReader> reader_;
    ByteOffset at_;
    ByteCount left_;
};

http::ResponseBody body_of(const std::shared_ptr<ports::BlobReader>& reader, ByteRange range) {
    if (const auto descriptor = reader->descriptor()) {
        return http::FileSlice{reader, *descriptor, range};
    }
    return http::StreamBody{std::make_shared<BlobBytes>(reader, range), range.length};
}

// What a browser must know to treat the bytes as inert: reference/security.md section 3.2.
http::Headers file_headers(const core::File& file) {
    http::Headers headers;
    headers.add("ETag", etag_of(file));
    headers.add("Last-Modified", format_http_date(file.completed_at));
    headers.add("Accept-Ranges", "bytes");
    headers.add("Content-Disposition", attachment_disposition(file.name));
    headers.add("X-Content-Type-Options", "nosniff");
    headers.add("Content-Security-Policy", "sandbox; default-src 'none'");
    headers.add("Cross-Origin-Resource-Policy", "same-site");
    headers.add("Cache-Control", "private, no-cache");
    headers.add("Slipway-Chain", encode_hex(file.chain.view()));
    headers.add("x-checksum-crc64nvme", encode_base64(file.crc64nvme.view()));
    if (file.sha256) {
        headers.add("Repr-Digest", "sha-256=:" + encode_base64(file.sha256->view()) + ":");
    }
    return headers;
}

struct Answer {
    const engine::OpenFile& open;
    const std::string& request_id;

    http::Response operator()(SendWhole) const {
        http::Response response = with_content();
        response.body = body_of(open.reader, {ByteOffset(0), open.file.size});
        return response;
    }

    http::Response operator()(SendRange selected) const {
        http::Response response = with_content();
        response.status = 206;
        const std::uint64_t first = selected.range.first.value();
        const std::uint64_t last = first + selected.range.length.value() - 1;
        response.headers.add("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                  std::to_string(last) + "/" +
                                                  std::to_string(open.file.size.value()));
        response.body = body_of(open.reader, selected.range);
        return response;
    }

    http::Response operator()(NotModified) const {
        http::Response response;
        response.status = 304;
        response.headers = file_headers(open.file);
        return response;
    }

    http::Response operator()(PreconditionFailed) const {
        return problem_response({.status = 412,
                                 .error = "precondition_failed",
                                 .title = "The file has another entity tag"},
                                request_id);
    }

    http::Response operator()(RangeNotSatisfiable) const {
        auto response = problem_response({.status = 416,
                                          .error = "range_not_satisfiable",
                                          .title = "The range lies outside the file"},
                                         request_id);
        response.headers.add("Content-Range", "bytes */" + std::to_string(open.file.size.value()));
        return response;
    }

 private:
    http::Response with_content() const {
        http::Response response;
        response.headers = file_headers(open.file);
        const std::string& type = open.file.content_type;
        response.headers.add("Content-Type", type.empty() ? "application/octet-stream" : type);
        return response;
    }
};

}  // namespace

Task<http::Response> FileDoor::list(http::Request& request, engine::Caller caller) {
    const auto page = page_request(request.head.target);
    if (!page) {
        co_return invalid_member(page.error().member, page.error().reason, request.request_id);
    }
    engine::Files files(world_);
    const auto found = co_await files.list(context_for(request.request_id, caller.owner()), *page);
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

Task<http::Response> FileDoor::download(http::Request& request, engine::Caller caller,
                                        UploadId id) {
    engine::Files files(world_);
    const auto open = co_await files.open(context_for(request.request_id, caller.owner()), id);
    if (!open) {
        co_return refusal_response(open.error(), request.request_id);
    }
    const Representation representation{etag_of(open->file), open->file.completed_at,
                                        open->file.size};
    const Answer answer{*open, request.request_id};
    co_return std::visit(answer, select(request.head.headers, representation));
}

Task<http::Response> FileDoor::parts(http::Request& request, engine::Caller caller, UploadId id) {
    engine::Files files(world_);
    const auto found = co_await files.parts(context_for(request.request_id, caller.owner()), id);
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

Task<http::Response> FileDoor::remove(http::Request& request, engine::Caller caller, UploadId id) {
    engine::Files files(world_);
    const auto removed = co_await files.remove(context_for(request.request_id, caller.owner()), id);
    if (!removed) {
        co_return refusal_response(removed.error(), request.request_id);
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace slipway::api::native

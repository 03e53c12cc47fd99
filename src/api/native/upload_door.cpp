#include "api/native/upload_door.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "api/digest_fields.hpp"
#include "api/idempotency_key.hpp"
#include "api/native/query.hpp"
#include "api/native/records.hpp"
#include "api/native/requests.hpp"
#include "api/problem.hpp"
#include "core/lifecycle.hpp"
#include "core/part_plan.hpp"
#include "core/part_ranges.hpp"
#include "engine/access/revoke_urls.hpp"
#include "engine/complete_upload.hpp"
#include "engine/create_upload.hpp"
#include "engine/direct/direct_upload.hpp"
#include "engine/end_upload.hpp"
#include "engine/files.hpp"
#include "engine/find_upload.hpp"
#include "engine/fingerprint.hpp"
#include "engine/receive_part.hpp"

namespace slipway::api::native {

namespace json = boost::json;

namespace {

constexpr ByteCount kMaxInitBody = 64_KiB;
constexpr ByteCount kMaxCompleteBody = 4_MiB;
constexpr std::uint32_t kPartUrlsTold = 100;

// The body of a request, as the engine reads it.
class BodyBytes final : public engine::ByteSource {
 public:
    explicit BodyBytes(http::RequestBody& body) : body_(body) {}

    Task<Result<engine::ByteChunk>> next() override {
        auto chunk = co_await body_.next();
        if (!chunk) {
            co_return std::unexpected(chunk.error());
        }
        engine::ByteChunk bytes{std::move(chunk->lease), chunk->bytes};
        co_return std::move(bytes);
    }
    std::function<void()> interrupter() override { return body_.interrupter(); }

 private:
    http::RequestBody& body_;
};

json::object policy_record() {
    return {{"parallel", 8},
            {"retry", {{"max_attempts", 10}, {"base_ms", 500}, {"max_ms", 30000}}}};
}

json::object received_part_record(const engine::ReceivedPart& received) {
    json::object record = part_record(received.part);
    record["status"] = received.already_stored ? "already_stored" : "stored";
    return record;
}

std::uint32_t part_urls_told(const core::PartPlan& plan) {
    const bool is_free = plan.sizes == core::PartSizes::free;
    return std::min(is_free ? core::kMaxParts : plan.total_parts, kPartUrlsTold);
}

// It will be completed without being asked again.
http::Response under_way_response(const UploadId& id, engine::Reason reason) {
    const std::string status = "/upload/" + id.to_string();
    const auto* const state = reason == engine::Reason::verifying ? "verifying" : "assembling";
    auto response = json_response(
        202, {{"upload_id", id.to_string()}, {"state", state}, {"status_url", status}});
    response.headers.add("Location", status);
    response.headers.add("Retry-After", "1");
    return response;
}

}  // namespace

Task<http::Response> UploadDoor::init(http::Request& request, engine::Principal principal) {
    const auto body = co_await request.body.read_all(kMaxInitBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    auto wanted = parse_init(*body, world_.options.max_expiry);
    if (!wanted) {
        co_return fault_response(wanted.error(), request.request_id);
    }
    auto key = idempotency_key(request.head.headers);
    if (!key) {
        co_return fault_response(key.error(), request.request_id);
    }
    wanted->idempotency_key = std::move(*key);
    engine::CreateUpload creator(world_);
    auto context = context_for(request.request_id, principal.name());
    const auto upload = co_await creator.run(std::move(context), std::move(*wanted));
    if (!upload) {
        co_return refusal_response(upload.error(), request.request_id);
    }
    json::array urls;
    const WallTime now = world_.clock.wall();
    const auto state = core::state_at(*upload, now);
    // A repeated request may meet an upload that has ended since: it takes no parts.
    // Those of a direct upload name digests, which nobody knows yet.
    const bool tells = state == core::UploadState::open && !upload->direct;
    const std::uint32_t told = tells ? part_urls_told(upload->plan) : 0;
    for (std::uint32_t n = 1; n <= told; ++n) {
        const PartNumber number(n);
        urls.push_back(part_url_record(urls_.make(*upload, number, request.head.host, now),
                                       upload->plan, number));
    }
    json::object answer = upload_record(*upload, state);
    answer["part_urls"] = std::move(urls);
    answer["policy"] = policy_record();
    co_return json_response(200, std::move(answer));
}

Task<http::Response> UploadDoor::part_url(http::Request& request, engine::Principal principal,
                                          UploadId id) {
    const auto asked = parse_part_query(request.head.target);
    if (!asked) {
        co_return fault_response(asked.error(), request.request_id);
    }
    engine::FindUpload finder(world_);
    const auto upload = co_await finder.find(context_for(request.request_id, principal.name()), id);
    if (!upload) {
        co_return refusal_response(upload.error(), request.request_id);
    }
    const WallTime now = world_.clock.wall();
    const auto state = core::state_at(*upload, now);
    if (state != core::UploadState::open) {
        co_return refusal_response(engine::not_open(state), request.request_id);
    }
    const PartNumber part = asked->number;
    if (!core::has_part(upload->plan, part)) {
        co_return invalid_member("part_number", "is not a part of this upload", request.request_id);
    }
    if (upload->direct != asked->sha256.has_value()) {
        co_return invalid_member(
            "sha256",
            upload->direct ? "must be stated: the upload is direct" : "is for direct uploads only",
            request.request_id);
    }
    if (upload->direct) {
        co_return co_await direct_url(request, *upload, *asked);
    }
    co_return json_response(200, part_url_record(urls_.make(*upload, part, request.head.host, now),
                                                 upload->plan, part));
}

Task<http::Response> UploadDoor::direct_url(http::Request& request, core::Upload upload,
                                            PartQuery asked) {
    const WallTime expires_at = urls_.expiry(upload, world_.clock.wall());
    const engine::DirectRequest wanted{asked.number, *asked.sha256, expires_at};
    auto address = co_await engine::DirectUpload(world_).address(
        context_for(request.request_id, upload.owner), upload, wanted);
    if (!address) {
        co_return refusal_response(address.error(), request.request_id);
    }
    co_return json_response(200, direct_url_record(*address, asked.number, expires_at));
}

Task<http::Response> UploadDoor::put_part(http::Request& request, engine::PartGrant grant) {
    const auto length = request.body.length();
    if (!length) {
        co_return problem_response(
            {.status = 411, .error = "length_required", .title = "Content-Length is required"},
            request.request_id);
    }
    if (request.head.headers.find("Content-Encoding")) {
        co_return problem_response({.status = 415,
                                    .error = "unsupported_media_type",
                                    .title = "Content-Encoding is not supported"},
                                   request.request_id);
    }
    if (!grant.length().admits(*length)) {
        co_return refusal_response(
            {engine::Reason::invalid_chunk, "the body does not have the length of this part"},
            request.request_id);
    }
    auto stated = stated_digests(request.head.headers);
    if (!stated) {
        co_return problem_response(
            {.status = 400,
             .error = "invalid_digest",
             .title = "Digest field does not parse",
             .detail = stated.error() + " does not parse, or contradicts another"},
            request.request_id);
    }
    engine::ReceivePart receiver(world_);
    BodyBytes source(request.body);
    engine::PartRequest part{std::move(grant), *length, *stated};
    const auto received =
        co_await receiver.run(context_for(request.request_id, {}), std::move(part), source);
    if (!received) {
        co_return refusal_response(received.error(), request.request_id);
    }
    auto response = json_response(200, received_part_record(*received));
    response.headers.add("Slipway-Durability", "part");
    co_return response;
}

Task<http::Response> UploadDoor::chunks(http::Request& request, engine::Principal principal) {
    const auto text = request.head.target.parameter("upload_id");
    const auto id = text ? UploadId::parse(*text) : std::nullopt;
    if (!text || request.head.target.query.size() != 1) {
        co_return invalid_member("upload_id", "must be one upload id", request.request_id);
    }
    if (!id) {
        co_return refusal_response({engine::Reason::upload_not_found, "there is no such upload"},
                                   request.request_id);
    }
    engine::FindUpload finder(world_);
    const auto status =
        co_await finder.status(context_for(request.request_id, principal.name()), *id);
    if (!status) {
        co_return refusal_response(status.error(), request.request_id);
    }
    const auto received = core::received_ranges(status->parts);
    json::object answer = upload_record(status->upload, status->state);
    answer["received"] = range_list(received);
    answer["missing"] = range_list(core::missing_ranges(received, status->upload.plan.total_parts));
    json::array parts;
    for (const core::Part& part : status->parts) {
        parts.push_back(listed_part_record(part, status->upload));
    }
    answer["parts"] = std::move(parts);
    co_return json_response(200, std::move(answer));
}

Task<http::Response> UploadDoor::status(http::Request& request, engine::Principal principal,
                                        UploadId id) {
    engine::FindUpload finder(world_);
    const auto context = context_for(request.request_id, principal.name());
    const auto status = co_await finder.status(context, id);
    if (!status) {
        co_return refusal_response(status.error(), request.request_id);
    }
    json::object answer = upload_record(status->upload, status->state);
    ByteCount bytes;
    for (const core::Part& part : status->parts) {
        bytes += part.size;
    }
    answer["received_parts"] = status->parts.size();
    answer["received_bytes"] = bytes.value();
    if (status->completion) {
        json::object completion{{"state", status->completion->failed ? "failed" : "waiting"}};
        if (status->completion->failed) {
            completion["detail"] = status->completion->reason;
        }
        answer["completion"] = std::move(completion);
    }
    if (status->state == core::UploadState::complete) {
        engine::Files files(world_);
        const auto file = co_await files.find(context, id);
        if (file) {
            answer["file"] = file_record(*file);
        }
    }
    co_return json_response(200, std::move(answer));
}

Task<http::Response> UploadDoor::complete(http::Request& request, engine::Principal principal,
                                          UploadId id) {
    const auto body = co_await request.body.read_all(kMaxCompleteBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    auto wanted = parse_complete(*body);
    if (!wanted) {
        co_return fault_response(wanted.error(), request.request_id);
    }
    const auto key = idempotency_key(request.head.headers);
    if (!key) {
        co_return fault_response(key.error(), request.request_id);
    }
    wanted->upload = id;
    if (*key) {
        wanted->key = engine::completion_key_of(**key, *wanted);
    }
    engine::CompleteUpload completer(world_);
    auto context = context_for(request.request_id, principal.name());
    const auto file = co_await completer.run(std::move(context), std::move(*wanted));
    if (!file && (file.error().reason == engine::Reason::verifying ||
                  file.error().reason == engine::Reason::assembling)) {
        co_return under_way_response(id, file.error().reason);
    }
    if (!file) {
        co_return refusal_response(file.error(), request.request_id);
    }
    co_return json_response(200, file_record(*file));
}

Task<http::Response> UploadDoor::abort(http::Request& request, engine::Principal principal,
                                       UploadId id) {
    engine::EndUpload ender(world_);
    const auto ended = co_await ender.abort(context_for(request.request_id, principal.name()), id);
    if (!ended) {
        co_return refusal_response(ended.error(), request.request_id);
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

Task<http::Response> UploadDoor::revoke_urls(http::Request& request, engine::Principal principal,
                                             UploadId id) {
    engine::RevokeUrls revoker(world_);
    const auto upload = co_await revoker.run(context_for(request.request_id, principal.name()), id);
    if (!upload) {
        co_return refusal_response(upload.error(), request.request_id);
    }
    const std::string name = id.to_string();
    json::object answer;
    answer["upload_id"] = name;
    answer["epoch"] = upload->epoch;
    answer["part_url_template"] = "/upload/" + name + "/part?part_number={part_number}";
    co_return json_response(200, std::move(answer));
}

Task<http::Response> UploadDoor::list(http::Request& request, engine::Principal principal) {
    const auto page = page_request(request.head.target);
    if (!page) {
        co_return fault_response(page.error(), request.request_id);
    }
    engine::FindUpload finder(world_);
    const auto open =
        co_await finder.list_open(context_for(request.request_id, principal.name()), *page);
    if (!open) {
        co_return refusal_response(open.error(), request.request_id);
    }
    json::array uploads;
    for (const core::Upload& upload : open->items) {
        uploads.push_back(upload_record(upload, core::state_at(upload, world_.clock.wall())));
    }
    json::object answer;
    answer["uploads"] = std::move(uploads);
    answer["next"] = open->next ? json::value(open->next->to_string()) : json::value(nullptr);
    co_return json_response(200, std::move(answer));
}

}  // namespace slipway::api::native

#include "engine/complete_upload.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "base/seeded_bug.hpp"
#include "core/lifecycle.hpp"
#include "core/part_plan.hpp"
#include "engine/direct/direct_upload.hpp"
#include "engine/events/upload_events.hpp"
#include "engine/find_upload.hpp"
#include "engine/publish_upload.hpp"
#include "engine/stores/home_blob.hpp"
#include "engine/stores/reach.hpp"
#include "engine/upload_tasks/assembly_task.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "engine/whole_file_digest.hpp"
#include "runtime/sleep.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::chrono::milliseconds kPoll{50};
constexpr std::string_view kUnderWay = "the parts are being brought together";

bool is_under_way(Reason reason) {
    return reason == Reason::verifying || reason == Reason::assembling;
}

RequestedCompletion requested(const CompleteRequest& request) {
    auto total_parts = request.total_parts;
    if (request.parts) {
        total_parts = static_cast<std::uint32_t>(request.parts->size());
    }
    return {.sha256 = request.sha256, .total_parts = total_parts, .key = request.key};
}

Refusal describe(const core::CompletionRefusal& refusal) {
    if (const auto* mismatches = std::get_if<std::vector<core::PartMismatch>>(&refusal)) {
        return {.reason = Reason::parts_mismatch,
                .detail = "parts are missing or differ; the upload is as it was",
                .parts = *mismatches};
    }
    switch (std::get<core::CompletionError>(refusal)) {
        case core::CompletionError::unknown_part:
            return {Reason::invalid_request, "parts names a part that the upload does not have"};
        case core::CompletionError::duplicate_part:
            return {Reason::invalid_request, "parts names a part twice"};
        case core::CompletionError::md5_not_available:
            return {Reason::unsupported_digest,
                    "the server has no MD5 of a part; state its sha256"};
        case core::CompletionError::count_not_stated:
            return {Reason::invalid_request,
                    "parts or total_parts must be stated: part_sizes is free"};
        case core::CompletionError::count_differs:
            return {Reason::invalid_request, "total_parts is not the number of the parts"};
    }
    return {};
}

template <class Digest>
std::optional<Refusal> check(const std::optional<Digest>& declared, const Digest& actual) {
    if (!declared || *declared == actual) {
        return std::nullopt;
    }
    return Refusal{.reason = Reason::checksum_mismatch,
                   .detail = "the file does not have the declared digest; the upload stays open",
                   .difference = Difference{to_string(Digest::kKind), encode_hex(declared->view()),
                                            encode_hex(actual.view())}};
}

}  // namespace

Task<Outcome<core::File>> CompleteUpload::run(RequestContext context, CompleteRequest request) {
    const SteadyTime until = world_.clock.steady() + world_.options.complete_wait;
    for (;;) {
        auto outcome = co_await attempt(context, request);
        if (outcome || !is_under_way(outcome.error().reason)) {
            co_return outcome;
        }
        if (world_.clock.steady() >= until) {
            const auto left =
                co_await leave_to_task(context, std::move(request), outcome.error().reason);
            co_return left ? std::move(outcome) : std::unexpected(left.error());
        }
        co_await runtime::sleep_for(kPoll);
    }
}

Task<Outcome<>> CompleteUpload::leave_to_task(RequestContext context, CompleteRequest request,
                                              Reason why) {
    if (why != Reason::verifying) {
        co_return Outcome<>();
    }
    auto asked = requested(request);
    if (context.request_id.trace) {
        asked.traceparent = telemetry::format_traceparent(context.request_id.trace);
    }
    const auto planned = co_await request_completion(world_, request.upload, std::move(asked));
    if (!planned) {
        co_return refuse(planned.error(), "request_completion", context.request_id);
    }
    // Another request may have been quicker.
    co_return co_await check_key(std::move(context), request, std::nullopt);
}

Task<Outcome<>> CompleteUpload::check_key(RequestContext context, const CompleteRequest& request,
                                          const std::optional<core::CompletionKey>& decided) {
    if (!request.key) {
        co_return Outcome<>();
    }
    auto known = decided;
    if (!known) {
        const auto planned = co_await find_requested(world_, request.upload);
        if (!planned) {
            co_return refuse(planned.error(), "find_requested", context.request_id);
        }
        known = *planned ? (*planned)->key : std::nullopt;
    }
    if (known && known->key == request.key->key && known != request.key) {
        co_return refuse(Reason::idempotency_key_reused,
                         "the key was used for a Complete that asked for something else");
    }
    co_return Outcome<>();
}

Task<Outcome<core::File>> CompleteUpload::attempt(RequestContext context, CompleteRequest request) {
    FindUpload finder(world_);
    // Who may not see the upload does not queue for it.
    if (auto visible = co_await finder.find(context, request.upload); !visible) {
        co_return std::unexpected(visible.error());
    }
    const Turn turn = co_await world_.sessions.take_ending(request.upload);
    auto upload = co_await finder.find(context, request.upload);
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    if (auto known = co_await check_key(context, request, upload->completed_by); !known) {
        co_return std::unexpected(known.error());
    }
    const auto state = core::state_at(*upload, world_.clock.wall());
    if (state == core::UploadState::open) {
        co_return co_await begin(context, std::move(request), std::move(*upload));
    }
    co_return co_await final_answer(context, std::move(*upload), state);
}

Task<Outcome<core::File>> CompleteUpload::final_answer(RequestContext context, core::Upload upload,
                                                       core::UploadState state) {
    if (state == core::UploadState::completing) {
        co_return co_await resume(context, std::move(upload));
    }
    if (state != core::UploadState::complete) {
        co_return std::unexpected(not_open(state));
    }
    auto file = co_await world_.catalog.find_file(upload.id);
    if (!file && file.error().code == Errc::not_found) {
        co_return refuse(Reason::upload_not_found, "the file was deleted");
    }
    if (!file) {
        co_return refuse(file.error(), "find_file", context.request_id);
    }
    co_return std::move(*file);
}

Task<Outcome<UploadBytes>> CompleteUpload::verify_parts(RequestContext context,
                                                        const CompleteRequest& request,
                                                        core::Upload& upload) {
    const bool needs_records = world_.stores.are_several() || request.parts ||
                               world_.stores.home_of(upload).needs_pieces();
    if (!needs_records && upload.plan.sizes == core::PartSizes::fixed) {
        // Part records are never taken back, so that all of them were seen is final.
        if (auto summary =
                co_await world_.sessions.content_of(upload.id, upload.plan.total_parts)) {
            co_return UploadBytes{*summary, {}, std::nullopt};
        }
    }
    if (upload.direct) {
        co_return co_await verify_direct(std::move(context), request, upload);
    }
    auto parts = co_await world_.catalog.list_parts(upload.id);
    if (!parts) {
        co_return refuse(parts.error(), "list_parts", context.request_id);
    }
    drop_lost(world_, upload, *parts);
    const auto decision = core::decide_completion(upload.plan, *parts, request.parts);
    if (!decision) {
        co_return std::unexpected(describe(decision.error()));
    }
    if (const auto chosen = co_await HomeBlob(world_).choose(upload, *parts); !chosen) {
        co_return refuse(chosen.error(), "choose_home", context.request_id);
    }
    co_return bytes_of(world_.stores, upload, *parts);
}

Task<Outcome<UploadBytes>> CompleteUpload::verify_direct(RequestContext context,
                                                         const CompleteRequest& request,
                                                         const core::Upload& upload) {
    const auto parts = co_await DirectUpload(world_).list_parts(context, upload);
    if (!parts) {
        co_return std::unexpected(parts.error());
    }
    const auto decision = core::decide_completion(upload.plan, *parts, request.parts);
    if (!decision) {
        co_return std::unexpected(describe(decision.error()));
    }
    const auto recorded = co_await world_.catalog.replace_parts(upload.id, upload.epoch, *parts);
    if (!recorded) {
        co_return refuse(recorded.error(), "replace_parts", context.request_id);
    }
    co_return bytes_of(world_.stores, upload, *parts);
}

Task<Outcome<>> CompleteUpload::require_room(RequestContext context, const core::Upload& upload,
                                             ByteCount size) {
    const auto room = co_await world_.stores.home_of(upload).free_space();
    if (!room) {
        co_return refuse(room.error(), "free_space", context.request_id);
    }
    if (size > *room) {
        co_return refuse(Reason::insufficient_storage,
                         "there is no room to bring the parts into order; the upload stays open");
    }
    co_return Outcome<>();
}

Task<Outcome<core::File>> CompleteUpload::begin(RequestContext context, CompleteRequest request,
                                                core::Upload upload) {
    const auto plan = core::counted_plan(upload.plan, request.parts, request.total_parts);
    if (!plan) {
        co_return std::unexpected(describe(plan.error()));
    }
    upload.plan = *plan;
    const auto content = co_await verify_parts(context, request, upload);
    if (!content) {
        co_return std::unexpected(content.error());
    }
    const auto declared = co_await verify_declared(context, request, upload, content->summary.size);
    if (!declared) {
        if (declared.error().reason == Reason::checksum_mismatch) {
            world_.metrics.digest_failures.add();
        }
        co_return std::unexpected(declared.error());
    }
    if (content->needs_assembly()) {
        if (auto room = co_await require_room(context, upload, content->summary.size); !room) {
            co_return std::unexpected(room.error());
        }
    }
    core::Upload next = core::begin_completing(upload, *plan, *declared, request.key);
    std::optional<core::Event> too_early;
    if (has_bug(SeededBug::event_before_it_is_true)) {
        too_early = event_of(world_, core::EventKind::upload_completed, next, {});
    }
    if (has_bug(SeededBug::published_before_decided)) {
        ports::BlobRef blob{upload.id, core::home_of(upload).placement};
        ports::Content whole{.size = content->summary.size};
        static_cast<void>(
            co_await world_.stores.home_of(upload).publish(std::move(blob), std::move(whole)));
    }
    const auto committed =
        co_await world_.catalog.advance_upload(upload.epoch, next, std::move(too_early));
    if (!committed) {
        co_return refuse_change(committed.error(), "begin_completing", context.request_id,
                                Reason::assembling);
    }
    co_return co_await carry_through(context, next, *content);
}

Task<Outcome<core::DeclaredDigests>> CompleteUpload::verify_declared(RequestContext context,
                                                                     CompleteRequest request,
                                                                     core::Upload upload,
                                                                     ByteCount size) {
    core::DeclaredDigests declared = upload.declared;
    if (request.sha256 && declared.sha256 && *request.sha256 != *declared.sha256) {
        co_return refuse(Reason::invalid_request,
                         "sha256 differs from what was declared at creation");
    }
    if (request.sha256 && !declared.sha256 && upload.complete_when_full) {
        // The last part completes it, checked or not: who comes first must not decide about that.
        co_return refuse(Reason::invalid_request,
                         "the upload completes by itself: declare its sha256 at creation");
    }
    if (request.sha256 && !declared.sha256 && !co_await can_be_read(upload)) {
        co_return refuse(Reason::unsupported_digest,
                         "the store does not read what is not published: declare the sha256 at "
                         "creation, or leave it out");
    }
    if (request.sha256) {
        declared.sha256 = request.sha256;
    }
    if (!declared.sha256 && !declared.md5) {
        co_return declared;
    }
    const auto actual = co_await digest_of(upload, size);
    if (!actual) {
        co_return refuse(actual.error(), "whole_file_digest", context.request_id);
    }
    if (!*actual) {
        co_return refuse(Reason::verifying, "the digest of the whole is being worked out");
    }
    if (auto refusal = check(declared.sha256, (*actual)->sha256)) {
        co_return std::unexpected(std::move(*refusal));
    }
    if (auto refusal = check(declared.md5, (*actual)->md5)) {
        co_return std::unexpected(std::move(*refusal));
    }
    co_return declared;
}

Task<bool> CompleteUpload::can_be_read(const core::Upload& upload) {
    ports::Store& store = world_.stores.home_of(upload);
    if (store.composes(core::home_of(upload).placement)) {
        co_return true;
    }
    const auto staged = co_await store.open_staged(upload.id);
    co_return staged || staged.error().code != Errc::unsupported;
}

Task<Result<std::optional<WholeFileDigests>>> CompleteUpload::digest_of(const core::Upload& upload,
                                                                        ByteCount size) {
    if (size > world_.options.digest_inline) {
        co_return co_await digest_by_task(world_, upload.id, upload.plan, size);
    }
    auto digests = co_await whole_file_digest(world_, upload, size);
    if (!digests) {
        co_return std::unexpected(digests.error());
    }
    co_return std::optional(*digests);
}

Task<Outcome<core::File>> CompleteUpload::resume(RequestContext context, core::Upload upload) {
    const bool by_task = upload.plan.sizes == core::PartSizes::free || upload.blobs.size() > 1 ||
                         world_.stores.home_of(upload).publishes_slowly();
    if (by_task) {
        const auto assembly = co_await assembly_of(world_, upload.id);
        if (!assembly) {
            co_return refuse(assembly.error(), "assembly_of", context.request_id);
        }
        if (*assembly == Assembly::under_way) {
            co_return refuse(Reason::assembling, std::string(kUnderWay));
        }
        if (!upload.failure.empty()) {
            co_return refuse(Reason::upload_damaged, upload.failure);
        }
    }
    auto parts = co_await world_.catalog.list_parts(upload.id);
    if (!parts) {
        co_return refuse(parts.error(), "list_parts", context.request_id);
    }
    const auto own = core::parts_of(upload.plan, std::move(*parts));
    auto content = bytes_of(world_.stores, upload, own);
    co_return co_await carry_through(context, std::move(upload), std::move(content));
}

Task<Outcome<core::File>> CompleteUpload::carry_through(RequestContext context, core::Upload upload,
                                                        UploadBytes content) {
    if (!content.needs_assembly() && upload.blobs.size() == 1 &&
        !world_.stores.home_of(upload).publishes_slowly()) {
        co_return co_await PublishUpload(world_).run(context, std::move(upload),
                                                     std::move(content));
    }
    const auto planned = co_await request_assembly(world_, upload.id, context.request_id.trace);
    if (!planned) {
        co_return refuse(planned.error(), "request_assembly", context.request_id);
    }
    co_return refuse(Reason::assembling, std::string(kUnderWay));
}

}  // namespace slipway::engine

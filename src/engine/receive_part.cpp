#include "engine/receive_part.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "base/seeded_bug.hpp"
#include "core/extent_map.hpp"
#include "core/lifecycle.hpp"
#include "core/part_plan.hpp"
#include "engine/access/quotas.hpp"
#include "engine/events/upload_events.hpp"
#include "engine/in_flight.hpp"
#include "engine/stated_digests.hpp"
#include "engine/stores/part_blobs.hpp"
#include "engine/stores/reach.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

hash::DigestSelection selection_for(const StatedDigests& stated, DigestKind checksum) {
    return {.md5 = stated.md5.has_value() || checksum == DigestKind::md5,
            .crc32c = stated.crc32c.has_value() || checksum == DigestKind::crc32c};
}

Refusal conflict_between(const core::Part& stored, const PartDigests& received) {
    return {.reason = Reason::part_conflict,
            .detail = "the part is stored with other bytes",
            .difference = Difference{"sha256", encode_hex(stored.digests.sha256.view()),
                                     encode_hex(received.sha256.view())}};
}

// The upload is open, in a later epoch than that of the URL.
Refusal revoked() {
    return {Reason::url_revoked, "the URL was signed before the upload's URLs were revoked"};
}

}  // namespace

Refusal busy_with_parts() {
    return {Reason::busy, "too many parts are being received"};
}

Task<Outcome<ReceivedPart>> ReceivePart::run(RequestContext context, PartRequest request,
                                             ByteSource& source) {
    const InFlight in_flight(world_.metrics.parts_in_flight);
    if (in_flight.position() > world_.options.max_parts_in_flight) {
        world_.metrics.parts_rejected_busy.add();
        co_return std::unexpected(busy_with_parts());
    }
    auto received = co_await receive(context, request, source);
    if (!received && received.error().reason == Reason::checksum_mismatch) {
        world_.metrics.digest_failures.add();
    }
    if (received) {
        auto& counter = received->already_stored ? world_.metrics.parts_already_stored
                                                 : world_.metrics.parts_stored;
        counter.add();
        if (!received->already_stored) {
            world_.metrics.part_bytes_stored.add(received->part.size.value());
        }
        telemetry::log(telemetry::Level::info,
                       received->already_stored ? "part_already_stored" : "part_stored",
                       {{"upload_id", request.grant.upload().to_string()},
                        {"part_number", std::uint64_t{request.grant.number().value()}},
                        {"size", received->part.size.value()},
                        {"request_id", context.request_id}});
    }
    co_return received;
}

Task<Outcome<core::Upload>> ReceivePart::admit(RequestContext context, PartRequest request) {
    auto admitted = co_await admit_by(recent_catalog(world_), context, request);
    if (!admitted && world_.recent != nullptr) {
        co_return co_await admit_by(world_.catalog, context, request);
    }
    co_return admitted;
}

Task<Outcome<core::Upload>> ReceivePart::admit_by(ports::Catalog& catalog, RequestContext context,
                                                  PartRequest request) {
    auto upload = co_await catalog.find_upload(request.grant.upload());
    if (!upload) {
        co_return refuse(upload.error(), "find_upload", context.request_id);
    }
    const auto state = core::state_at(*upload, world_.clock.wall());
    if (state != core::UploadState::open) {
        co_return std::unexpected(not_open(state));
    }
    if (upload->epoch != request.grant.epoch()) {
        co_return std::unexpected(revoked());
    }
    if (!core::has_part(upload->plan, request.grant.number())) {
        co_return refuse(Reason::upload_not_found, "there is no such part");
    }
    if (!core::length_of(upload->plan, request.grant.number()).admits(request.length)) {
        co_return refuse(Reason::invalid_chunk, "the body does not have the length of this part");
    }
    co_return std::move(*upload);
}

Task<Outcome<ReceivedPart>> ReceivePart::receive(RequestContext context, PartRequest request,
                                                 ByteSource& source) {
    auto upload = co_await admit(context, request);
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    auto slot = co_await world_.sessions.take_part(request.grant.upload(), request.grant.number(),
                                                   source.interrupter());
    if (!slot) {
        co_return refuse(Reason::superseded, "a newer request for this part took over");
    }
    auto existing =
        co_await world_.catalog.find_part(request.grant.upload(), request.grant.number());
    if (!existing && existing.error().code != Errc::not_found) {
        co_return refuse(existing.error(), "find_part", context.request_id);
    }
    if (has_bug(SeededBug::part_overwritten_in_place)) {
        existing = failure(Errc::not_found, "not looked for");
    }
    std::optional<core::Part> lost;
    if (existing && is_lost(world_, *upload, *existing)) {
        lost = *existing;
    }
    auto received =
        existing && !lost
            ? co_await compare(context, request, std::move(*existing), source)
            : co_await store(context, std::move(*upload), request, std::move(lost), source);
    if (!received && received.error().reason == Reason::client_gone && slot->superseded->load()) {
        co_return refuse(Reason::superseded, "a newer request for this part took over");
    }
    if (!received && received.error().reason == Reason::upload_not_found) {
        // The blob is gone: the upload ended while the part was on its way, and its record says
        // how.
        if (auto ended = co_await admit_by(world_.catalog, context, request); !ended) {
            co_return std::unexpected(ended.error());
        }
    }
    co_return received;
}

Task<Outcome<PartDigests>> ReceivePart::read_body(RequestContext context, PartRequest request,
                                                  DigestKind checksum, PartSinks* sinks,
                                                  ByteSource& source) {
    hash::PartHasher hasher(selection_for(request.stated, checksum));
    ByteCount received;
    for (;;) {
        auto chunk = co_await source.next();
        if (!chunk) {
            co_return refuse(chunk.error(), "receive_part", context.request_id);
        }
        if (chunk->bytes.empty()) {
            break;
        }
        hasher.update(chunk->bytes);
        received += ByteCount(chunk->bytes.size());
        if (sinks == nullptr) {
            continue;
        }
        const auto written = co_await sinks->write(chunk->bytes);
        if (!written) {
            co_return refuse(written.error(), "write_part", context.request_id);
        }
    }
    if (received != request.length) {
        co_return refuse(Reason::invalid_chunk, "the body ended before the part was whole");
    }
    PartDigests digests = hasher.finish();
    if (auto difference = find_difference(request.stated, digests);
        difference && !has_bug(SeededBug::part_digest_not_checked)) {
        co_return std::unexpected(mismatch(std::move(*difference)));
    }
    co_return digests;
}

Task<Outcome<ReceivedPart>> ReceivePart::store(RequestContext context, core::Upload upload,
                                               PartRequest request, std::optional<core::Part> lost,
                                               ByteSource& source) {
    const auto place = co_await find_place(context, upload, request);
    if (!place) {
        co_return std::unexpected(place.error());
    }
    auto blobs = co_await PartBlobs(world_).choose(
        upload, lost ? lost->copies : std::vector<core::PartCopy>());
    if (!blobs) {
        co_return refuse(blobs.error(), "choose_blobs", context.request_id);
    }
    PlaceClaim claim(world_, upload.id, request.grant.number());
    PartSinks sinks(world_, upload);
    Target target{std::move(*blobs), {place->offset, request.length}};
    auto digests =
        co_await take_in(context, upload, request, std::move(target), claim, sinks, source);
    if (digests && lost && digests->sha256 != lost->digests.sha256) {
        digests = std::unexpected(conflict_between(*lost, *digests));
    }
    if (!digests) {
        co_await claim.let_go();
        co_return std::unexpected(digests.error());
    }
    core::Part part{.number = request.grant.number(),
                    .size = request.length,
                    .digests = std::move(*digests),
                    .stored_at = world_.clock.wall()};
    if (place->room) {
        part.extent = place->offset;
        place->room->recorded->store(true);
    }
    if (has_bug(SeededBug::part_acknowledged_before_durable)) {
        co_return co_await record(context, std::move(upload), request, std::move(part));
    }
    if (has_bug(SeededBug::part_recorded_before_durable)) {
        if (auto recorded = co_await record(context, upload, request, part); !recorded) {
            co_return recorded;
        }
    }
    // The bytes are durable before the record that names them is written. The claim stays also
    // where this fails: the store may have them, or get them later.
    auto copies = co_await make_durable(sinks);
    if (!copies) {
        co_return refuse(copies.error(), "sync_part", context.request_id);
    }
    if (lost) {
        co_return co_await record_again(context, std::move(upload), *std::move(lost),
                                        std::move(*copies));
    }
    part.copies = std::move(*copies);
    if (has_bug(SeededBug::part_acknowledged_before_recorded) ||
        has_bug(SeededBug::part_recorded_before_durable)) {
        co_return ReceivedPart{std::move(part), false};
    }
    co_return co_await record(context, std::move(upload), request, std::move(part));
}

Task<Outcome<PartDigests>> ReceivePart::take_in(RequestContext context, const core::Upload& upload,
                                                PartRequest request, Target target,
                                                PlaceClaim& claim, PartSinks& sinks,
                                                ByteSource& source) {
    const auto where = co_await claim.take(upload, target.blobs);
    if (!where) {
        co_return refuse(where.error(), "claim_part", context.request_id);
    }
    const auto opened = co_await sinks.open(std::move(target.blobs), target.region, *where);
    if (!opened) {
        co_return refuse(opened.error(), "open_part", context.request_id);
    }
    co_return co_await read_body(context, request, upload.checksum, &sinks, source);
}

Task<Outcome<ReceivePart::Place>> ReceivePart::find_place(RequestContext context,
                                                          const core::Upload& upload,
                                                          const PartRequest& request) {
    Place place;
    if (upload.plan.sizes == core::PartSizes::fixed) {
        place.offset = core::offset_of(upload.plan, request.grant.number());
        co_return std::move(place);
    }
    if (auto fits = co_await Quotas(world_).require(
            context, upload.owner,
            {.bytes = request.length.value(), .files = 0, .open_uploads = 0});
        !fits) {
        co_return std::unexpected(fits.error());
    }
    auto room = co_await take_room(upload.id, request.length);
    if (!room) {
        co_return refuse(room.error(), "take_room", context.request_id);
    }
    // Told now, not after the body.
    ports::BlobRef blob{upload.id, core::home_of(upload).placement};
    const ByteCount end = ByteCount(room->offset.value()) + request.length;
    const auto grown = co_await world_.stores.home_of(upload).grow(std::move(blob), end);
    if (!grown) {
        co_return refuse(grown.error(), "grow_blob", context.request_id);
    }
    place.offset = room->offset;
    place.room = std::move(*room);
    co_return std::move(place);
}

Task<Result<PartRoom>> ReceivePart::take_room(UploadId upload, ByteCount length) {
    if (auto known = co_await world_.sessions.take_room(upload, length)) {
        co_return std::move(*known);
    }
    const auto parts = co_await world_.catalog.list_parts(upload);
    if (!parts) {
        co_return std::unexpected(parts.error());
    }
    const ByteOffset end = has_bug(SeededBug::recorded_room_taken_again)
                               ? ByteOffset(0)
                               : core::end_of_extents(*parts);
    co_return co_await world_.sessions.take_room_behind(upload, end, length);
}

Task<Result<std::vector<core::PartCopy>>> ReceivePart::make_durable(PartSinks& sinks) {
    const InFlight syncing(world_.metrics.parts_syncing);
    co_return co_await sinks.commit();
}

Task<Outcome<ReceivedPart>> ReceivePart::record_again(RequestContext context, core::Upload upload,
                                                      core::Part lost,
                                                      std::vector<core::PartCopy> copies) {
    const auto added =
        co_await world_.catalog.add_copies(upload.id, upload.epoch, lost.number, copies);
    if (!added && added.error().code == Errc::conflict) {
        co_return refuse(Reason::upload_not_found, "the upload is not as it was");
    }
    if (!added) {
        co_return refuse(added.error(), "add_copies", context.request_id);
    }
    core::add_copies(lost, copies);
    world_.metrics.parts_sent_again.add();
    if (upload.complete_when_full) {
        co_await wake_completion(world_, upload.id);
    }
    co_return ReceivedPart{std::move(lost), false};
}

Task<Outcome<ReceivedPart>> ReceivePart::record(RequestContext context, core::Upload upload,
                                                PartRequest request, core::Part part) {
    auto event = part_event(world_, upload, part, context.request_id.trace);
    const bool tells = event.has_value();
    auto outcome = co_await world_.catalog.put_part(request.grant.upload(), request.grant.epoch(),
                                                    part, world_.options.quota, std::move(event));
    if (!outcome) {
        co_return refuse(outcome.error(), "put_part", context.request_id);
    }
    if (const auto* refused = std::get_if<ports::PartRefused>(&*outcome)) {
        const auto state = refused->upload.state;
        co_return std::unexpected(state == core::UploadState::open ? revoked() : not_open(state));
    }
    if (const auto* refused = std::get_if<ports::QuotaRefused>(&*outcome)) {
        co_return refuse(refused->excess);
    }
    if (auto* existing = std::get_if<ports::PartAlreadyStored>(&*outcome)) {
        if (existing->existing.digests.sha256 != part.digests.sha256) {
            co_return std::unexpected(conflict_between(existing->existing, part.digests));
        }
        co_return ReceivedPart{std::move(existing->existing), true};
    }
    if (tells) {
        world_.wake_relay();
    }
    if (upload.complete_when_full) {
        co_await complete_if_full(upload, part);
    } else {
        world_.sessions.recorded(upload.id, part);
    }
    co_return ReceivedPart{std::move(part), false};
}

Task<void> ReceivePart::complete_if_full(const core::Upload& upload, const core::Part& part) {
    switch (co_await world_.sessions.fullness_with(upload.id, part, upload.plan.total_parts)) {
        case Fullness::incomplete:
            co_return;
        case Fullness::full:
        case Fullness::unknown:
            // The task was planned with the upload and looks by itself now and then: where this
            // fails, it only comes later.
            co_await wake_completion(world_, upload.id);
    }
}

Task<Outcome<ReceivedPart>> ReceivePart::compare(RequestContext context, PartRequest request,
                                                 core::Part existing, ByteSource& source) {
    const auto digests = co_await read_body(context, request, DigestKind::sha256, nullptr, source);
    if (!digests) {
        co_return std::unexpected(digests.error());
    }
    if (digests->sha256 != existing.digests.sha256 || request.length != existing.size) {
        co_return std::unexpected(conflict_between(existing, *digests));
    }
    co_return ReceivedPart{std::move(existing), true};
}

}  // namespace slipway::engine

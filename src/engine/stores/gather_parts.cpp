#include "engine/stores/gather_parts.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/part_plan.hpp"
#include "engine/stores/reach.hpp"
#include "hash/digester.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr ByteCount kBuffer = 1_MiB;

// That nothing can be written in the home damages no copy of the part.
std::unexpected<Error> of_home(const Error& error) {
    const bool passes =
        is_away(error.code) || error.code == Errc::throttled || error.code == Errc::storage_full;
    return failure(passes ? error.code : Errc::internal, "the home: " + error.detail);
}

}  // namespace

Task<Result<>> GatherParts::run(core::Upload upload, std::vector<core::Part> parts,
                                TaskContext& context) {
    PartSources sources(world_, upload, parts);
    for (const core::Part& part : parts) {
        if (context.must_stop()) {
            break;
        }
        if (core::copy_in(part, upload.home) != nullptr) {
            continue;
        }
        if (auto gathered = co_await gather(upload, part, sources, context); !gathered) {
            co_return gathered;
        }
    }
    co_return Result<>();
}

Task<Result<>> GatherParts::gather(const core::Upload& upload, core::Part part,
                                   PartSources& sources, TaskContext& context) {
    // That a copy is out of reach weighs more than that another is damaged: it may be right.
    Error why{Errc::corrupted, "no copy of the part is there"};
    for (const core::PartCopy& copy : part.copies) {
        if (!reaches(world_, upload, copy)) {
            why = {Errc::unavailable, "a store that has the part is down"};
            continue;
        }
        auto copied = co_await this->copy(upload, part, copy.blob, sources, context);
        if (copied || context.must_stop()) {
            co_return Result<>();
        }
        telemetry::log(telemetry::Level::warn, "part_not_gathered",
                       {{"upload_id", upload.id.to_string()},
                        {"part_number", std::uint64_t{part.number.value()}},
                        {"store", upload.blobs[copy.blob].storage_node},
                        {"detail", copied.error().detail}});
        if (why.code == Errc::corrupted) {
            why = std::move(copied.error());
        }
    }
    co_return std::unexpected(std::move(why));
}

Task<Result<>> GatherParts::copy(const core::Upload& upload, const core::Part& part,
                                 std::uint32_t from, PartSources& sources, TaskContext& context) {
    auto place = co_await sources.find(from, part.number);
    if (!place) {
        co_return std::unexpected(place.error());
    }
    PlaceClaim claim(world_, upload.id, part.number);
    auto sink = co_await open_in_home(upload, part, claim);
    if (!sink) {
        co_await claim.let_go();
        co_return of_home(sink.error());
    }
    if (auto done = co_await transfer(part, std::move(*place), **sink, context);
        !done || context.must_stop()) {
        co_await claim.let_go();
        co_return done;
    }
    auto receipt = co_await (*sink)->commit();
    if (!receipt) {
        co_return of_home(receipt.error());
    }
    const std::vector<core::PartCopy> copies{{upload.home, *std::move(receipt)}};
    auto added = co_await world_.catalog.add_copies(upload.id, upload.epoch, part.number, copies);
    if (!added) {
        co_return failure(Errc::unavailable, "add_copies: " + added.error().detail);
    }
    world_.metrics.parts_gathered.add();
    co_return Result<>();
}

// An attempt of a client may still write to the part's place there, other bytes than these.
Task<Result<std::unique_ptr<ports::PartSink>>> GatherParts::open_in_home(const core::Upload& upload,
                                                                         const core::Part& part,
                                                                         PlaceClaim& claim) {
    const auto where = co_await claim.take(upload, std::span(&upload.home, 1));
    if (!where) {
        co_return std::unexpected(where.error());
    }
    ports::BlobRef home{upload.id, core::home_of(upload).placement};
    const ports::PartRegion region{core::offset_of(upload.plan, part.number), part.size};
    ports::Store& store = world_.stores.home_of(upload);
    co_return co_await open_part_at(store, std::move(home), region, *where);
}

Task<Result<>> GatherParts::transfer(const core::Part& part, PartSources::Place place,
                                     ports::PartSink& sink, TaskContext& context) {
    hash::Sha256Hasher hasher;
    ByteCount done;
    while (done < part.size && !context.must_stop()) {
        const ByteCount wanted = std::min(kBuffer, part.size - done);
        const auto buffer = co_await world_.buffers.acquire(wanted);
        const auto got = co_await place.reader->read_at(
            place.offset + done, buffer.bytes().first(static_cast<std::size_t>(wanted.value())));
        if (!got) {
            co_return std::unexpected(got.error());
        }
        if (*got == 0) {
            co_return failure(Errc::corrupted, "the blob ends within the part");
        }
        hasher.update(buffer.bytes().first(*got));
        if (auto written = co_await sink.write(buffer.bytes().first(*got)); !written) {
            co_return of_home(written.error());
        }
        done += ByteCount(*got);
    }
    if (!context.must_stop() && hasher.finish() != part.digests.sha256) {
        co_return failure(Errc::corrupted, "the part does not have its SHA-256");
    }
    co_return Result<>();
}

}  // namespace slipway::engine

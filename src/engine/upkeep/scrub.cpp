#include "engine/upkeep/scrub.hpp"

#include <algorithm>
#include <sstream>

#include "base/encoding.hpp"
#include "core/part_plan.hpp"
#include "hash/digester.hpp"
#include "runtime/sleep.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kPageSize = 100;
constexpr ByteCount kBuffer = 1_MiB;
// Read between two checkpoints, each of which is a sync.
constexpr ByteCount kCheckpointEvery = 64_MiB;
constexpr std::chrono::milliseconds kLongestSleep{200};

}  // namespace

struct Scrub::Progress {
    TaskContext& context;
    ScrubPosition position;
    SteadyTime begun;
    ByteCount read;
    ByteCount read_at_checkpoint;
};

ScrubPosition ScrubPosition::parse(const std::string& text) {
    std::istringstream in(text);
    std::string after;
    std::string file;
    ScrubPosition position;
    if (!(in >> after >> file >> position.parts)) {
        return {};
    }
    position.after = UploadId::parse(after);
    position.file = UploadId::parse(file);
    return position.to_string() == text ? position : ScrubPosition{};
}

std::string ScrubPosition::to_string() const {
    const auto name = [](const std::optional<UploadId>& id) { return id ? id->to_string() : "-"; };
    return name(after) + " " + name(file) + " " + std::to_string(parts);
}

Task<Result<>> Scrub::run(TaskContext& context) {
    Progress progress{.context = context,
                      .position = ScrubPosition::parse(context.task().checkpoint),
                      .begun = world_.clock.steady(),
                      .read = {},
                      .read_at_checkpoint = {}};
    while (!context.must_stop()) {
        const auto page = co_await world_.catalog.list_all_files(
            {.after = progress.position.after, .limit = kPageSize});
        if (!page) {
            co_return std::unexpected(page.error());
        }
        for (const core::File& file : page->items) {
            const auto checked = co_await check_file(file, progress);
            if (!checked) {
                co_return checked;
            }
            if (context.must_stop()) {
                co_return Result<>();
            }
            progress.position = {.after = file.id, .file = std::nullopt, .parts = 0};
        }
        if (!page->next) {
            break;
        }
    }
    if (context.must_stop()) {
        co_return Result<>();
    }
    world_.metrics.scrub_passes.add();
    // The next pass begins with the first file.
    co_return co_await context.checkpoint("");
}

Task<Result<>> Scrub::check_file(core::File file, Progress& progress) {
    // What lies in a store that is down is looked at by a later pass.
    if (file.damaged_at || !world_.stores.is_up(file.storage_node)) {
        co_return Result<>();
    }
    const auto damage = co_await find_damage(file, progress);
    if (!damage) {
        co_return std::unexpected(damage.error());
    }
    if (progress.context.must_stop() || !*damage) {
        co_return Result<>();
    }
    const auto marked = co_await world_.catalog.mark_damaged(file.id, world_.clock.wall());
    if (!marked) {
        // Deleted meanwhile: then it had every right to be gone.
        co_return marked.error().code == Errc::not_found ? Result<>() : marked;
    }
    world_.metrics.files_damaged.add();
    telemetry::log(telemetry::Level::error, "file_damaged",
                   {{"file_id", file.id.to_string()}, {"detail", **damage}});
    co_return Result<>();
}

Task<Result<std::optional<std::string>>> Scrub::find_damage(core::File file, Progress& progress) {
    auto parts = co_await world_.catalog.list_parts(file.id);
    if (!parts) {
        co_return std::unexpected(parts.error());
    }
    const auto reader = co_await world_.stores.at(file.storage_node).open_uncached(file.id);
    if (!reader && reader.error().code == Errc::not_found) {
        co_return std::optional<std::string>("its blob is missing");
    }
    if (!reader && reader.error().code == Errc::corrupted) {
        co_return std::optional<std::string>(reader.error().detail);
    }
    if (!reader) {
        co_return std::unexpected(reader.error());
    }
    if ((*reader)->size() != file.size) {
        co_return std::optional<std::string>("its blob has " +
                                             std::to_string((*reader)->size().value()) +
                                             " bytes, not " + std::to_string(file.size.value()));
    }
    auto own = core::parts_of(file.plan, std::move(*parts));
    co_return co_await compare_parts(file.id, **reader, std::move(own), progress);
}

Task<Result<std::optional<std::string>>> Scrub::compare_parts(UploadId file,
                                                              ports::BlobReader& reader,
                                                              std::vector<core::Part> parts,
                                                              Progress& progress) {
    if (progress.position.file != file) {
        progress.position.file = file;
        progress.position.parts = 0;
    }
    ByteOffset begin;
    for (const core::Part& part : parts) {
        const ByteOffset here = begin;
        begin = begin + part.size;
        if (part.number.value() <= progress.position.parts) {
            continue;
        }
        const auto actual = co_await read_part(reader, here, part.size, progress);
        if (!actual && actual.error().code == Errc::corrupted) {
            co_return std::optional<std::string>(actual.error().detail);
        }
        if (!actual) {
            co_return std::unexpected(actual.error());
        }
        if (progress.context.must_stop()) {
            co_return std::optional<std::string>();
        }
        if (*actual != part.digests.sha256) {
            co_return std::optional<std::string>("part " + std::to_string(part.number.value()) +
                                                 " has the SHA-256 " + encode_hex(actual->view()) +
                                                 ", not " + encode_hex(part.digests.sha256.view()));
        }
        progress.position.parts = part.number.value();
    }
    co_return std::optional<std::string>();
}

Task<Result<Sha256>> Scrub::read_part(ports::BlobReader& reader, ByteOffset begin, ByteCount size,
                                      Progress& progress) {
    hash::Sha256Hasher hasher;
    ByteCount done;
    while (done < size && !progress.context.must_stop()) {
        const ByteCount wanted = std::min(kBuffer, size - done);
        {
            const auto buffer = co_await world_.buffers.acquire(wanted);
            const auto got = co_await reader.read_at(
                begin + done, buffer.bytes().first(static_cast<std::size_t>(wanted.value())));
            if (!got) {
                co_return std::unexpected(got.error());
            }
            if (*got == 0) {
                co_return failure(Errc::corrupted, "its blob ends early");
            }
            hasher.update(buffer.bytes().first(*got));
            done += ByteCount(*got);
            progress.read += ByteCount(*got);
        }
        if (auto paced = co_await pace(progress); !paced) {
            co_return std::unexpected(paced.error());
        }
    }
    world_.metrics.scrubbed_bytes.add(done.value());
    co_return hasher.finish();
}

// Sleeps off what was read faster than allowed, and keeps the position now and then.
Task<Result<>> Scrub::pace(Progress& progress) {
    if (progress.read - progress.read_at_checkpoint >= kCheckpointEvery) {
        progress.read_at_checkpoint = progress.read;
        auto kept = co_await progress.context.checkpoint(progress.position.to_string());
        if (!kept) {
            co_return kept;
        }
    }
    const ByteCount rate = world_.options.scrub_rate;
    if (rate == 0_B) {
        co_return Result<>();
    }
    const std::chrono::duration<double> planned(static_cast<double>(progress.read.value()) /
                                                static_cast<double>(rate.value()));
    const SteadyTime due =
        progress.begun + std::chrono::duration_cast<SteadyTime::duration>(planned);
    while (!progress.context.must_stop() && world_.clock.steady() < due) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - world_.clock.steady());
        co_await runtime::sleep_for(std::min(left, kLongestSleep));
    }
    co_return Result<>();
}

}  // namespace slipway::engine

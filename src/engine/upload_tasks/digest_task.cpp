#include "engine/upload_tasks/digest_task.hpp"

#include <algorithm>
#include <sstream>

#include "base/encoding.hpp"
#include "engine/extents/extent_reader.hpp"
#include "engine/upload_tasks/task_names.hpp"

namespace slipway::engine {

namespace {

constexpr ByteCount kBuffer = 1_MiB;
constexpr ByteCount kCheckpointEvery = 256_MiB;
// Between two looks at how far the parts have come.
constexpr std::chrono::milliseconds kFollowPause{1000};

std::string describe(const hash::ResumableDigests& digests) {
    return std::to_string(digests.size().value()) + " " + encode_hex(digests.sha256().view()) +
           " " + encode_hex(digests.md5().view());
}

// Of this size; nothing for another.
std::optional<WholeFileDigests> parse_result(const std::string& result, ByteCount size) {
    std::istringstream in(result);
    std::uint64_t hashed = 0;
    std::string sha256;
    std::string md5;
    WholeFileDigests digests;
    if (!(in >> hashed >> sha256 >> md5) || ByteCount(hashed) != size ||
        !decode_hex(sha256, digests.sha256.bytes) || !decode_hex(md5, digests.md5.bytes)) {
        return std::nullopt;
    }
    return digests;
}

// One task for an upload, however often it is asked for. Its payload is the number of parts where
// only Complete knew it.
Task<Result<>> enqueue(World& world, UploadId id, std::string payload, WallTime not_before) {
    core::NewTask wanted{.id = random_task_id(world.random),
                         .kind = core::TaskKind::digest,
                         .priority = core::TaskPriority::normal,
                         .subject = id.to_string(),
                         .payload = std::move(payload),
                         .dedupe_key = digest_key(id),
                         .created_at = world.clock.wall(),
                         .not_before = not_before};
    const auto enqueued = co_await world.tasks.enqueue(std::move(wanted));
    if (!enqueued) {
        co_return std::unexpected(enqueued.error());
    }
    co_return Result<>();
}

}  // namespace

Task<Result<>> plan_digest(World& world, UploadId id) {
    co_return co_await enqueue(world, id, {}, world.clock.wall() + kFollowPause);
}

Task<Result<std::optional<WholeFileDigests>>> digest_by_task(World& world, UploadId id,
                                                             core::PartPlan plan, ByteCount size) {
    const auto task = co_await world.tasks.find_by_key(digest_key(id));
    if (!task && task.error().code != Errc::not_found) {
        co_return std::unexpected(task.error());
    }
    if (task && task->status == core::TaskStatus::dead) {
        co_return failure(Errc::internal, "the digest was given up: " + task->last_error);
    }
    if (task && task->status == core::TaskStatus::done) {
        if (const auto digests = parse_result(task->result, size)) {
            co_return digests;
        }
    }
    if (!task || task->status == core::TaskStatus::done) {
        std::string payload =
            plan.sizes == core::PartSizes::free ? std::to_string(plan.total_parts) : std::string();
        if (const auto planned =
                co_await enqueue(world, id, std::move(payload), world.clock.wall());
            !planned) {
            co_return std::unexpected(planned.error());
        }
    } else if (const auto woken = co_await world.tasks.wake(digest_key(id), world.clock.wall());
               !woken && woken.error().code != Errc::not_found) {
        co_return std::unexpected(woken.error());
    }
    world.wake_workers();
    co_return std::optional<WholeFileDigests>();
}

Task<TaskOutcome> DigestTask::run(TaskContext& context) {
    const auto id = UploadId::parse(context.task().subject);
    const auto upload = co_await world_.catalog.find_upload(id.value_or(UploadId()));
    if (!upload && upload.error().code != Errc::not_found) {
        co_return TaskFailed{upload.error()};
    }
    if (!upload || upload->state != core::UploadState::open) {
        co_return TaskDone{};
    }
    std::uint32_t total_parts = upload->plan.total_parts;
    std::istringstream(context.task().payload) >> total_parts;
    auto frontier = co_await frontier_of(*upload, total_parts);
    if (!frontier) {
        co_return TaskFailed{frontier.error()};
    }
    auto digests = hash::ResumableDigests::restore(context.task().checkpoint)
                       .value_or(hash::ResumableDigests());
    const auto reader = co_await open_in_order(world_, *upload, std::move(frontier->parts));
    if (!reader) {
        // Ended since it was looked up, or what the next attempt will tell.
        co_return TaskFailed{reader.error()};
    }
    const auto hashed = co_await hash_up_to(frontier->size, **reader, digests, context);
    if (context.must_stop()) {
        co_return TaskStopped{};
    }
    if (!hashed) {
        co_return TaskFailed{hashed.error()};
    }
    if (frontier->whole) {
        co_return TaskDone{describe(digests)};
    }
    co_return TaskSnoozed{kFollowPause};
}

Task<Result<DigestTask::Frontier>> DigestTask::frontier_of(core::Upload upload,
                                                           std::uint32_t total_parts) {
    auto parts = co_await world_.catalog.list_parts(upload.id);
    if (!parts) {
        co_return std::unexpected(parts.error());
    }
    Frontier frontier;
    std::uint32_t in_order = 0;
    while (in_order < std::min<std::size_t>(parts->size(), total_parts) &&
           (*parts)[in_order].number.value() == in_order + 1) {
        frontier.size += (*parts)[in_order].size;
        ++in_order;
    }
    parts->resize(in_order);
    frontier.parts = std::move(*parts);
    frontier.whole = in_order == total_parts;
    co_return frontier;
}

Task<Result<>> DigestTask::hash_up_to(ByteCount size, ports::BlobReader& reader,
                                      hash::ResumableDigests& digests, TaskContext& context) {
    ByteCount kept = digests.size();
    while (digests.size() < size && !context.must_stop()) {
        const ByteCount wanted = std::min(kBuffer, size - digests.size());
        {
            const auto buffer = co_await world_.buffers.acquire(wanted);
            const auto got = co_await reader.read_at(
                ByteOffset(digests.size().value()),
                buffer.bytes().first(static_cast<std::size_t>(wanted.value())));
            if (!got) {
                co_return std::unexpected(got.error());
            }
            if (*got == 0) {
                co_return failure(Errc::corrupted, "the blob is shorter than its parts");
            }
            digests.update(buffer.bytes().first(*got));
        }
        const bool behind = digests.size() < size;
        if (behind && digests.size() - kept < kCheckpointEvery) {
            continue;
        }
        const auto state = digests.save();
        if (!state) {
            continue;
        }
        if (auto saved = co_await context.checkpoint(*state); !saved) {
            co_return saved;
        }
        kept = digests.size();
    }
    co_return Result<>();
}

}  // namespace slipway::engine

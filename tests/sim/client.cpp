#include "sim/client.hpp"

#include <array>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <span>

#include "core/part_plan.hpp"
#include "engine/complete_upload.hpp"
#include "engine/create_upload.hpp"
#include "engine/end_upload.hpp"
#include "engine/files.hpp"
#include "engine/find_upload.hpp"
#include "engine/part_grant.hpp"
#include "engine/receive_part.hpp"
#include "engine/sweep.hpp"
#include "engine/upload_tasks/assembly_task.hpp"

namespace slipway::sim {
namespace {

constexpr std::size_t kAllEvents = 100'000;
// Of the loop, while another does the assembly that this one waits for.
constexpr int kMostTurns = 10'000;

engine::RequestContext context() {
    return {.request_id = "sim", .owner = std::string(kOwner)};
}

// A body in two pieces.
class Body final : public engine::ByteSource {
 public:
    Body(std::span<const std::byte> bytes, Pace pace) : bytes_(bytes), pace_(pace) {}

    void break_off() { breaks_ = true; }

    Task<Result<engine::ByteChunk>> next() override {
        if (pace_ == Pace::in_turns) {
            co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                                       boost::asio::use_awaitable);
        }
        if (*interrupted_ || (breaks_ && at_ > 0)) {
            co_return failure(Errc::cancelled, "the body broke");
        }
        const std::size_t left = bytes_.size() - at_;
        engine::ByteChunk chunk;
        chunk.bytes = bytes_.subspan(at_, at_ == 0 ? left / 2 : left);
        at_ += chunk.bytes.size();
        co_return std::move(chunk);
    }
    std::function<void()> interrupter() override {
        return [flag = interrupted_] { *flag = true; };
    }

 private:
    const std::span<const std::byte> bytes_;
    const Pace pace_;
    bool breaks_ = false;
    std::size_t at_ = 0;
    std::shared_ptr<bool> interrupted_ = std::make_shared<bool>(false);
};

const engine::PartSigner& signer() {
    static const engine::PartSigner only(engine::SigningKey{"sim", {std::byte{1}}});
    return only;
}

engine::PartGrant grant_for(const Target& target) {
    engine::PartClaims claims;
    claims.upload = target.upload.id;
    claims.epoch = target.upload.epoch;
    claims.number = PartNumber(target.part);
    claims.length = core::length_of(target.upload.plan, claims.number);
    claims.expires_at = 1;
    claims.key_id = signer().key_id();
    return *signer().verify(claims, signer().sign(claims), WallTime{});
}

template <class T>
Answer refusal_of(const engine::Outcome<T>& outcome) {
    Answer answer;
    if (!outcome) {
        answer.refused = outcome.error().reason;
    }
    return answer;
}

Task<Answer> create(engine::World& world, Target target) {
    engine::NewUpload wanted;
    wanted.file_name = "file";
    wanted.plan = plan_of(target.shape);
    if (target.shape == Shape::declared) {
        wanted.declared.sha256 = whole_content(target.index, target.shape).sha256;
    }
    const auto created = co_await engine::CreateUpload(world).run(context(), std::move(wanted));
    Answer answer = refusal_of(created);
    if (created) {
        answer.upload = *created;
    }
    co_return answer;
}

Task<Answer> put(engine::World& world, Op op, Target target, Pace pace) {
    const Version version = op == Op::put_other ? kOther : kRight;
    const auto& content = part_content(target.index, target.shape, target.part, version);
    StatedDigests stated;
    if (op == Op::put_wrong) {
        stated.sha256 = part_content(target.index, target.shape, target.part, kOther).sha256;
    }
    Body body(std::as_bytes(std::span(content.bytes)), pace);
    if (op == Op::put_broken) {
        body.break_off();
    }
    engine::PartRequest request{grant_for(target), ByteCount(content.bytes.size()), stated};
    const auto received =
        co_await engine::ReceivePart(world).run(context(), std::move(request), body);
    Answer answer = refusal_of(received);
    if (received) {
        answer.part = received->part;
        answer.already_stored = received->already_stored;
    }
    co_return answer;
}

enum class Assembled : std::uint8_t { done, failed, by_another };

// Does the assembly that waits in the queue, as a worker would.
Task<Assembled> assemble(engine::World& world) {
    auto task = co_await world.tasks.claim({.owner = "sim",
                                            .kinds = {core::TaskKind::assemble},
                                            .now = world.clock.wall(),
                                            .lease_length = std::chrono::hours(1)});
    if (!task || !*task) {
        co_return Assembled::by_another;
    }
    const std::atomic<bool> stopping{false};
    const core::TaskLease lease = core::lease_of(**task);
    engine::TaskContext context(world.tasks, std::move(**task), stopping);
    const auto outcome = co_await engine::AssemblyTask(world).run(context);
    if (std::holds_alternative<engine::TaskDone>(outcome)) {
        static_cast<void>(co_await world.tasks.finish(lease, "", world.clock.wall()));
        co_return Assembled::done;
    }
    const WallTime now = world.clock.wall();
    static_cast<void>(co_await world.tasks.snooze(lease, now, now));
    co_return Assembled::failed;
}

// Asks until the file is there; while its parts are brought into order, by whoever does that.
Task<Answer> complete(engine::World& world, Target target) {
    engine::CompleteRequest request;
    request.upload = target.upload.id;
    if (target.shape == Shape::free_sizes) {
        request.total_parts = part_count_of(target.shape);
    }
    Answer answer;
    for (int turn = 0; turn < kMostTurns; ++turn) {
        const auto file = co_await engine::CompleteUpload(world).run(context(), request);
        answer = refusal_of(file);
        if (file) {
            answer.file = *file;
        }
        if (answer.refused != engine::Reason::assembling) {
            break;
        }
        switch (co_await assemble(world)) {
            case Assembled::done:
                break;
            case Assembled::failed:
                co_return answer;
            case Assembled::by_another:
                co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                                           boost::asio::use_awaitable);
        }
    }
    co_return answer;
}

Task<Answer> read(engine::World& world, UploadId id) {
    const auto open = co_await engine::Files(world).open(context(), id);
    Answer answer = refusal_of(open);
    if (!open) {
        co_return answer;
    }
    answer.content.resize(open->reader->size().value());
    const auto bytes = std::as_writable_bytes(std::span(answer.content));
    const auto got = co_await open->reader->read_at(ByteOffset(0), bytes);
    if (!got || *got != bytes.size()) {
        answer.refused = engine::Reason::storage_failed;
    }
    co_return answer;
}

}  // namespace

Task<Answer> perform(engine::World& world, Op op, Target target, Pace pace) {
    switch (op) {
        case Op::create:
            co_return co_await create(world, std::move(target));
        case Op::put:
        case Op::put_other:
        case Op::put_wrong:
        case Op::put_broken:
            co_return co_await put(world, op, std::move(target), pace);
        case Op::complete:
            co_return co_await complete(world, std::move(target));
        case Op::abort:
            co_return refusal_of(
                co_await engine::EndUpload(world).abort(context(), target.upload.id));
        case Op::remove:
            co_return refusal_of(co_await engine::Files(world).remove(context(), target.upload.id));
        case Op::read:
            co_return co_await read(world, target.upload.id);
        case Op::expire:
        case Op::forget:
            static_cast<void>(co_await engine::Sweep(world).run());
            break;
        case Op::upkeep:
        case Op::restart:
            break;
    }
    co_return Answer{};
}

Task<Sight> look(engine::World& world, UploadId id) {
    Sight sight;
    const auto status = co_await engine::FindUpload(world).status(context(), id);
    if (status) {
        sight.state = status->state;
        sight.upload = status->upload;
        sight.parts = status->parts;
    } else if (status.error().reason != engine::Reason::upload_not_found) {
        sight.failed = status.error().reason;
    }
    const auto file = co_await engine::Files(world).find(context(), id);
    if (file) {
        sight.file = *file;
    } else if (file.error().reason != engine::Reason::file_not_found) {
        sight.failed = file.error().reason;
    }
    const auto outbox = co_await world.catalog.list_events(kAllEvents);
    if (!outbox) {
        sight.failed = engine::Reason::internal;
        co_return sight;
    }
    for (const core::OutboxEntry& entry : *outbox) {
        if (entry.event.subject == id) {
            sight.events.push_back(entry.event);
        }
    }
    co_return sight;
}

}  // namespace slipway::sim

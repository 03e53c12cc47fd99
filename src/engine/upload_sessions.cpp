#include "engine/upload_sessions.hpp"

#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "engine/extents/extent_allocator.hpp"
#include "runtime/hop.hpp"
#include "runtime/one_shot.hpp"

namespace slipway::engine {

namespace {

// One request for a part, holding its slot or waiting for it.
struct Claim {
    std::uint64_t ticket = 0;
    std::function<void()> interrupt;
    std::shared_ptr<std::atomic<bool>> superseded;
    runtime::OneShot<bool> decided;

    void end() {
        if (!superseded->exchange(true)) {
            interrupt();
        }
    }
};

struct Slot {
    Claim holder;
    std::optional<Claim> waiter;
};

using PartKey = std::pair<UploadId, PartNumber>;

}  // namespace

class UploadSessions::Home : public std::enable_shared_from_this<Home> {
 public:
    explicit Home(boost::asio::io_context& loop) : loop_(loop) {}

    boost::asio::io_context& loop() { return loop_; }
    UploadContents& contents() { return contents_; }

    Task<std::optional<ContentSummary>> content_of(UploadId upload, std::uint32_t total_parts) {
        co_return contents_.whole(upload, total_parts);
    }
    Task<Fullness> fullness_with(UploadId upload, core::Part part, std::uint32_t total_parts) {
        contents_.add(upload, part);
        co_return contents_.fullness(upload, total_parts);
    }

    Task<std::optional<PartSlot>> take_part(PartKey key, std::function<void()> interrupt) {
        Claim claim;
        claim.ticket = ++last_ticket_;
        claim.interrupt = std::move(interrupt);
        claim.superseded = std::make_shared<std::atomic<bool>>(false);
        const auto found = slots_.find(key);
        if (found == slots_.end()) {
            slots_.emplace(key, Slot{claim, std::nullopt});
            co_return slot_for(key, claim);
        }
        Slot& slot = found->second;
        slot.holder.end();
        if (slot.waiter) {
            slot.waiter->decided.deliver(false);
        }
        slot.waiter = claim;
        if (!co_await claim.decided.wait()) {
            co_return std::nullopt;
        }
        co_return slot_for(key, claim);
    }

    Task<std::optional<PartRoom>> take_room(UploadId upload, ByteCount length) {
        const auto offset = extents_.take(upload, length);
        co_return offset ? std::optional(room_at(upload, *offset, length)) : std::nullopt;
    }
    Task<PartRoom> take_room_behind(UploadId upload, ByteOffset end, ByteCount length) {
        co_return room_at(upload, extents_.take_behind(upload, end, length), length);
    }
    void forget(UploadId upload) {
        contents_.forget(upload);
        extents_.forget(upload);
    }

    Task<Turn> take_ending(UploadId upload) {
        auto& queue = endings_[upload];
        runtime::OneShot<bool> ready;
        queue.push_back(ready);
        if (queue.size() == 1) {
            ready.deliver(true);
        }
        co_await ready.wait();
        co_return Turn([self = shared_from_this(), upload] {
            runtime::post(self->loop_, [self, upload] { self->end_turn(upload); });
        });
    }

 private:
    PartSlot slot_for(PartKey key, const Claim& claim) {
        Turn turn([self = shared_from_this(), key, ticket = claim.ticket] {
            runtime::post(self->loop_, [self, key, ticket] { self->release(key, ticket); });
        });
        return PartSlot{std::move(turn), claim.superseded};
    }

    PartRoom room_at(UploadId upload, ByteOffset offset, ByteCount length) {
        auto recorded = std::make_shared<std::atomic<bool>>(false);
        Turn turn([self = shared_from_this(), upload, offset, length, recorded] {
            const RoomUse use = recorded->load() ? RoomUse::may_be_recorded : RoomUse::unused;
            runtime::post(self->loop_, [self, upload, offset, length, use] {
                self->extents_.release(upload, offset, length, use);
            });
        });
        return PartRoom{offset, std::move(turn), std::move(recorded)};
    }

    void release(const PartKey& key, std::uint64_t ticket) {
        const auto found = slots_.find(key);
        if (found == slots_.end() || found->second.holder.ticket != ticket) {
            return;
        }
        if (!found->second.waiter) {
            slots_.erase(found);
            return;
        }
        found->second.holder = std::move(*found->second.waiter);
        found->second.waiter.reset();
        found->second.holder.decided.deliver(true);
    }

    void end_turn(UploadId upload) {
        const auto found = endings_.find(upload);
        found->second.pop_front();
        if (found->second.empty()) {
            endings_.erase(found);
        } else {
            found->second.front().deliver(true);
        }
    }

    boost::asio::io_context& loop_;
    std::uint64_t last_ticket_ = 0;
    UploadContents contents_;
    ExtentAllocator extents_;
    std::map<PartKey, Slot> slots_;
    std::unordered_map<UploadId, std::deque<runtime::OneShot<bool>>> endings_;
};

UploadSessions::UploadSessions(runtime::EventLoops& loops) {
    for (std::size_t i = 0; i < loops.size(); ++i) {
        homes_.push_back(std::make_shared<Home>(loops.at(i)));
    }
}

UploadSessions::~UploadSessions() = default;

std::shared_ptr<UploadSessions::Home> UploadSessions::home_of(const UploadId& upload) const {
    return homes_[std::hash<UploadId>{}(upload) % homes_.size()];
}

Task<std::optional<PartSlot>> UploadSessions::take_part(UploadId upload, PartNumber part,
                                                        std::function<void()> interrupt) {
    auto home = home_of(upload);
    co_return co_await runtime::on(home->loop(),
                                   home->take_part({upload, part}, std::move(interrupt)));
}

void UploadSessions::created(UploadId upload) {
    auto home = home_of(upload);
    runtime::post(home->loop(), [home, upload] { home->contents().begin(upload); });
}

void UploadSessions::recorded(UploadId upload, const core::Part& part) {
    auto home = home_of(upload);
    runtime::post(home->loop(), [home, upload, part] { home->contents().add(upload, part); });
}

void UploadSessions::ended(UploadId upload) {
    auto home = home_of(upload);
    runtime::post(home->loop(), [home, upload] { home->forget(upload); });
}

Task<std::optional<ContentSummary>> UploadSessions::content_of(UploadId upload,
                                                               std::uint32_t total_parts) {
    auto home = home_of(upload);
    co_return co_await runtime::on(home->loop(), home->content_of(upload, total_parts));
}

Task<Fullness> UploadSessions::fullness_with(UploadId upload, const core::Part& part,
                                             std::uint32_t total_parts) {
    auto home = home_of(upload);
    co_return co_await runtime::on(home->loop(), home->fullness_with(upload, part, total_parts));
}

Task<std::optional<PartRoom>> UploadSessions::take_room(UploadId upload, ByteCount length) {
    auto home = home_of(upload);
    co_return co_await runtime::on(home->loop(), home->take_room(upload, length));
}

Task<PartRoom> UploadSessions::take_room_behind(UploadId upload, ByteOffset end, ByteCount length) {
    auto home = home_of(upload);
    co_return co_await runtime::on(home->loop(), home->take_room_behind(upload, end, length));
}

Task<Turn> UploadSessions::take_ending(UploadId upload) {
    auto home = home_of(upload);
    co_return co_await runtime::on(home->loop(), home->take_ending(upload));
}

}  // namespace slipway::engine

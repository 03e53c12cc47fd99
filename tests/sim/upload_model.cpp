#include "sim/upload_model.hpp"

#include <bit>
#include <chrono>
#include <span>

#include "core/chain.hpp"
#include "engine/world.hpp"
#include "hash/digester.hpp"

namespace slipway::sim {
namespace {

using engine::Reason;

constexpr std::array<std::string_view, 7> kStateNames = {
    "open", "completing", "complete", "forgotten with a file", "aborted", "expired", "absent"};

// What a client is told when the store fails.
bool is_operational(Reason reason) {
    return reason == Reason::storage_failed || reason == Reason::insufficient_storage ||
           reason == Reason::internal || reason == Reason::busy || reason == Reason::assembling;
}

Version version_of(Op op) {
    return op == Op::put_other ? kOther : kRight;
}

Reason reason_of(State state) {
    switch (state) {
        case State::aborted:
            return Reason::upload_aborted;
        case State::expired:
            return Reason::upload_expired;
        case State::filed:
        case State::absent:
            return Reason::upload_not_found;
        case State::open:
        case State::completing:
        case State::complete:
            break;
    }
    return Reason::upload_complete;
}

std::string name_of(const std::optional<Reason>& reason) {
    return reason ? "refusal " + std::to_string(static_cast<int>(*reason)) : "success";
}

}  // namespace

std::string_view to_string(State state) {
    return kStateNames[static_cast<std::size_t>(state)];
}

Complaint UploadModel::complain(const std::string& what) const {
    return "upload " + std::to_string(index_) + ": " + what;
}

State UploadModel::state() const {
    return static_cast<State>(std::countr_zero(state_));
}

std::uint8_t UploadModel::part_count() const {
    return part_count_of(shape_);
}

bool UploadModel::has_other_bytes() const {
    for (const PartModel& part : parts_) {
        if (part.acknowledged == kOther) {
            return true;
        }
    }
    return false;
}

std::string UploadModel::whole() const {
    std::string bytes;
    for (std::uint8_t part = 1; part <= part_count(); ++part) {
        bytes += part_content(index_, shape_, part, *parts_[part - 1U].acknowledged).bytes;
    }
    return bytes;
}

std::optional<Reason> UploadModel::expected_of_put(Op op, std::uint8_t part, WallTime now) const {
    if (is_late(now)) {
        return Reason::upload_expired;
    }
    if (!is(State::open)) {
        return reason_of(state());
    }
    if (op == Op::put_broken) {
        return Reason::client_gone;
    }
    if (op == Op::put_wrong) {
        return Reason::checksum_mismatch;
    }
    const auto& acknowledged = parts_[part - 1U].acknowledged;
    return acknowledged && *acknowledged != version_of(op) ? std::optional(Reason::part_conflict)
                                                           : std::nullopt;
}

std::optional<Reason> UploadModel::expected_of_complete(WallTime now) const {
    if (is_late(now)) {
        return Reason::upload_expired;
    }
    if (is(State::complete) || is(State::completing)) {
        return std::nullopt;
    }
    if (!is(State::open)) {
        return reason_of(state());
    }
    for (std::uint8_t part = 1; part <= part_count(); ++part) {
        if (!has_part(part)) {
            return Reason::parts_mismatch;
        }
    }
    return shape_ == Shape::declared && has_other_bytes() ? std::optional(Reason::checksum_mismatch)
                                                          : std::nullopt;
}

std::optional<Reason> UploadModel::expected(Op op, std::uint8_t part, WallTime now) const {
    switch (op) {
        case Op::put:
        case Op::put_other:
        case Op::put_wrong:
        case Op::put_broken:
            return expected_of_put(op, part, now);
        case Op::complete:
            return expected_of_complete(now);
        case Op::abort:
            return is(State::open) || is(State::aborted) || is(State::expired)
                       ? std::nullopt
                       : std::optional(reason_of(state()));
        case Op::remove:
        case Op::read:
            return is(State::complete) || is(State::filed) ? std::nullopt
                                                           : std::optional(Reason::file_not_found);
        case Op::create:
        case Op::expire:
        case Op::forget:
        case Op::upkeep:
        case Op::restart:
            break;
    }
    return std::nullopt;
}

Complaint UploadModel::accept(Op op, std::uint8_t part, const Answer& answer, WallTime now,
                              bool lenient) {
    if (lenient && answer.refused && is_operational(*answer.refused)) {
        lose_answer(op, part, now);
        return std::nullopt;
    }
    // The file is gone when its record is; that its blob could not be removed is logged only.
    may_leave_blob_ = may_leave_blob_ || (lenient && op == Op::remove);
    // The same of what was assembled, when its file is there.
    may_leave_extents_ = may_leave_extents_ || (lenient && op == Op::complete && is_assembled());
    if (is_sure()) {
        return accept_surely(op, part, answer, now);
    }
    // Only where another operation at the same time had no answer: right in any state is right.
    std::optional<UploadModel> accepted;
    Complaint complaint;
    for (std::size_t i = 0; i < kStateNames.size(); ++i) {
        if (!allows(static_cast<State>(i))) {
            continue;
        }
        UploadModel candidate = *this;
        candidate.state_ = only(static_cast<State>(i));
        if (auto wrong = candidate.accept_surely(op, part, answer, now)) {
            complaint = std::move(wrong);
        } else if (accepted) {
            accepted->allow_as_well(candidate);
        } else {
            accepted = candidate;
        }
    }
    if (accepted) {
        *this = *accepted;
        return std::nullopt;
    }
    return complaint;
}

Complaint UploadModel::accept_surely(Op op, std::uint8_t part, const Answer& answer, WallTime now) {
    const auto wanted = expected(op, part, now);
    if (answer.refused != wanted) {
        return complain(std::string(to_string(op)) + " was answered with " +
                        name_of(answer.refused) + " and not with " + name_of(wanted) + " while " +
                        std::string(to_string(state())));
    }
    return wanted ? std::nullopt : accept_success(op, part, answer, now);
}

Complaint UploadModel::accept_success(Op op, std::uint8_t part, const Answer& answer,
                                      WallTime now) {
    switch (op) {
        case Op::create:
            record_ = *answer.upload;
            state_ = only(State::open);
            return record_.id == id_ ? std::nullopt : complain("was created with another id");
        case Op::put:
        case Op::put_other:
            return accept_part(op, part, answer);
        case Op::complete:
            state_ = only(State::complete);
            return accept_file(*answer.file);
        case Op::abort:
            state_ = is(State::open) ? only(ended_by_abort(now)) : state_;
            return std::nullopt;
        case Op::remove:
            state_ = only(State::absent);
            return std::nullopt;
        case Op::read:
            return answer.content == whole() ? std::nullopt : complain("its file has other bytes");
        case Op::put_wrong:
        case Op::put_broken:
        case Op::expire:
        case Op::forget:
        case Op::upkeep:
        case Op::restart:
            break;
    }
    return std::nullopt;
}

Complaint UploadModel::accept_part(Op op, std::uint8_t part, const Answer& answer) {
    PartModel& model = parts_[part - 1U];
    const auto& content = part_content(index_, shape_, part, version_of(op));
    const std::string name = "part " + std::to_string(part);
    if (answer.part->number != PartNumber(part) || answer.part->digests.sha256 != content.sha256 ||
        answer.part->size.value() != content.bytes.size()) {
        return complain(name + " was acknowledged as another");
    }
    if (answer.already_stored != model.acknowledged.has_value()) {
        return complain(name + (answer.already_stored ? " was there and nobody knew"
                                                      : " was stored a second time"));
    }
    if (answer.already_stored && answer.changes > 0) {
        return complain(name + " was written again although it was acknowledged");
    }
    model.acknowledged = version_of(op);
    model.extent = answer.part->extent;
    return std::nullopt;
}

Complaint UploadModel::accept_file(const core::File& file) {
    if (file_) {
        return *file_ == file ? std::nullopt : complain("its final answer changed");
    }
    core::Chain chain([](std::span<const std::byte> bytes) { return hash::sha256(bytes); });
    for (std::uint8_t part = 1; part <= part_count(); ++part) {
        if (!has_part(part)) {
            return complain("is complete without part " + std::to_string(part));
        }
        chain.add(part_content(index_, shape_, part, *parts_[part - 1U].acknowledged).sha256);
    }
    if (file.id != id_ || file.size.value() != whole().size() || file.chain != chain.value()) {
        return complain("its file has another size or chain than its parts");
    }
    if (shape_ == Shape::declared && file.sha256 != whole_content(index_, shape_).sha256) {
        return complain("its file does not have the declared digest");
    }
    file_ = file;
    return std::nullopt;
}

void UploadModel::lose_answer(Op op, std::uint8_t part, WallTime now) {
    switch (op) {
        case Op::create:
            state_ = 0;
            allow(State::open);
            allow(State::absent);
            may_leave_blob_ = true;
            break;
        case Op::put:
        case Op::put_other:
            parts_[part - 1U].attempted[version_of(op)] = true;
            break;
        case Op::complete:
            may_leave_extents_ = is_assembled();
            if (!expected_of_complete(WallTime{}) && (is(State::open) || is(State::completing))) {
                allow(State::completing);
                allow(State::complete);
            }
            break;
        case Op::abort:
            if (is(State::open)) {
                allow(ended_by_abort(now));
            }
            may_leave_blob_ = true;
            break;
        case Op::remove:
            if (is(State::complete) || is(State::filed)) {
                allow(State::absent);
            }
            may_leave_blob_ = true;
            break;
        case Op::put_wrong:
        case Op::put_broken:
        case Op::read:
        case Op::expire:
        case Op::forget:
        case Op::upkeep:
        case Op::restart:
            break;
    }
}

void UploadModel::suppose_stored(Op op, std::uint8_t part) {
    PartModel& model = parts_[part - 1U];
    if (allows(State::open) && !model.acknowledged && (op == Op::put || op == Op::put_other)) {
        model.acknowledged = version_of(op);
    }
}

void UploadModel::allow_as_well(const UploadModel& other) {
    state_ |= other.state_;
    may_leave_blob_ = may_leave_blob_ || other.may_leave_blob_;
    may_leave_extents_ = may_leave_extents_ || other.may_leave_extents_;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        for (const Version version : {kRight, kOther}) {
            parts_[i].attempted[version] |= other.parts_[i].attempted[version];
        }
    }
}

void UploadModel::sweep(WallTime now) {
    const WallTime oldest_kept = now - engine::EngineOptions{}.keep_ended;
    if (is_late(now)) {
        state_ = only(State::expired);
        ended_at_ = now;
    } else if (is(State::complete) && ended_at_ <= oldest_kept) {
        state_ = only(State::filed);
    } else if ((is(State::aborted) || is(State::expired)) && ended_at_ <= oldest_kept) {
        state_ = only(State::absent);
        may_leave_blob_ = false;
    }
}

void UploadModel::may_be_swept(WallTime now) {
    const States before = state_;
    const bool could_leave_blob = may_leave_blob_;
    sweep(now);
    may_leave_blob_ = could_leave_blob || is(State::expired);
    state_ |= before;
}

void UploadModel::recover() {
    if (allows(State::completing)) {
        allow(State::complete);
    }
    // Where there is something to assemble, recovery only sees to it that a task does.
    if (!is_assembled()) {
        state_ &= static_cast<States>(~only(State::completing));
    }
    // Recovery removes the blobs of uploads that have ended, as long as their end is on record.
    may_leave_blob_ = may_leave_blob_ && allows(State::absent);
}

}  // namespace slipway::sim

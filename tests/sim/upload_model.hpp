// UploadModel: what one upload must be, by what its client was told: the promises P1 to P5 of the
// design, as a small reference model. After an operation whose outcome nobody knows it allows all
// outcomes, until the upload is looked at again; what was seen is held to from then on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/client.hpp"
#include "sim/contents.hpp"
#include "sim/disk_image.hpp"

namespace slipway::sim {

// The stored state of an upload and its file, together.
enum class State : std::uint8_t {
    open,
    completing,
    complete,
    filed,  // the upload is forgotten, its file is there
    aborted,
    expired,
    absent,
};

// What is wrong; nothing where all is right.
using Complaint = std::optional<std::string>;

class UploadModel {
 public:
    UploadModel(std::uint8_t index, Shape shape, UploadId id)
        : index_(index), shape_(shape), id_(id) {}

    std::uint8_t index() const { return index_; }
    UploadId id() const { return id_; }
    // Its record was answered, or seen since.
    bool was_told() const { return record_.id == id_; }
    Shape shape() const { return shape_; }
    Target target(std::uint8_t part) const {
        return {.index = index_, .shape = shape_, .upload = record_, .part = part};
    }
    // There was no crash and no complaint: the one state that is left.
    State state() const;
    bool is(State state) const { return allows(state) && state_ == only(state); }
    bool has_part(std::uint8_t part) const { return parts_[part - 1U].acknowledged.has_value(); }
    bool has_other_bytes() const;

    // An answer came. Lenient: something failed below, so it may be a failure of the store.
    Complaint accept(Op op, std::uint8_t part, const Answer& answer, WallTime now, bool lenient);
    // No answer came.
    void lose_answer(Op op, std::uint8_t part, WallTime now);
    // No answer came, and what came after shows that the part was stored.
    void suppose_stored(Op op, std::uint8_t part);
    // The same upload after another order of the same operations: either may be true.
    void allow_as_well(const UploadModel& other);
    // The sweeper passed over it; or may have.
    void sweep(WallTime now);
    void may_be_swept(WallTime now);
    // The node was started, and recovery met no failure.
    void recover();

    Complaint observe(const Sight& sight);
    // What the disk has of it, as programs see it.
    Complaint check_disk(const DiskImage& image) const;
    // A blob of it may be on the disk although no record names it.
    bool may_leave_blob() const { return may_leave_blob_; }

 private:
    struct PartModel {
        std::optional<Version> acknowledged;
        std::array<bool, 2> attempted{};
        // Where it lies, of free sizes.
        std::optional<ByteOffset> extent;
    };
    using States = std::uint8_t;

    static States only(State state) {
        return static_cast<States>(1U << static_cast<unsigned>(state));
    }
    bool allows(State state) const { return (state_ & only(state)) != 0; }
    void allow(State state) { state_ |= only(state); }
    std::uint8_t part_count() const;

    bool is_assembled() const { return shape_ == Shape::free_sizes; }
    bool is_sure() const { return (state_ & (state_ - 1U)) == 0; }

    Complaint accept_surely(Op op, std::uint8_t part, const Answer& answer, WallTime now);
    // Why the operation must be refused now; nothing where it must succeed.
    std::optional<engine::Reason> expected(Op op, std::uint8_t part, WallTime now) const;
    std::optional<engine::Reason> expected_of_put(Op op, std::uint8_t part, WallTime now) const;
    std::optional<engine::Reason> expected_of_complete(WallTime now) const;
    bool is_late(WallTime now) const { return is(State::open) && record_.expires_at <= now; }
    Complaint accept_success(Op op, std::uint8_t part, const Answer& answer, WallTime now);
    // What an Abort makes of an open upload.
    State ended_by_abort(WallTime now) const {
        return is_late(now) ? State::expired : State::aborted;
    }
    Complaint accept_part(Op op, std::uint8_t part, const Answer& answer);
    Complaint accept_file(const core::File& file);
    Complaint observe_parts(const std::vector<core::Part>& parts);
    // Events are exactly those that the upload's state implies, in order, and none that was seen is
    // gone.
    Complaint observe_events(State seen, const std::vector<core::Event>& events);
    core::PartPlan plan_in(State state) const;
    Complaint check_staged(const DiskImage& image, std::optional<Inode> staged) const;
    std::string whole() const;
    Complaint complain(const std::string& what) const;

    std::uint8_t index_;
    Shape shape_;
    UploadId id_;
    // As it was created.
    core::Upload record_;
    WallTime ended_at_{};
    States state_ = 0;
    std::array<PartModel, kMostParts> parts_{};
    std::optional<core::File> file_;
    bool may_leave_blob_ = false;
    std::vector<EventId> events_;
    // The blob that was assembled into the file.
    bool may_leave_extents_ = false;
};

std::string_view to_string(State state);
// The inode of a blob below "staging" or "files".
std::optional<Inode> find_blob(const DiskImage& image, std::string_view area, UploadId id);

}  // namespace slipway::sim

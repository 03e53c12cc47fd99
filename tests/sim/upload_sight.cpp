// The part of UploadModel that compares it with what is seen of the upload.
#include <algorithm>
#include <ranges>
#include <utility>

#include "sim/upload_model.hpp"

namespace slipway::sim {
namespace {

State stored_state(const Sight& sight) {
    if (!sight.state) {
        return sight.file ? State::filed : State::absent;
    }
    switch (sight.upload.state) {
        case core::UploadState::open:
            return State::open;
        case core::UploadState::completing:
            return State::completing;
        case core::UploadState::complete:
            return State::complete;
        case core::UploadState::aborted:
            return State::aborted;
        case core::UploadState::expired:
            break;
    }
    return State::expired;
}

using Kinds = std::vector<core::EventKind>;

// What can have been told of an upload in this state, whatever became of it before.
std::vector<Kinds> histories_of(State state) {
    using enum core::EventKind;
    switch (state) {
        case State::open:
        case State::completing:
            return {{upload_created}};
        case State::complete:
        case State::filed:
            return {{upload_created, upload_completed}};
        case State::aborted:
            return {{upload_created, upload_failed}};
        case State::expired:
            return {{upload_created, upload_expired}};
        case State::absent:
            break;
    }
    return {{upload_created, upload_completed, file_deleted},
            {upload_created, upload_failed},
            {upload_created, upload_expired}};
}

bool has_bytes(const DiskImage& image, Inode file, std::size_t offset, std::string_view bytes) {
    const std::string_view content = image.content(file);
    return content.size() >= offset && content.substr(offset, bytes.size()) == bytes;
}

}  // namespace

std::optional<Inode> find_blob(const DiskImage& image, std::string_view area, UploadId id) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const std::uint8_t first = id.bytes().front();
    const std::string shard{kDigits[first >> 4U], kDigits[first & 15U]};
    auto node = image.find(DiskImage::kRoot, "blobs");
    for (const std::string_view name : {area, std::string_view(shard)}) {
        node = node ? image.find(*node, name) : std::nullopt;
    }
    return node ? image.find(*node, id.to_string()) : std::nullopt;
}

Complaint UploadModel::observe(const Sight& sight) {
    if (sight.failed) {
        return complain("cannot be looked at");
    }
    const State seen = stored_state(sight);
    if (!allows(seen)) {
        return complain("is " + std::string(to_string(seen)));
    }
    const bool was_unsure = !is(seen);
    state_ = only(seen);
    if (sight.file.has_value() != (seen == State::complete || seen == State::filed)) {
        return complain("is " + std::string(to_string(seen)) +
                        (sight.file ? " and has a file" : " and has no file"));
    }
    if (sight.state) {
        if (record_.id != id_) {
            record_ = sight.upload;
        }
        ended_at_ = sight.upload.ended_at;
        if (sight.upload.id != id_ || sight.upload.plan != plan_in(seen)) {
            return complain("has another plan than it was created with");
        }
    }
    if (auto complaint = observe_events(seen, sight.events)) {
        return complaint;
    }
    if (seen == State::open || seen == State::completing || seen == State::complete) {
        if (auto complaint = observe_parts(sight.parts)) {
            return complaint;
        }
    }
    const bool named = seen != State::absent && seen != State::aborted && seen != State::expired;
    may_leave_blob_ = !named && (may_leave_blob_ || (seen == State::absent && was_unsure));
    return sight.file ? accept_file(*sight.file) : std::nullopt;
}

Complaint UploadModel::observe_events(State seen, const std::vector<core::Event>& events) {
    Kinds kinds;
    std::vector<EventId> ids;
    for (const core::Event& event : events) {
        kinds.push_back(event.kind);
        ids.push_back(event.id);
        if (event.sequence != ids.size()) {
            return complain("an event has another number than its place");
        }
    }
    const auto histories = histories_of(seen);
    const bool never_was = seen == State::absent && !was_told() && kinds.empty();
    if (!never_was && std::ranges::find(histories, kinds) == histories.end()) {
        return complain("is " + std::string(to_string(seen)) + ", and its " +
                        std::to_string(kinds.size()) + " events tell something else");
    }
    if (ids.size() < events_.size() ||
        !std::ranges::equal(events_, ids | std::views::take(events_.size()))) {
        return complain("an event that was told is gone");
    }
    events_ = std::move(ids);
    return std::nullopt;
}

// Of free sizes Complete tells the number of parts.
core::PartPlan UploadModel::plan_in(State state) const {
    core::PartPlan plan = plan_of(shape_);
    if (state == State::completing || state == State::complete) {
        plan.total_parts = part_count();
    }
    return plan;
}

Complaint UploadModel::observe_parts(const std::vector<core::Part>& parts) {
    std::array<bool, kMostParts> there{};
    for (const core::Part& part : parts) {
        const auto number = static_cast<std::uint8_t>(part.number.value());
        if (number < 1 || number > part_count() || there[number - 1U]) {
            return complain("has a part that it cannot have");
        }
        there[number - 1U] = true;
        PartModel& model = parts_[number - 1U];
        if (model.acknowledged && model.extent && model.extent != part.extent) {
            return complain("part " + std::to_string(number) + " lies somewhere else");
        }
        model.extent = part.extent;
        const auto is_version = [&](Version version) {
            return part_content(index_, shape_, number, version).sha256 == part.digests.sha256;
        };
        if (model.acknowledged) {
            if (!is_version(*model.acknowledged)) {
                return complain("part " + std::to_string(number) + " changed");
            }
            continue;
        }
        for (const Version version : {kRight, kOther}) {
            if (model.attempted[version] && is_version(version)) {
                model.acknowledged = version;
            }
        }
        if (!model.acknowledged) {
            return complain("part " + std::to_string(number) + " is there and nobody sent it");
        }
    }
    for (std::uint8_t part = 1; part <= part_count(); ++part) {
        if (has_part(part) && !there[part - 1U]) {
            return complain("acknowledged part " + std::to_string(part) + " is gone");
        }
    }
    return std::nullopt;
}

Complaint UploadModel::check_staged(const DiskImage& image, std::optional<Inode> staged) const {
    if (!staged) {
        return complain("is open and has no blob");
    }
    for (std::uint8_t part = 1; part <= part_count(); ++part) {
        const auto& acknowledged = parts_[part - 1U].acknowledged;
        const std::size_t planned = (part - 1U) * plan_of(shape_).part_size.value();
        const std::size_t offset = parts_[part - 1U].extent.value_or(ByteOffset(planned)).value();
        if (acknowledged && !has_bytes(image, *staged, offset,
                                       part_content(index_, shape_, part, *acknowledged).bytes)) {
            return complain("acknowledged part " + std::to_string(part) + " has other bytes");
        }
    }
    return std::nullopt;
}

Complaint UploadModel::check_disk(const DiskImage& image) const {
    const auto staged = find_blob(image, "staging", id_);
    const auto published = find_blob(image, "files", id_);
    switch (state()) {
        case State::open:
            return published ? complain("is open and published") : check_staged(image, staged);
        case State::completing:
            if (published && is_assembled()) {
                return image.content(*published) == whole()
                           ? std::nullopt
                           : complain("is published with other bytes");
            }
            return check_staged(image, published ? published : staged);
        case State::complete:
        case State::filed:
            if (!published || (staged && !may_leave_extents_)) {
                return complain(published ? "has a file and a staged blob" : "its file is gone");
            }
            return image.content(*published) == whole() ? std::nullopt
                                                        : complain("its file has other bytes");
        case State::aborted:
        case State::expired:
        case State::absent:
            break;
    }
    const bool leaves = published || (staged && !may_leave_extents_);
    return leaves && !may_leave_blob_ ? complain("has ended and its blob stays") : std::nullopt;
}

}  // namespace slipway::sim

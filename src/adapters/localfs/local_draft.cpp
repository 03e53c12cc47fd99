#include "adapters/localfs/local_draft.hpp"

#include <string>
#include <utility>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"

namespace slipway::adapters::localfs {
namespace {

bool lies_within(ByteOffset offset, ByteCount length, ByteCount size) {
    return offset.value() <= size.value() && length.value() <= size.value() - offset.value();
}

}  // namespace

LocalDraft::LocalDraft(std::shared_ptr<Volume> volume, OpenDraft files, runtime::BlockingPool& pool)
    : files_(std::make_shared<Files>(std::move(volume), std::move(files))), pool_(pool) {}

Error LocalDraft::Files::broken() const {
    return {Errc::corrupted, "a draft of blob " + open.id.to_string() + " is poisoned"};
}

Result<> LocalDraft::Files::copy(ports::PartRegion from, ByteOffset to) {
    if (poisoned) {
        return std::unexpected(broken());
    }
    const int done =
        copy_all(volume->disk(), {.file = open.staged.descriptor.get(), .offset = from.offset},
                 {.file = open.draft.descriptor.get(), .offset = to}, from.length);
    if (done < 0) {
        poisoned = poisoned || is_broken_disk(-done);
        return std::unexpected(blob_error("copy within", open.id, done));
    }
    return {};
}

Result<> LocalDraft::Files::sync() {
    if (poisoned) {
        return std::unexpected(broken());
    }
    if (const int done = volume->disk().sync_data(open.draft.descriptor.get()); done < 0) {
        poisoned = true;
        return std::unexpected(
            Error{Errc::corrupted, blob_error("fdatasync of a draft", open.id, done).detail});
    }
    return {};
}

Task<Result<>> LocalDraft::copy(ports::PartRegion from, ByteOffset to) {
    const OpenDraft& open = files_->open;
    if (!lies_within(from.offset, from.length, open.staged.size) ||
        !lies_within(to, from.length, open.draft.size)) {
        co_return failure(Errc::invalid,
                          "an extent lies outside blob " + open.id.to_string() + " or its draft");
    }
    auto work = [files = files_, from, to] { return files->copy(from, to); };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<>> LocalDraft::sync() {
    auto work = [files = files_] { return files->sync(); };
    co_return co_await pool_.run(std::move(work));
}

}  // namespace slipway::adapters::localfs

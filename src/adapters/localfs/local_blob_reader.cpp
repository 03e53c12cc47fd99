#include "adapters/localfs/local_blob_reader.hpp"

#include <algorithm>
#include <utility>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"

namespace slipway::adapters::localfs {
namespace {

Result<std::size_t> read_exactly(Disk& disk, int file, std::span<std::byte> out,
                                 ByteOffset offset) {
    const ssize_t got = read_up_to(disk, file, out, offset);
    if (got < 0) {
        return std::unexpected(disk_error("pread of a blob", got));
    }
    if (static_cast<std::size_t>(got) < out.size()) {
        return failure(Errc::corrupted, "a blob became shorter while it was read");
    }
    return out.size();
}

}  // namespace

LocalBlobReader::LocalBlobReader(std::shared_ptr<Volume> volume, OpenFile file, ReadFrom from,
                                 runtime::BlockingPool& pool)
    : volume_(std::move(volume)),
      file_(std::make_shared<const OpenFile>(std::move(file))),
      from_(from),
      pool_(pool) {}

Task<Result<std::size_t>> LocalBlobReader::read_at(ByteOffset offset, std::span<std::byte> out) {
    if (offset.value() >= file_->size.value() || out.empty()) {
        co_return std::size_t{0};
    }
    const std::uint64_t left = file_->size.value() - offset.value();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left));
    auto work = [volume = volume_, file = file_, from = from_, target = out.first(wanted), offset] {
        const int descriptor = file->descriptor.get();
        if (from == ReadFrom::disk) {
            volume->disk().drop_cached(descriptor, offset, ByteCount(target.size()));
        }
        auto got = read_exactly(volume->disk(), descriptor, target, offset);
        if (from == ReadFrom::disk) {
            volume->disk().drop_cached(descriptor, offset, ByteCount(target.size()));
        }
        return got;
    };
    co_return co_await pool_.run(std::move(work));
}

}  // namespace slipway::adapters::localfs

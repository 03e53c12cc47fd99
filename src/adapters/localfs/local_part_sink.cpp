#include "adapters/localfs/local_part_sink.hpp"

#include <string>
#include <utility>

namespace slipway::adapters::localfs {

LocalPartSink::LocalPartSink(std::shared_ptr<Blob> blob, ports::PartRegion region,
                             runtime::BlockingPool& pool)
    : blob_(std::move(blob)), region_(region), pool_(pool) {}

Task<Result<>> LocalPartSink::write(std::span<const std::byte> bytes) {
    if (committed_) {
        co_return failure(Errc::invalid, "the part was committed already");
    }
    if (failed_) {
        co_return std::unexpected(*failed_);
    }
    if (bytes.size() > (region_.length - written_).value()) {
        co_return failure(Errc::invalid, "more than the " + std::to_string(region_.length.value()) +
                                             " bytes of the part");
    }
    if (bytes.empty()) {
        co_return Result<>{};
    }
    const ByteOffset offset = region_.offset + written_;
    // Until the write has ended well, it has failed: also when this coroutine does not come back.
    failed_ = Error{Errc::cancelled, "a write of the part did not end"};
    auto work = [blob = blob_, bytes, offset] { return blob->write(bytes, offset); };
    auto mark = co_await pool_.run(std::move(work));
    if (!mark) {
        failed_ = mark.error();
        co_return std::unexpected(*failed_);
    }
    failed_.reset();
    mark_ = *mark;
    written_ += ByteCount(bytes.size());
    co_return Result<>{};
}

Task<Result<std::string>> LocalPartSink::commit() {
    if (committed_) {
        co_return failure(Errc::invalid, "the part was committed already");
    }
    committed_ = true;
    if (failed_) {
        co_return std::unexpected(*failed_);
    }
    const auto durable = co_await blob_->commit(mark_, pool_);
    if (!durable) {
        co_return std::unexpected(durable.error());
    }
    co_return std::string();
}

}  // namespace slipway::adapters::localfs

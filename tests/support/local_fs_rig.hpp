// LocalFsRig: a localfs store in a directory of its own, over a FaultyDisk, that can be closed and
// opened again. Its calls run to their end on the calling thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/localfs/local_fs_store.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/run_blocking.hpp"
#include "support/faulty_disk.hpp"
#include "support/temp_directory.hpp"
#include "telemetry/log.hpp"

namespace slipway::support {

using adapters::localfs::LocalFsOptions;
using adapters::localfs::LocalFsStore;
using Bytes = std::vector<std::byte>;

inline UploadId blob_id(std::uint16_t n) {
    UploadId::Bytes bytes{};
    bytes.fill(0x5a);
    bytes[1] = static_cast<std::uint8_t>(n >> 8U);
    bytes[2] = static_cast<std::uint8_t>(n);
    return UploadId(bytes);
}

inline Bytes filled(std::size_t size, std::uint8_t value) {
    return Bytes(size, static_cast<std::byte>(value));
}

// No part of a test's result: with it, tests also pass on a disk that is nearly full.
inline LocalFsOptions options_over(std::shared_ptr<Disk> disk) {
    LocalFsOptions options;
    options.limits.min_free = ByteCount(0);
    options.disk = std::move(disk);
    return options;
}

class LocalFsRig {
 public:
    LocalFsRig()
        : LocalFsRig(std::make_shared<TempDirectory>(Place::memory),
                     adapters::localfs::system_disk()) {}
    LocalFsRig(std::shared_ptr<TempDirectory> directory, std::shared_ptr<Disk> under)
        : directory_(std::move(directory)),
          disk_(std::make_shared<FaultyDisk>(std::move(under), root())) {
        // Of a root in memory, which the store warns of.
        telemetry::set_log_level(telemetry::Level::error);
    }
    ~LocalFsRig() { close(); }

    FaultyDisk& disk() { return *disk_; }
    std::string root() const { return *directory_ / "blobs"; }
    runtime::BlockingPool& pool() { return *pool_; }
    LocalFsStore& store() { return *store_; }

    Result<> open(std::size_t open_blobs = 256) {
        close();
        pool_ = std::make_unique<runtime::BlockingPool>(8);
        auto options = options_over(disk_);
        options.limits.open_blobs = open_blobs;
        auto opened = LocalFsStore::open(root(), "local", *pool_, std::move(options));
        if (!opened) {
            return std::unexpected(opened.error());
        }
        store_ = std::move(*opened);
        return {};
    }
    // As the process ends: what it knew is gone, what it wrote is there.
    void close() {
        if (pool_) {
            pool_->stop();
        }
        store_.reset();
        pool_.reset();
    }

    Result<> create(UploadId id, std::uint64_t capacity) {
        return without_note(
            runtime::run_blocking(store_->create(id, {.capacity = ByteCount(capacity)})));
    }
    Result<> grow(UploadId id, std::uint64_t capacity) {
        return runtime::run_blocking(store_->grow({id, {}}, ByteCount(capacity)));
    }
    Result<std::unique_ptr<ports::PartSink>> open_part(UploadId id, std::uint64_t offset,
                                                       std::uint64_t length) {
        return runtime::run_blocking(
            store_->open_part({id, {}}, ports::PartRegion{ByteOffset(offset), ByteCount(length)}));
    }
    static Result<> write(ports::PartSink& sink, const Bytes& bytes) {
        return runtime::run_blocking(sink.write(bytes));
    }
    static Result<> commit(ports::PartSink& sink) {
        return without_note(runtime::run_blocking(sink.commit()));
    }
    Result<> put(UploadId id, std::uint64_t offset, const Bytes& bytes) {
        auto sink = open_part(id, offset, bytes.size());
        if (!sink) {
            return std::unexpected(sink.error());
        }
        if (auto written = write(**sink, bytes); !written) {
            return written;
        }
        return commit(**sink);
    }
    Result<> publish(UploadId id, std::uint64_t size) {
        return runtime::run_blocking(store_->publish({id, {}}, {.size = ByteCount(size)}));
    }
    Result<> remove(UploadId id) { return runtime::run_blocking(store_->remove(id)); }
    Result<> remove_staged(UploadId id) { return runtime::run_blocking(store_->remove_staged(id)); }
    Result<std::unique_ptr<ports::Draft>> create_draft(ports::DraftName name, std::uint64_t size) {
        return runtime::run_blocking(store_->create_draft(name, ByteCount(size)));
    }
    Result<std::unique_ptr<ports::Draft>> open_draft(ports::DraftName name, std::uint64_t size) {
        return runtime::run_blocking(store_->open_draft(name, ByteCount(size)));
    }
    static Result<> copy(ports::Draft& draft, ports::PartRegion from, std::uint64_t to) {
        return runtime::run_blocking(draft.copy(from, ByteOffset(to)));
    }
    static Result<> sync(ports::Draft& draft) { return runtime::run_blocking(draft.sync()); }
    Result<> publish_draft(ports::DraftName name, std::uint64_t size) {
        return runtime::run_blocking(store_->publish_draft(name, {.size = ByteCount(size)}));
    }
    Result<> discard_drafts(UploadId id) {
        return runtime::run_blocking(store_->discard_drafts(id));
    }
    Result<std::vector<ports::DraftName>> list_drafts() {
        return runtime::run_blocking(store_->list_drafts());
    }
    Result<std::vector<ports::StagedBlob>> list_staged() {
        return runtime::run_blocking(store_->list_staged());
    }
    Result<> trash(const ports::TrashedBlob& blob) {
        return runtime::run_blocking(store_->trash(blob));
    }
    Result<std::vector<ports::TrashedBlob>> list_trash() {
        return runtime::run_blocking(store_->list_trash());
    }
    Result<> restore(const ports::TrashedBlob& blob) {
        return runtime::run_blocking(store_->restore(blob));
    }
    Result<> purge(const ports::TrashedBlob& blob) {
        return runtime::run_blocking(store_->purge(blob));
    }
    // The whole blob.
    Result<Bytes> published(UploadId id) {
        return content(runtime::run_blocking(store_->open_published(id)));
    }
    Result<Bytes> staged(UploadId id) {
        return content(runtime::run_blocking(store_->open_staged(id)));
    }

 private:
    // There is none: neither a placement nor a receipt.
    static Result<> without_note(Result<std::string> answer) {
        if (!answer) {
            return std::unexpected(answer.error());
        }
        return answer->empty() ? Result<>() : failure(Errc::internal, "a note: " + *answer);
    }
    static Result<Bytes> content(Result<std::unique_ptr<ports::BlobReader>> reader) {
        if (!reader) {
            return std::unexpected(reader.error());
        }
        Bytes bytes(static_cast<std::size_t>((*reader)->size().value()));
        const auto got = runtime::run_blocking((*reader)->read_at(ByteOffset(0), bytes));
        if (!got) {
            return std::unexpected(got.error());
        }
        bytes.resize(*got);
        return bytes;
    }

    const std::shared_ptr<TempDirectory> directory_;
    const std::shared_ptr<FaultyDisk> disk_;
    std::unique_ptr<runtime::BlockingPool> pool_;
    std::unique_ptr<LocalFsStore> store_;
};

}  // namespace slipway::support

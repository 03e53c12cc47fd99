// Root: the directory tree of one localfs store (docs/on-disk-format.md, "Blobs"): its format file,
// its lock and its shard directories. It knows where a blob lies and nothing of blobs.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/localfs/disk.hpp"
#include "adapters/localfs/disk_handle.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace slipway::adapters::localfs {

enum class Area { staging, files, trash };

class Root {
 public:
    static constexpr std::size_t kShards = 256;
    static constexpr std::string_view kFormat = "slipway-blobs 1\n";

    // Creates what is missing and syncs it up to the directory above `path`; nothing is created in
    // a directory that holds something else. Takes the lock and holds it for life. unsupported:
    // another format version. invalid: not a blob root. conflict: another process uses it.
    static Result<Root> open(std::shared_ptr<Disk> disk, std::string path);

    static std::size_t shard_of(UploadId id) { return id.bytes().front(); }
    // The open directory of one shard.
    Result<DiskHandle> shard(Area area, std::size_t index) const;
    Disk& disk() const { return *disk_; }
    std::shared_ptr<Disk> shared_disk() const { return disk_; }
    std::string_view path() const { return path_; }
    // Of the root directory: what statvfs is asked about.
    int descriptor() const { return root_.get(); }

 private:
    Root(std::shared_ptr<Disk> disk, std::string path, DiskHandle root);

    // What open() consists of, in order.
    Result<> prepare();
    Result<> refuse_foreign_content() const;
    Result<> take_lock();
    Result<> read_or_write_format() const;
    Result<> write_format() const;
    Result<DiskHandle> make_area(const char* name) const;
    // In the open directory of the area: those that its listing does not have.
    Result<> make_shards(int area, const std::string& name) const;

    std::shared_ptr<Disk> disk_;
    std::string path_;
    DiskHandle root_;
    DiskHandle lock_;
    DiskHandle staging_;
    DiskHandle files_;
    DiskHandle trash_;
};

}  // namespace slipway::adapters::localfs

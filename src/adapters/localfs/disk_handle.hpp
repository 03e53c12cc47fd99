// DiskHandle: owns a descriptor that a Disk has opened, and closes it by that Disk, once. The Disk
// outlives it. Errors of close(2) are not reported: who needs them for durability syncs before.
#pragma once

#include <utility>

#include "adapters/localfs/disk.hpp"

namespace slipway::adapters::localfs {

class DiskHandle {
 public:
    DiskHandle() = default;
    // As Disk answers it: a descriptor, or a negated errno, which get() then tells.
    DiskHandle(Disk& disk, int opened) : disk_(&disk), descriptor_(opened) {}
    DiskHandle(DiskHandle&& other) noexcept
        : disk_(other.disk_), descriptor_(std::exchange(other.descriptor_, -1)) {}
    DiskHandle& operator=(DiskHandle&& other) noexcept {
        std::swap(disk_, other.disk_);
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    DiskHandle(const DiskHandle&) = delete;
    DiskHandle& operator=(const DiskHandle&) = delete;
    ~DiskHandle() {
        if (descriptor_ >= 0) {
            disk_->close(descriptor_);
        }
    }

    int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

 private:
    Disk* disk_ = nullptr;
    int descriptor_ = -1;
};

}  // namespace slipway::adapters::localfs

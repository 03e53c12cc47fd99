#include "adapters/localfs/file_system.hpp"

#include <linux/magic.h>

namespace slipway::adapters::localfs {
namespace {

// linux/magic.h does not have it.
constexpr unsigned long kVboxShare = 0x786f4256;

}  // namespace

std::optional<std::string_view> weak_file_system(unsigned long type) {
    switch (type) {
        case TMPFS_MAGIC:
            return "tmpfs";
        case RAMFS_MAGIC:
            return "ramfs";
        case NFS_SUPER_MAGIC:
            return "nfs";
        case SMB_SUPER_MAGIC:
        case SMB2_SUPER_MAGIC:
        case CIFS_SUPER_MAGIC:
            return "smb";
        case FUSE_SUPER_MAGIC:
            return "fuse";
        case OVERLAYFS_SUPER_MAGIC:
            return "overlay";
        case V9FS_MAGIC:
            return "9p";
        case kVboxShare:
            return "vboxsf";
        default:
            return std::nullopt;
    }
}

}  // namespace slipway::adapters::localfs

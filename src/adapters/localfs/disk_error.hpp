// What an errno of the disk means: the one place where the localfs adapter translates it.
#pragma once

#include <string_view>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace slipway::adapters::localfs {

// The device or its file system is broken, or not there any more: bytes written before may be lost
// although nobody was told, so the blob's generation is poisoned. Lack of room and lack of
// descriptors are not of this kind.
bool is_broken_disk(int error_number);

// "operation: reason", for a negated errno as Disk answers it. A broken disk is corrupted; the rest
// as errno_error().
Error disk_error(std::string_view operation, long negated_errno);

// The same, for "operation of blob <id>".
Error blob_error(std::string_view operation, UploadId id, long negated_errno);

// not_found.
Error unknown_blob(UploadId id);

}  // namespace slipway::adapters::localfs

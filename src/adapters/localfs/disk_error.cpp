#include "adapters/localfs/disk_error.hpp"

#include <cerrno>
#include <string>

namespace slipway::adapters::localfs {

bool is_broken_disk(int error_number) {
    switch (error_number) {
        case EIO:
        // Checksum or structure of the file system is wrong (EFSCORRUPTED).
        case EUCLEAN:
        // The file system made itself read-only after an error.
        case EROFS:
        case ENXIO:
        case ENODEV:
        case ESTALE:
            return true;
        default:
            return false;
    }
}

Error disk_error(std::string_view operation, long negated_errno) {
    const int error_number = static_cast<int>(-negated_errno);
    Error error = errno_error(operation, error_number);
    if (is_broken_disk(error_number)) {
        error.code = Errc::corrupted;
    }
    return error;
}

Error blob_error(std::string_view operation, UploadId id, long negated_errno) {
    return disk_error(std::string(operation) + " of blob " + id.to_string(), negated_errno);
}

Error unknown_blob(UploadId id) {
    return {Errc::not_found, "no blob " + id.to_string()};
}

}  // namespace slipway::adapters::localfs

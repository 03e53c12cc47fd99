// TrashMarkers: what an S3Store has in its trash. An object cannot be renamed, so a small one says
// of another that it counts as gone: TRASH/ID-STATE-MILLISECONDS. Of a staged blob it holds the
// names of the multipart uploads that are meant, one a line: the blob's id may be used again.
#pragma once

#include <string>
#include <vector>

#include "adapters/s3/store/store_access.hpp"
#include "ports/store.hpp"

namespace slipway::adapters::s3 {

// The name of a marker below the trash's prefix, and what a name says; nothing for any other name.
std::string marker_name(const ports::TrashedBlob& blob);
std::optional<ports::TrashedBlob> parse_marker_name(std::string_view name);

class TrashMarkers final {
 public:
    explicit TrashMarkers(StoreAccess& access) : access_(access) {}

    // Idempotent.
    Task<Result<>> put(ports::TrashedBlob blob, std::vector<std::string> uploads);
    Task<Result<>> remove(ports::TrashedBlob blob);
    // Whether exactly this marker is there.
    Task<Result<bool>> has(ports::TrashedBlob blob);
    Task<Result<std::vector<ports::TrashedBlob>>> list();
    // Those of one blob.
    Task<Result<std::vector<ports::TrashedBlob>>> list_of(UploadId id);
    Task<Result<bool>> has_published(UploadId id);
    // The multipart uploads of the marker; none where there is no marker.
    Task<Result<std::vector<std::string>>> uploads_of(ports::TrashedBlob blob);
    // Of every marker of the blob.
    Task<Result<std::vector<std::string>>> uploads_of(UploadId id);

 private:
    ObjectName name(const ports::TrashedBlob& blob) const {
        return access_.object(access_.trash() + marker_name(blob));
    }
    Task<Result<std::vector<ports::TrashedBlob>>> list_below(std::string prefix);

    StoreAccess& access_;
};

}  // namespace slipway::adapters::s3

// TrashMarkers: what an S3Store has in its trash. An object cannot be renamed, so a small one says
// of another that it counts as gone: TRASH/ID-STATE-MILLISECONDS. Of a staged blob it holds the
// names of the multipart uploads that are meant, one a line: the blob's id may be used again.
#pragma once

#include <mutex>
#include <set>
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
    // The same without asking the store each time: as it was when the trash was last listed, and
    // what was done by this object since. Of what others trash meanwhile it knows nothing; what it
    // knows to be there is looked at again, as others may have put it back.
    Task<Result<bool>> is_known_published(UploadId id);
    // The multipart uploads of the marker; none where there is no marker.
    Task<Result<std::vector<std::string>>> uploads_of(ports::TrashedBlob blob);
    // Of every marker of the blob; of every marker.
    Task<Result<std::vector<std::string>>> uploads_of(UploadId id);
    Task<Result<std::vector<std::string>>> all_uploads();

 private:
    ObjectName name(const ports::TrashedBlob& blob) const {
        return access_.object(access_.trash() + marker_name(blob));
    }
    Task<Result<std::vector<ports::TrashedBlob>>> list_below(std::string prefix);
    Task<Result<std::vector<std::string>>> uploads_of(std::vector<ports::TrashedBlob> blobs);
    void remember(const std::vector<ports::TrashedBlob>& blobs);
    std::optional<bool> is_remembered(UploadId id) const;
    Task<Result<bool>> is_still_published(UploadId id);

    StoreAccess& access_;
    mutable std::mutex mutex_;
    bool has_looked_ = false;
    std::set<UploadId> published_;  // those that it knows of
};

}  // namespace slipway::adapters::s3

// AsideParts: parts of a blob that goes through which lie beside its multipart upload, as objects
// of their own: PREFIXparts/ID-TOKEN/OFFSET-NONCE, as those of a blob that lies apart, with a TOKEN
// that follows from the upload's name. So an attempt keeps its bytes that may not write to the
// part's number. They are sent to their numbers when the file is made, as often as somebody else's
// late bytes are found there, and are removed when the file stands.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/store/pieces.hpp"
#include "adapters/s3/store/placement.hpp"
#include "adapters/s3/store/publisher.hpp"

namespace slipway::adapters::s3 {

// Where those of one multipart upload lie.
PartGroup group_beside(UploadId id, std::string_view upload_id);
// What the receipt of such a part begins with; PartReceipt is the rest.
inline constexpr std::string_view kAsidePrefix = "aside:";
bool has_aside(const std::vector<ports::StoredPiece>& pieces);

// Of one publication, for its attempts one after the other.
class AsideParts final {
 public:
    // Outlived by both.
    AsideParts(StoreAccess& access, MultipartName upload, UploadId id)
        : access_(access),
          upload_(std::move(upload)),
          group_(group_beside(id, upload_.upload_id)) {}

    struct Parts {
        std::vector<ListedPart> listed;
        std::vector<ports::StoredPiece> pieces;
    };
    // Sends those that the store does not list as this object has sent them. What is listed then,
    // and the pieces with the receipts of their numbers. corrupted: an object is not as it was
    // acknowledged.
    Task<Result<Parts>> put_into_place(Parts parts);

 private:
    Task<Result<ListedPart>> send(Piece piece);

    StoreAccess& access_;
    const MultipartName upload_;
    const PartGroup group_;
    std::map<PartNumber, ListedPart> sent_;
};

}  // namespace slipway::adapters::s3

// PartObjects: parts that lie in an S3 store as objects of their own, until the file is made of
// them: PREFIXparts/ID-TOKEN/OFFSET-NONCE. All that have one token are a staged blob; what each of
// its parts is called stands in that part's receipt, so that no attempt writes over another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/store/placement.hpp"
#include "adapters/s3/store/store_access.hpp"
#include "ports/random.hpp"

namespace slipway::adapters::s3 {

// 128 random bits in hexadecimal: a token or a nonce.
std::string random_name(ports::Random& random);

// A staged blob of such parts. Where the names of open multipart uploads are kept or listed, it is
// one of them, under a name that no store gives.
struct PartGroup {
    UploadId id;
    std::string token;
    friend bool operator==(const PartGroup&, const PartGroup&) = default;

    std::string as_upload() const;
    // Nothing for the name of a multipart upload.
    static std::optional<PartGroup> of_upload(UploadId id, std::string_view name);
};

// Which object has the bytes of a part, as its record keeps it.
struct PartReceipt {
    ByteOffset offset;
    std::string nonce;  // empty: the part has no bytes, and no object
    std::string etag;
    friend bool operator==(const PartReceipt&, const PartReceipt&) = default;
};
std::string format_receipt(const PartReceipt& receipt);
std::optional<PartReceipt> parse_receipt(std::string_view text);

class PartObjects final {
 public:
    explicit PartObjects(StoreAccess& access) : access_(access) {}

    static ObjectName name(const StoreAccess& access, const PartGroup& group,
                           const PartReceipt& receipt);

    // Those of which an object is there.
    Task<Result<std::vector<PartGroup>>> list();
    Task<Result<std::vector<PartGroup>>> list_of(UploadId id);
    // The objects of one, as the receipts of its parts would name them.
    struct Found {
        PartReceipt receipt;
        ByteCount size;
    };
    Task<Result<std::vector<Found>>> objects_of(PartGroup group);
    // Idempotent. What is still on its way, or comes late in lists, may stay.
    Task<Result<>> remove(PartGroup group);

 private:
    std::string folder() const { return access_.parts(); }
    std::string folder_of(const PartGroup& group) const;
    Task<Result<std::vector<PartGroup>>> list_below(std::string prefix);
    Task<Result<>> remove_all(std::vector<ListedObject> objects);

    StoreAccess& access_;
};

}  // namespace slipway::adapters::s3

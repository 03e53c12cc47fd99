// BlobSending: a staged blob on its way into an S3 store by a multipart upload. What an earlier
// attempt sent, of this process or of one that crashed, is found in the store's lists and not sent
// again, where a digest went along with it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "adapters/s3/store/publisher.hpp"

namespace slipway::adapters::s3 {

// Of the parts of a blob of this size, at least `least`. Fixed by these alone, so that every
// attempt cuts it alike.
ByteCount part_size_for(ByteCount size, ByteCount least);

class BlobSending final {
 public:
    BlobSending(StoreAccess& access, const Publication& what, Sendable blob)
        : access_(access), what_(what), blob_(std::move(blob)) {}

    // Sends what is missing, and completes. One call at a time; after an error it may be called
    // again, once looking has shown that the object does not stand yet.
    Task<Result<>> run_once();

 private:
    Task<Result<MultipartName>> find_or_begin(S3Client& client);
    void take_over(const std::vector<ListedPart>& listed);
    Task<Result<>> send_missing(MultipartName upload);
    Task<void> send_in_turn(MultipartName upload, std::shared_ptr<S3Client> client);
    Task<Result<StoredPart>> send_part(const MultipartName& upload, PartNumber number,
                                       S3Client& client);

    StoreAccess& access_;
    const Publication& what_;
    const Sendable blob_;
    std::vector<std::optional<StoredPart>> parts_;
    std::size_t next_ = 0;         // the first that nobody looks after yet
    std::optional<Error> failed_;  // the first failure ends all
};

}  // namespace slipway::adapters::s3

// CapabilityProbe: finds out at start what a store does with what not every store does. It tries,
// with small objects below a prefix of its own, and believes what it reads back, because stores
// that ignore a condition or a checksum answer 200 like those that keep it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adapters/s3/s3_client.hpp"

namespace slipway::adapters::s3 {

struct Capabilities {
    bool conditional_put = false;       // PutObject with Replace::never does not replace
    bool conditional_complete = false;  // nor does CompleteMultipartUpload
    bool checks_checksums = false;      // a body that differs from its CRC64-NVME is refused
    bool trailing_checksums = false;    // and the checksum may travel behind the body
    bool whole_checksums = false;   // the CRC64-NVME of a multipart object is kept, HEAD tells it
    bool checks_size = false;       // a Complete that states another size is refused
    bool copies_parts = false;      // UploadPartCopy
    bool lists_at_once = false;     // lists tell of objects, uploads and parts just made
    bool replays_complete = false;  // a second Complete of an upload succeeds
    bool tells_complete_etag = false;  // Complete says which ETag the object has
    ByteCount smallest_part{5 << 20};  // of parts but the last: this, or 1 byte
    // A part that is sent with a presigned URL is checked by the SHA-256 that this demands, and
    // lists tell it: what direct uploads need.
    bool checks_direct_parts = false;
    // Half a body is taken for the whole where no digest goes along. Only looked for where none
    // would: the store does not take trailers, or the endpoint says that none is sent.
    bool needs_digests = false;
    friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

// One run at a time, on one event loop.
class CapabilityProbe final {
 public:
    // Errors and lifetimes: those of S3Client::make().
    static Result<std::unique_ptr<CapabilityProbe>> make(const Endpoint& endpoint,
                                                         const sigv4::Credentials& credentials,
                                                         const ports::Clock& clock);

    // Works on keys that begin with `prefix`, which nothing else uses meanwhile, and removes what
    // it made. Errors: that of the first call without which no store can be used (no such bucket,
    // wrong keys, no right to write …), corrupted where bytes come back changed, and whatever says
    // nothing about capabilities (unavailable, throttled, outcome_unknown …): run it again later.
    Task<Result<Capabilities>> run(std::string bucket, std::string prefix);

    // As S3Client's, of the last run.
    std::chrono::milliseconds clock_difference() const { return client_->clock_difference(); }

 private:
    CapabilityProbe(const Endpoint& endpoint, std::unique_ptr<S3Client> client,
                    std::unique_ptr<S3Client> trailing)
        : client_(std::move(client)),
          trailing_(std::move(trailing)),
          mode_(endpoint.checksums),
          outsider_(options_of(endpoint)) {}
    static http::ClientOptions options_of(const Endpoint& endpoint);

    ObjectName name(std::string_view suffix) const;
    Task<Result<>> find_out();
    Task<Result<>> probe_objects();
    Task<Result<>> probe_conditional_put();
    Task<Result<>> probe_checksums();
    Task<Result<>> probe_trailers();
    Task<Result<>> probe_half_bodies();
    Task<Result<>> probe_small_parts();
    Task<Result<>> probe_complete();
    Task<Result<>> probe_conditional_complete();
    Task<Result<>> probe_copy();
    Task<Result<>> probe_whole_checksum();
    Task<Result<>> probe_direct_parts();
    Task<Result<bool>> put_directly(PresignedCall call, std::string text);
    Task<void> clean_up();

    Task<Result<std::string>> read(ObjectName object);
    Task<Result<MultipartName>> begin(std::string suffix, ObjectChecksum checksum);
    Task<Result<StoredPart>> send(const MultipartName& upload, PartNumber number, std::string text);

    const std::unique_ptr<S3Client> client_;    // states checksums in the head
    const std::unique_ptr<S3Client> trailing_;  // states them behind the body
    const ChecksumMode mode_;                   // what the endpoint is to be used with
    http::Client outsider_;                     // has no keys, as who uploads directly
    std::string bucket_;
    std::string prefix_;
    Capabilities found_;
};

}  // namespace slipway::adapters::s3

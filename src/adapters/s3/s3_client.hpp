// S3Client: the calls to one S3 store, of any make. One attempt each; bodies stream both ways, so
// that a call holds one send or receive buffer and no body.
//
// Used on one event loop; calls may overlap. It outlives its calls. Errors of every call: those of
// translate_error() and Caller::perform(); invalid also for names and attributes that not every
// store keeps as they are. A call that is called idempotent may be repeated after any error.
// Everything else is read back first after outcome_unknown: list_parts() and head_object() tell
// what became of it. An answer of the store that cannot be understood is outcome_unknown where the
// call changes something, else unavailable.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/s3/caller.hpp"
#include "adapters/s3/endpoint.hpp"
#include "adapters/s3/types.hpp"

namespace slipway::adapters::s3 {

class S3Client final {
 public:
    // Errors: invalid (the endpoint's URL, authorities, region or keys). The clock outlives the
    // client.
    static Result<std::unique_ptr<S3Client>> make(const Endpoint& endpoint,
                                                  sigv4::Credentials credentials,
                                                  const ports::Clock& clock);

    // Buckets. Creating one that is already the caller's own succeeds; conflict: it is another's.
    Task<Result<>> create_bucket(std::string bucket);
    Task<Result<>> head_bucket(std::string bucket);
    Task<Result<std::vector<std::string>>> list_buckets();
    // conflict: it is not empty.
    Task<Result<>> delete_bucket(std::string bucket);

    // Objects. The ETag of what was stored. conflict: `replace` forbids it and there is one; some
    // stores do not know the condition and replace it all the same (CapabilityProbe).
    Task<Result<std::string>> put_object(ObjectName name, UploadBody body,
                                         ObjectAttributes attributes = {},
                                         Replace replace = Replace::allowed);
    // Idempotent. The bytes go to the sink in order; the size is that of the whole object. invalid:
    // the range begins behind the end. unsupported: the store answered another range. conflict: the
    // object is not the one with this ETag (empty: any).
    Task<Result<ObjectInfo>> get_object(ObjectName name, std::optional<ByteRange> range,
                                        http::BodySink sink, std::string etag = {});
    Task<Result<ObjectInfo>> head_object(ObjectName name);
    // Idempotent: an absent object is deleted.
    Task<Result<>> delete_object(ObjectName name);
    Task<Result<ObjectPage>> list_objects(ObjectQuery query);

    // Multipart. Several uploads of one key are independent; the last Complete wins.
    Task<Result<std::string>> create_multipart(ObjectName name, ObjectAttributes attributes = {},
                                               ObjectChecksum checksum = ObjectChecksum::none);
    // Idempotent as long as the bytes are the same and nothing was completed.
    Task<Result<StoredPart>> upload_part(MultipartName upload, PartNumber number, UploadBody body);
    Task<Result<StoredPart>> copy_part(MultipartName upload, PartNumber number, ObjectName source,
                                       std::optional<ByteRange> range);
    Task<Result<PartPage>> list_parts(MultipartName upload,
                                      std::optional<PartNumber> after = std::nullopt,
                                      unsigned limit = 1000);
    // The object's ETag; empty where the store does not tell. not_found: the upload is unknown,
    // which it also is once it was completed: head_object() tells which. conflict: a part is not as
    // listed, or the object is there and may not be replaced. Not idempotent.
    Task<Result<std::string>> complete_multipart(MultipartName upload, PartList list);
    // Parts that are being sent meanwhile may stay: list_parts() tells. Never after
    // complete_multipart() of the same upload, unless that has surely failed: some stores then lose
    // the object.
    Task<Result<>> abort_multipart(MultipartName upload);
    Task<Result<MultipartPage>> list_multiparts(MultipartQuery query);

    // Configurations of a bucket, each replaced as a whole. not_found: there is none.
    Task<Result<>> put_lifecycle(std::string bucket, std::vector<LifecycleRule> rules);
    Task<Result<std::vector<LifecycleRule>>> get_lifecycle(std::string bucket);
    Task<Result<>> put_cors(std::string bucket, std::vector<CorsRule> rules);
    Task<Result<std::vector<CorsRule>>> get_cors(std::string bucket);
    // The policy is JSON, as the store understands it.
    Task<Result<>> put_policy(std::string bucket, std::string policy);
    Task<Result<std::string>> get_policy(std::string bucket);

    // A URL with which whoever has it can send this part, until its lifetime is over.
    std::string presigned_part(const MultipartName& upload, PartNumber number,
                               std::chrono::seconds lifetime) const;
    // The same for this body alone. The upload has to be one with ObjectChecksum::part_sha256.
    PresignedCall presigned_part(const MultipartName& upload, PartNumber number,
                                 const ExactBody& body, std::chrono::seconds lifetime) const;
    std::string presigned_get(const ObjectName& name, std::chrono::seconds lifetime,
                              const ShownAs& shown = {}) const;

    // How far the store's clock is ahead of ours, once a call was refused for its time; else zero.
    std::chrono::milliseconds clock_difference() const { return caller_.clock_difference(); }

    // For how long the store wants to be left alone: a lower bound for the pause before a retry.
    std::chrono::milliseconds wished_pause() const { return caller_.wished_pause(); }

 private:
    S3Client(const Endpoint& endpoint, EndpointUrl url, sigv4::Credentials credentials,
             const ports::Clock& clock)
        : caller_(endpoint, std::move(url), std::move(credentials), clock),
          region_(endpoint.region) {}

    Task<Result<>> put_configuration(std::string_view operation, std::string bucket,
                                     std::string parameter, std::string content_type,
                                     std::string body);
    Task<Result<std::string>> get_configuration(std::string_view operation, std::string bucket,
                                                std::string parameter);

    Caller caller_;
    const std::string region_;
};

}  // namespace slipway::adapters::s3

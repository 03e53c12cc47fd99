// The bodies of S3's answers, read into values. Errors of every function: invalid, for what is no
// XML, has another root, or lacks or breaks a value without which the answer means nothing; a list
// that says it goes on has to say where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/translate_error.hpp"
#include "adapters/s3/types.hpp"
#include "base/result.hpp"

namespace slipway::adapters::s3 {

// Without its quotes.
std::string bare_etag(std::string_view etag);
// A checksum in base64; nothing for an empty text, another length, or a composite ("…-3").
std::optional<Crc64Nvme> parse_crc64nvme(std::string_view text);
std::optional<Sha256> parse_sha256(std::string_view text);

// The error that a body tells of; code and message are empty where it tells of none.
StoreError parse_error(unsigned status, std::string_view body);

// The upload id.
Result<std::string> parse_create_multipart(std::string_view body);
Result<PartPage> parse_part_page(std::string_view body);
Result<MultipartPage> parse_multipart_page(std::string_view body);
Result<ObjectPage> parse_object_page(std::string_view body);
Result<std::vector<std::string>> parse_bucket_list(std::string_view body);

// What became of a call whose answer begins with 200 before the outcome is known: the ETag, which
// may be empty (Ceph RGW 16), or the error that the body tells of.
struct LateOutcome {
    std::string etag;
    std::optional<Crc64Nvme> crc64nvme;
    std::optional<StoreError> error;
};
// `root` is the name of the result: CompleteMultipartUploadResult, CopyPartResult.
Result<LateOutcome> parse_late_outcome(std::string_view body, std::string_view root);

}  // namespace slipway::adapters::s3

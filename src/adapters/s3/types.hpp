// What is said about buckets, objects and multipart uploads: the arguments and results of S3Client.
// ETags are opaque: without their quotes, and never taken for an MD5.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "http/body.hpp"

namespace slipway::adapters::s3 {

struct ObjectName {
    std::string bucket;
    std::string key;  // UTF-8; not empty, no "." or ".." segments, at most 1,024 bytes
};

// Bytes to be stored, pulled while they are sent. What the caller knows of them is sent along as
// the endpoint's checksum mode says, and the store then refuses other bytes.
struct UploadBody {
    http::StreamBody stream;
    StatedDigests digests;
};

// Names are lower case without the "x-amz-meta-" in front of them.
using Metadata = std::map<std::string, std::string>;

struct ObjectAttributes {
    std::string content_type;  // empty: the store's default
    Metadata metadata;
};

enum class Replace { allowed, never };  // never: If-None-Match: *

struct ObjectInfo {
    ByteCount size;
    std::string etag;
    std::optional<WallTime> last_modified;
    ObjectAttributes attributes;
    std::optional<Crc64Nvme> crc64nvme;  // where the store keeps one of the whole object
};

struct ListedObject {
    std::string key;
    ByteCount size;
    std::string etag;
    std::optional<WallTime> last_modified;
};

struct ObjectQuery {
    std::string bucket;
    std::string prefix;
    std::string delimiter;            // empty: none
    std::string after;                // keys behind this one; for the first page
    std::optional<std::string> page;  // ObjectPage::next of the page before
    unsigned limit = 1000;            // 1 to 1000
};

struct ObjectPage {
    std::vector<ListedObject> objects;
    std::vector<std::string> prefixes;
    std::optional<std::string> next;  // nothing at the end
};

// A multipart upload, as the store knows it.
struct MultipartName {
    ObjectName object;
    std::string upload_id;
};

// Which checksums the store checks and keeps: a CRC64-NVME of each part and of the whole object, or
// a SHA-256 of each part alone.
enum class ObjectChecksum { none, crc64nvme, part_sha256 };

struct StoredPart {
    PartNumber number;
    std::string etag;
    std::optional<Crc64Nvme> crc64nvme;
    std::optional<Sha256> sha256 = std::nullopt;
};

struct ListedPart {
    PartNumber number;
    std::string etag;
    ByteCount size;
    std::optional<Crc64Nvme> crc64nvme;
    std::optional<Sha256> sha256 = std::nullopt;  // of a part that was sent with it
};

// The body that a part must have, and no other.
struct ExactBody {
    ByteCount length;
    Sha256 sha256;
};

// A call that anybody can make who has it, with exactly these fields.
struct PresignedCall {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
};

struct PartPage {
    std::vector<ListedPart> parts;
    std::optional<PartNumber> next;  // where the next page begins after; nothing at the end
};

struct PartList {
    std::vector<StoredPart> parts;  // in order of their numbers
    std::optional<ByteCount> size;  // of the whole object, where the store is to check it
    std::optional<Crc64Nvme> crc64nvme;
    Replace replace = Replace::allowed;
};

struct OpenMultipart {
    std::string key;
    std::string upload_id;
    std::optional<WallTime> initiated;
};

struct MultipartMarker {
    std::string key;
    std::string upload_id;  // empty: behind all uploads of the key (versitygw 1.7 takes no other)
};

struct MultipartQuery {
    std::string bucket;
    std::string prefix;  // a whole key: MinIO knows no other prefix
    std::optional<MultipartMarker> after;
    unsigned limit = 1000;
};

struct MultipartPage {
    std::vector<OpenMultipart> uploads;
    std::optional<MultipartMarker> next;
};

// A rule for the keys with a prefix; what is not given does not happen.
struct LifecycleRule {
    std::string id;
    std::string prefix;
    bool enabled = true;
    std::optional<unsigned> abort_incomplete_after_days;
    std::optional<unsigned> expire_after_days;
    friend bool operator==(const LifecycleRule&, const LifecycleRule&) = default;
};

struct CorsRule {
    std::vector<std::string> origins;
    std::vector<std::string> methods;
    std::vector<std::string> headers;
    std::vector<std::string> exposed_headers;
    std::optional<unsigned> max_age_seconds;
    friend bool operator==(const CorsRule&, const CorsRule&) = default;
};

// What a GET tells of the object instead of what was stored with it; empty: that.
struct ShownAs {
    std::string content_type;
    std::string disposition;
};

}  // namespace slipway::adapters::s3

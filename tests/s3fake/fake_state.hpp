// What the fake holds: buckets with objects and open multipart uploads. Bytes are shared between
// copies, so that keeping an old state costs little.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "http/message.hpp"

namespace slipway::s3fake {

using Bytes = std::shared_ptr<const std::string>;

struct FakeObject {
    Bytes bytes;
    std::string etag;          // without quotes
    http::Headers attributes;  // as they came: Content-Type and metadata
    std::optional<std::string> crc64nvme;
    WallTime modified;
    std::string upload_id = {};  // of the multipart upload that it was made from
    bool is_broken = false;      // it is listed and has a head, and cannot be read
};

struct FakePart {
    Bytes bytes;
    std::string etag;
    std::optional<std::string> crc64nvme;
    WallTime modified;
    std::optional<std::string> sha256 = {};
};

struct FakeUpload {
    std::string key;
    http::Headers attributes;
    bool wants_crc64nvme = false;
    bool wants_sha256 = false;
    WallTime initiated;
    std::map<unsigned, FakePart> parts;
};

struct FakeBucket {
    std::map<std::string, FakeObject> objects;
    std::map<std::string, FakeUpload> uploads;          // by id
    std::map<std::string, std::string> completed;       // id and the object's ETag
    std::map<std::string, std::string> configurations;  // by the parameter: lifecycle, cors, policy
};

struct FakeState {
    std::map<std::string, FakeBucket> buckets;
    std::uint64_t uploads_begun = 0;
};

}  // namespace slipway::s3fake

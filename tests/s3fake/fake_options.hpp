// What kind of S3 store the fake is: which keys open it, and in which ways it is not like the
// first of its kind. Defaults: strict, complete, and small parts allowed so that tests are fast.
#pragma once

#include <string>

#include "base/units.hpp"
#include "sigv4/signer.hpp"

namespace slipway::s3fake {

// What becomes of a condition such as If-None-Match.
enum class Condition { kept, ignored, refused };
// What becomes of an aws-chunked body: decoded, refused with 501, or stored as it came (s3rver).
enum class Chunked { decoded, refused, stored_raw };
// What a second Complete of the same upload answers: 200 again (Ceph, versitygw), or NoSuchUpload
// (MinIO).
enum class SecondComplete { replayed, unknown };

// What an Abort of an upload does that was completed: nothing but NoSuchUpload, or the object loses
// its bytes while HEAD still tells of it (Swift's s3api).
enum class LateAbort { unknown, breaks_the_object };

struct FakeOptions {
    sigv4::Credentials credentials{"fake-access", "fake/secret+key", ""};
    std::string region = "us-east-1";
    ByteCount min_part = 0_B;  // of every part but the last
    unsigned max_parts = 10'000;
    Condition put_condition = Condition::kept;
    Condition complete_condition = Condition::kept;
    Chunked chunked = Chunked::decoded;
    SecondComplete second_complete = SecondComplete::unknown;
    LateAbort late_abort = LateAbort::unknown;
    bool checks_checksums = true;     // false: takes any and keeps none
    bool tells_complete_etag = true;  // false: empty in the result of Complete (Ceph RGW 16)
    bool checks_object_size = true;   // x-amz-mp-object-size
    bool takes_half_bodies = false;   // of the stated length, with zeros for what did not come
    unsigned retry_after = 1;         // seconds, where it says SlowDown
};

}  // namespace slipway::s3fake

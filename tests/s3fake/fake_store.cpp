#include "s3fake/fake_store.hpp"

#include <functional>

#include "base/encoding.hpp"
#include "hash/digester.hpp"
#include "s3fake/fake_calls.hpp"

namespace slipway::s3fake {

namespace {

using Function = FakeAnswer (*)(const CallContext&);
enum class Kind { change, read, list };

struct Entry {
    Function function;
    Kind kind;
};

const std::map<std::string, Entry, std::less<>> kCalls{
    {"ListBuckets", {list_buckets, Kind::list}},
    {"CreateBucket", {create_bucket, Kind::change}},
    {"HeadBucket", {head_bucket, Kind::read}},
    {"DeleteBucket", {delete_bucket, Kind::change}},
    {"PutConfiguration", {put_configuration, Kind::change}},
    {"GetConfiguration", {get_configuration, Kind::read}},
    {"PutObject", {put_object, Kind::change}},
    {"GetObject", {get_object, Kind::read}},
    {"HeadObject", {get_object, Kind::read}},
    {"DeleteObject", {delete_object, Kind::change}},
    {"ListObjectsV2", {list_objects, Kind::list}},
    {"CreateMultipartUpload", {create_multipart, Kind::change}},
    {"UploadPart", {upload_part, Kind::change}},
    {"UploadPartCopy", {copy_part, Kind::change}},
    {"ListParts", {list_parts, Kind::list}},
    {"CompleteMultipartUpload", {complete_multipart, Kind::change}},
    {"AbortMultipartUpload", {abort_multipart, Kind::change}},
    {"ListMultipartUploads", {list_multiparts, Kind::list}},
};

}  // namespace

FakeAnswer FakeStore::handle(const FakeRequest& request, WallTime now, Freshness freshness) {
    const auto entry = kCalls.find(request.operation);
    if (entry == kCalls.end()) {
        return answer_of({405, "MethodNotAllowed"});
    }
    const std::lock_guard lock(mutex_);
    const bool is_stale =
        freshness == Freshness::stale && entry->second.kind == Kind::list && !before_.empty();
    FakeState& state = is_stale ? before_.front() : state_;
    if (entry->second.kind == Kind::change) {
        before_.push_back(state_);
        if (before_.size() > kHistory) {
            before_.pop_front();
        }
    }
    try {
        return entry->second.function({request, state, options_, now});
    } catch (const FakeError& error) {
        return answer_of(error);
    }
}

FakeState FakeStore::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void FakeStore::change(const std::function<void(FakeState&)>& change) {
    const std::lock_guard lock(mutex_);
    change(state_);
}

FakeBucket& CallContext::bucket() const {
    const auto found = state.buckets.find(request.bucket);
    if (found == state.buckets.end()) {
        throw FakeError{404, "NoSuchBucket", request.bucket};
    }
    return found->second;
}

FakeUpload& CallContext::upload() const {
    auto& uploads = bucket().uploads;
    const auto found = uploads.find(request.parameter("uploadId"));
    if (found == uploads.end() || found->second.key != request.key) {
        throw FakeError{404, "NoSuchUpload"};
    }
    return found->second;
}

std::string md5_hex(std::string_view bytes) {
    hash::Md5Hasher hasher;
    hasher.update(std::as_bytes(std::span(bytes)));
    return encode_hex(hasher.finish().bytes);
}

std::string quoted(std::string_view etag) {
    return '"' + std::string(etag) + '"';
}

}  // namespace slipway::s3fake

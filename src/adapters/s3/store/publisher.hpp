// Publisher: brings about that a blob's object stands in the store, whole and its own, whatever
// answers get lost on the way. It believes what HEAD and the lists say, never that a call which
// failed did nothing, and never aborts what it asked to be completed.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "adapters/s3/store/placement.hpp"
#include "adapters/s3/store/store_access.hpp"

namespace slipway::adapters::s3 {

class AsideParts;

// The object that is to stand there.
struct Publication {
    UploadId id;
    ports::Content content;
};

// A staged blob on its way: cut always alike, and each range a body as often as it is asked for,
// which is pulled from it while it is sent.
struct Sendable {
    std::vector<ByteRange> cuts;
    std::function<UploadBody(ByteRange)> body_of;
};
Sendable sendable(std::shared_ptr<ports::BlobReader> source, ByteCount least);

// Errors of every call: conflict (another object stands there), corrupted (one with other bytes, or
// the bytes that were staged are not those that were acknowledged), not_found (neither the object
// nor what it was to be made from), invalid, and those that say that the store cannot be used as it
// is (forbidden, storage_full …) are final. unavailable, throttled, deadline_exceeded and
// outcome_unknown: patience ended; to be called again.
class Publisher final {
 public:
    explicit Publisher(StoreAccess& access) : access_(access) {}

    // The object, where it stands as it should; nothing where none stands.
    Task<Result<std::optional<ObjectInfo>>> find(Publication what);
    // Both for whom find() has just found nothing.
    // Makes the object from the parts of its multipart upload, if they are those of the content,
    // and from what lies beside it (aside_parts.hpp).
    Task<Result<>> complete(Publication what, Through through);
    // Makes it from a blob that is sent: by one call, or in parts of which those that are there
    // from an earlier attempt are not sent again.
    Task<Result<>> send(Publication what, Sendable blob);

 private:
    using Step = std::function<Task<Result<>>()>;

    Task<Result<>> bring_about(Publication what, Step step);
    enum class Before { unknown, was_looked };
    Task<runtime::Tried<void>> try_once(const Publication& what, const Step& step, Before before);
    Task<Result<std::optional<ObjectInfo>>> look(S3Client& client, ObjectName name);

    // What the attempts of one call have come to so far.
    struct Doubts {
        Errc code = Errc::internal;
        unsigned times = 0;     // in a row, with this code
        bool has_more = false;  // that the upload is gone is not the end of the bytes
    };
    static Task<Result<>> doubt(Task<Result<>> step, Doubts& doubts);
    Task<Result<>> complete_once(const Publication& what, const Through& through,
                                 AsideParts& aside);
    Task<Result<>> put_once(const Publication& what, const Sendable& blob);

    StoreAccess& access_;
};

// By which a part is known from others of its number: the ETag, and the SHA-256 where the store
// tells it.
std::string receipt_of(const ListedPart& part);
// invalid: the pieces do not make the content.
Result<> check_pieces(const ports::Content& content);
// All parts of a multipart upload.
Task<Result<std::vector<ListedPart>>> list_all_parts(S3Client& client, MultipartName upload);
// The open uploads of one key.
Task<Result<std::vector<OpenMultipart>>> list_uploads_of(S3Client& client, ObjectName name);

}  // namespace slipway::adapters::s3

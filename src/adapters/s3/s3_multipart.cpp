// The calls of S3Client that are about multipart uploads.
#include "adapters/s3/answers.hpp"
#include "adapters/s3/attributes.hpp"
#include "adapters/s3/configuration_xml.hpp"
#include "adapters/s3/object_name.hpp"
#include "adapters/s3/s3_client.hpp"
#include "adapters/s3/unreadable.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kCrc64Nvme = "x-amz-checksum-crc64nvme";

sigv4::Fields part_query(const MultipartName& upload, PartNumber number) {
    return {{"partNumber", std::to_string(number.value())}, {"uploadId", upload.upload_id}};
}

Result<> check_upload(const MultipartName& upload) {
    if (upload.upload_id.empty()) {
        return failure(Errc::invalid, "an upload without an id");
    }
    return check_object_name(upload.object);
}

Result<> check_part_list(const PartList& list) {
    std::uint32_t before = 0;
    for (const auto& part : list.parts) {
        if (part.number.value() <= before) {
            return failure(Errc::invalid, "parts that are not in order of their numbers");
        }
        before = part.number.value();
    }
    return list.parts.empty() ? failure(Errc::invalid, "no parts") : Result<>();
}

Call complete_call(MultipartName upload, const PartList& list) {
    Call call{.operation = "CompleteMultipartUpload",
              .method = http::Method::post,
              .target = std::move(upload.object),
              .query = {{"uploadId", std::move(upload.upload_id)}},
              .headers = {{"Content-Type", "application/xml"}},
              .body = format_part_list(list.parts),
              .effect = Effect::change};
    if (list.replace == Replace::never) {
        call.headers.emplace_back("If-None-Match", "*");
    }
    if (list.size) {
        call.headers.emplace_back("x-amz-mp-object-size", std::to_string(list.size->value()));
    }
    if (list.crc64nvme) {
        call.headers.emplace_back(kCrc64Nvme, encode_base64(list.crc64nvme->bytes));
        call.headers.emplace_back("x-amz-checksum-type", "FULL_OBJECT");
    }
    return call;
}

// The outcome that stands in the body of a 200.
Result<LateOutcome> late_outcome(std::string_view operation, const http::ClientResponse& answer,
                                 std::string_view root) {
    auto outcome = readable(parse_late_outcome(answer.body, root), Effect::change);
    if (outcome && outcome->error) {
        Error error = translate_error(*outcome->error, Effect::change, Subject::object);
        error.detail = std::string(operation) + ": " + error.detail;
        return std::unexpected(std::move(error));
    }
    return outcome;
}

}  // namespace

Task<Result<std::string>> S3Client::create_multipart(ObjectName name, ObjectAttributes attributes,
                                                     ObjectChecksum checksum) {
    auto checked = check_object_name(name);
    if (checked) {
        checked = check_attributes(attributes);
    }
    if (!checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "CreateMultipartUpload",
              .method = http::Method::post,
              .target = std::move(name),
              .query = {{"uploads", ""}},
              .headers = fields_of(attributes),
              .effect = Effect::change};
    if (checksum == ObjectChecksum::crc64nvme) {
        call.headers.emplace_back("x-amz-checksum-algorithm", "CRC64NVME");
        call.headers.emplace_back("x-amz-checksum-type", "FULL_OBJECT");
    } else if (checksum == ObjectChecksum::part_sha256) {
        call.headers.emplace_back("x-amz-checksum-algorithm", "SHA256");
        call.headers.emplace_back("x-amz-checksum-type", "COMPOSITE");
    }
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return readable(parse_create_multipart(answer->body), Effect::change);
}

Task<Result<StoredPart>> S3Client::upload_part(MultipartName upload, PartNumber number,
                                               UploadBody body) {
    if (auto checked = check_upload(upload); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "UploadPart",
              .method = http::Method::put,
              .target = upload.object,
              .query = part_query(upload, number),
              .body = std::move(body),
              .effect = Effect::change};
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    const auto etag = answer->headers.find("ETag");
    if (!etag || etag->empty()) {
        co_return failure(Errc::outcome_unknown, "UploadPart: an answer without an ETag");
    }
    co_return StoredPart{number, bare_etag(*etag),
                         parse_crc64nvme(answer->headers.find(kCrc64Nvme).value_or(""))};
}

Task<Result<StoredPart>> S3Client::copy_part(MultipartName upload, PartNumber number,
                                             ObjectName source, std::optional<ByteRange> range) {
    auto checked = check_upload(upload);
    if (checked) {
        checked = check_object_name(source);
    }
    if (!checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "UploadPartCopy",
              .method = http::Method::put,
              .target = upload.object,
              .query = part_query(upload, number),
              .headers = {{"x-amz-copy-source",
                           sigv4::encode_path('/' + source.bucket + '/' + source.key)}},
              .effect = Effect::change};
    if (range) {
        const std::uint64_t first = range->first.value();
        call.headers.emplace_back("x-amz-copy-source-range",
                                  "bytes=" + std::to_string(first) + '-' +
                                      std::to_string(first + range->length.value() - 1));
    }
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    auto outcome = late_outcome("UploadPartCopy", *answer, "CopyPartResult");
    if (!outcome) {
        co_return std::unexpected(std::move(outcome.error()));
    }
    co_return StoredPart{number, std::move(outcome->etag), outcome->crc64nvme};
}

Task<Result<PartPage>> S3Client::list_parts(MultipartName upload, std::optional<PartNumber> after,
                                            unsigned limit) {
    if (auto checked = check_upload(upload); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "ListParts",
              .target = upload.object,
              .query = {{"uploadId", upload.upload_id}, {"max-parts", std::to_string(limit)}}};
    if (after) {
        call.query.emplace_back("part-number-marker", std::to_string(after->value()));
    }
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return readable(parse_part_page(answer->body), Effect::none);
}

Task<Result<std::string>> S3Client::complete_multipart(MultipartName upload, PartList list) {
    auto checked = check_upload(upload);
    if (checked) {
        checked = check_part_list(list);
    }
    if (!checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    auto answer = co_await caller_.perform(complete_call(std::move(upload), list));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    auto outcome =
        late_outcome("CompleteMultipartUpload", *answer, "CompleteMultipartUploadResult");
    if (!outcome) {
        co_return std::unexpected(std::move(outcome.error()));
    }
    co_return std::move(outcome->etag);
}

Task<Result<>> S3Client::abort_multipart(MultipartName upload) {
    if (auto checked = check_upload(upload); !checked) {
        co_return checked;
    }
    Call call{.operation = "AbortMultipartUpload",
              .method = http::Method::delete_,
              .target = upload.object,
              .query = {{"uploadId", upload.upload_id}},
              .effect = Effect::change};
    auto answer = co_await caller_.perform(std::move(call));
    co_return answer ? Result<>() : std::unexpected(std::move(answer.error()));
}

Task<Result<MultipartPage>> S3Client::list_multiparts(MultipartQuery query) {
    if (auto checked = check_bucket_name(query.bucket); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    // Without encoding-type: Ceph 16 then encodes keys and does not say so, Swift 2.30 says so and
    // leaves the markers as they are. Keys of ours have nothing that XML cannot hold.
    Call call{.operation = "ListMultipartUploads",
              .target = {std::move(query.bucket), ""},
              .query = {{"uploads", ""},
                        {"max-uploads", std::to_string(query.limit)},
                        {"prefix", std::move(query.prefix)}}};
    if (query.after) {
        call.query.emplace_back("key-marker", std::move(query.after->key));
        if (!query.after->upload_id.empty()) {
            call.query.emplace_back("upload-id-marker", std::move(query.after->upload_id));
        }
    }
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return readable(parse_multipart_page(answer->body), Effect::none);
}

std::string S3Client::presigned_part(const MultipartName& upload, PartNumber number,
                                     std::chrono::seconds lifetime) const {
    const Call call{.operation = "UploadPart",
                    .method = http::Method::put,
                    .target = upload.object,
                    .query = part_query(upload, number)};
    return caller_.presigned_url(call, lifetime);
}

// Both fields are signed, so that a store refuses a request without them, and checks the body by
// them.
PresignedCall S3Client::presigned_part(const MultipartName& upload, PartNumber number,
                                       const ExactBody& body, std::chrono::seconds lifetime) const {
    const Call call{
        .operation = "UploadPart",
        .method = http::Method::put,
        .target = upload.object,
        .query = part_query(upload, number),
        .headers = {{"Content-Length", std::to_string(body.length.value())},
                    {"x-amz-checksum-sha256", encode_base64(body.sha256.bytes)}},
    };
    return {caller_.presigned_url(call, lifetime), call.headers};
}

}  // namespace slipway::adapters::s3

#include "s3fake/fake_operation.hpp"

#include <array>
#include <set>

namespace slipway::s3fake {

namespace {

using http::Method;

const std::set<std::string, std::less<>> kParameters{
    "continuation-token", "cors",      "delimiter",          "encoding-type", "key-marker",
    "lifecycle",          "list-type", "max-keys",           "max-parts",     "max-uploads",
    "partNumber",         "policy",    "part-number-marker", "prefix",        "start-after",
    "uploadId",           "uploads",   "upload-id-marker",
};

const std::set<std::string, std::less<>> kFields{
    "x-amz-checksum-algorithm",     "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",     "x-amz-checksum-mode",
    "x-amz-checksum-sha256",        "x-amz-checksum-type",
    "x-amz-content-sha256",         "x-amz-copy-source",
    "x-amz-copy-source-range",      "x-amz-date",
    "x-amz-decoded-content-length", "x-amz-mp-object-size",
    "x-amz-security-token",         "x-amz-trailer",
};

std::string object_operation(const FakeRequest& request) {
    const bool has_upload = request.query.contains("uploadId");
    switch (request.method) {
        case Method::get:
            return has_upload ? "ListParts" : "GetObject";
        case Method::head:
            return "HeadObject";
        case Method::put:
            if (!has_upload) {
                return "PutObject";
            }
            return request.headers.find("x-amz-copy-source") ? "UploadPartCopy" : "UploadPart";
        case Method::post:
            if (has_upload) {
                return "CompleteMultipartUpload";
            }
            return request.query.contains("uploads") ? "CreateMultipartUpload" : "";
        case Method::delete_:
            return has_upload ? "AbortMultipartUpload" : "DeleteObject";
        default:
            return "";
    }
}

std::string bucket_operation(const FakeRequest& request) {
    const bool is_configuration = request.query.contains("lifecycle") ||
                                  request.query.contains("cors") ||
                                  request.query.contains("policy");
    switch (request.method) {
        case Method::get:
            if (is_configuration) {
                return "GetConfiguration";
            }
            return request.query.contains("uploads") ? "ListMultipartUploads" : "ListObjectsV2";
        case Method::head:
            return "HeadBucket";
        case Method::put:
            return is_configuration ? "PutConfiguration" : "CreateBucket";
        case Method::delete_:
            return "DeleteBucket";
        default:
            return "";
    }
}

}  // namespace

FakeRequest understand(const http::RequestHead& head) {
    FakeRequest request;
    request.method = head.method;
    request.headers = head.headers;
    for (const auto& [name, value] : head.target.query) {
        if (!name.starts_with("X-Amz-")) {
            request.query.emplace(name, value);
        }
    }
    const auto& segments = head.target.segments;
    if (segments.empty()) {
        request.operation = head.method == Method::get ? "ListBuckets" : "";
        return request;
    }
    request.bucket = segments.front();
    for (std::size_t i = 1; i < segments.size(); ++i) {
        request.key += (i > 1 ? "/" : "") + segments[i];
    }
    request.operation = request.key.empty() ? bucket_operation(request) : object_operation(request);
    return request;
}

std::optional<FakeError> check_strictly(const FakeRequest& request) {
    for (const auto& [name, value] : request.query) {
        if (!kParameters.contains(name)) {
            return FakeError{400, "InvalidArgument", "the parameter " + name};
        }
    }
    for (const auto& [name, value] : request.headers.lines()) {
        std::string lowered = name;
        for (char& c : lowered) {
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
        if (lowered.starts_with("x-amz-") && !lowered.starts_with("x-amz-meta-") &&
            !kFields.contains(lowered)) {
            return FakeError{400, "InvalidArgument", "the field " + name};
        }
    }
    return std::nullopt;
}

}  // namespace slipway::s3fake

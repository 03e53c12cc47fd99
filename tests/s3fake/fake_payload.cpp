#include "s3fake/fake_payload.hpp"

#include <charconv>

#include "base/encoding.hpp"
#include "hash/digester.hpp"
#include "sigv4/signer.hpp"

namespace slipway::s3fake {

namespace {

template <class Hasher>
std::string base64_of(std::string_view bytes) {
    Hasher hasher;
    hasher.update(std::as_bytes(std::span(bytes)));
    return encode_base64(hasher.finish().bytes);
}

struct Unframed {
    std::string bytes;
    std::string trailer;  // "name:value"
};

// Strict: sizes in lower-case hexadecimal, chunks of 8 KiB at least but for the last, one trailer,
// nothing behind it.
std::optional<Unframed> unframe(std::string_view raw) {
    constexpr std::string_view kEnd = "\r\n";
    Unframed out;
    std::size_t last_size = SIZE_MAX;
    while (true) {
        const auto line_end = raw.find(kEnd);
        std::size_t size = 0;
        const auto read =
            std::from_chars(raw.data(), raw.data() + std::min(line_end, raw.size()), size, 16);
        if (line_end == std::string_view::npos || read.ptr != raw.data() + line_end) {
            return std::nullopt;
        }
        raw.remove_prefix(line_end + kEnd.size());
        if (size == 0) {
            break;
        }
        if (last_size < (8 << 10) || raw.size() < size + kEnd.size() ||
            raw.substr(size, kEnd.size()) != kEnd) {
            return std::nullopt;
        }
        out.bytes += raw.substr(0, size);
        raw.remove_prefix(size + kEnd.size());
        last_size = size;
    }
    const auto trailer_end = raw.find(kEnd);
    if (trailer_end == std::string_view::npos || raw.substr(trailer_end + kEnd.size()) != kEnd) {
        return std::nullopt;
    }
    out.trailer = raw.substr(0, trailer_end);
    return out;
}

std::optional<FakeError> take_chunked(FakeRequest& request, const std::string& raw) {
    auto unframed = unframe(raw);
    const std::string expected = request.header("x-amz-decoded-content-length");
    if (!unframed || std::to_string(unframed->bytes.size()) != expected) {
        return FakeError{400, "IncompleteBody", "broken aws-chunked framing"};
    }
    const auto colon = unframed->trailer.find(':');
    if (unframed->trailer.substr(0, colon) != request.header("x-amz-trailer") ||
        colon == std::string::npos) {
        return FakeError{400, "MalformedTrailerError", "another trailer than announced"};
    }
    request.headers.set(unframed->trailer.substr(0, colon), unframed->trailer.substr(colon + 1));
    request.body = std::move(unframed->bytes);
    return std::nullopt;
}

std::optional<FakeError> check_stated(FakeRequest& request, const FakeOptions& options) {
    const std::string md5 = request.header("Content-MD5");
    if (!md5.empty() && md5 != base64_of<hash::Md5Hasher>(request.body)) {
        return FakeError{400, "BadDigest", "Content-MD5"};
    }
    if (!options.checks_checksums) {
        return std::nullopt;
    }
    const std::string crc64 = request.header("x-amz-checksum-crc64nvme");
    const std::string crc32c = request.header("x-amz-checksum-crc32c");
    const std::string sha256 = request.header("x-amz-checksum-sha256");
    const bool is_wrong =
        (!crc64.empty() && crc64 != base64_of<hash::Crc64NvmeHasher>(request.body)) ||
        (!crc32c.empty() && crc32c != base64_of<hash::Crc32cHasher>(request.body)) ||
        (!sha256.empty() && sha256 != base64_of<hash::Sha256Hasher>(request.body));
    if (is_wrong) {
        return FakeError{400, "BadDigest", "a checksum"};
    }
    if (!crc64.empty()) {
        request.crc64nvme = crc64;
    }
    return std::nullopt;
}

}  // namespace

std::optional<FakeError> take_payload(FakeRequest& request, std::string raw,
                                      const Admission& admission, const FakeOptions& options) {
    // In a Complete these fields are about the whole object, not about the body of the call.
    const bool is_complete = request.operation == "CompleteMultipartUpload";
    if (admission.payload == sigv4::kUnsignedPayloadTrailer &&
        options.chunked != Chunked::stored_raw) {
        if (options.chunked == Chunked::refused) {
            return FakeError{501, "NotImplemented", "aws-chunked"};
        }
        if (request.header("Content-Encoding") != "aws-chunked") {
            return FakeError{400, "InvalidRequest", "no Content-Encoding: aws-chunked"};
        }
        if (auto wrong = take_chunked(request, raw)) {
            return wrong;
        }
        return check_stated(request, options);
    }
    const bool is_word = admission.payload == sigv4::kUnsignedPayload ||
                         admission.payload == sigv4::kUnsignedPayloadTrailer;
    if (!is_word && admission.payload != sigv4::payload_hash(raw)) {
        return FakeError{400, "XAmzContentSHA256Mismatch", "the body is another than was signed"};
    }
    request.body = std::move(raw);
    if (is_complete) {
        return std::nullopt;
    }
    return check_stated(request, options);
}

}  // namespace slipway::s3fake

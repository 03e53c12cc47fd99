#include "adapters/s3/answers.hpp"

#include "adapters/s3/answer_time.hpp"
#include "adapters/s3/xml.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::size_t kMaxMessage = 512;

Error broken(std::string_view what) {
    return Error{Errc::invalid, "an answer of the store without a usable " + std::string(what)};
}

// Keys come percent-encoded when that was asked for and the store knows of it.
class KeyText {
 public:
    explicit KeyText(const XmlElement& list) : encoded_(list.text_of("EncodingType") == "url") {}

    std::optional<std::string> child_of(const XmlElement& element, std::string_view name) const {
        auto text = element.text_of(name);
        if (!text || !encoded_) {
            return text;
        }
        // The encoding is that of a query: some stores write a space as a plus.
        std::string spaced = *std::move(text);
        for (char& c : spaced) {
            c = c == '+' ? ' ' : c;
        }
        return decode_percent(spaced);
    }

 private:
    bool encoded_;
};

std::optional<WallTime> time_of(const XmlElement& element, std::string_view name) {
    const auto text = element.text_of(name);
    return text ? parse_rfc3339(*text) : std::nullopt;
}

std::optional<PartNumber> part_number_of(const XmlElement& element, std::string_view name) {
    const auto number = element.number_of(name);
    const bool fits = number && *number >= 1 && *number <= 100'000;
    return fits ? std::optional(PartNumber(static_cast<std::uint32_t>(*number))) : std::nullopt;
}

}  // namespace

std::string bare_etag(std::string_view etag) {
    if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) {
        etag = etag.substr(1, etag.size() - 2);
    }
    return std::string(etag);
}

std::optional<Crc64Nvme> parse_crc64nvme(std::string_view text) {
    Crc64Nvme value;
    return decode_base64(text, value.bytes) ? std::optional(value) : std::nullopt;
}

std::optional<Sha256> parse_sha256(std::string_view text) {
    Sha256 value;
    return decode_base64(text, value.bytes) ? std::optional(value) : std::nullopt;
}

StoreError parse_error(unsigned status, std::string_view body) {
    StoreError error{.status = status, .code = {}, .message = {}};
    const auto document = XmlDocument::parse(body);
    if (document && document->root().name() == "Error") {
        error.code = document->root().text_of("Code").value_or("");
        error.message = document->root().text_of("Message").value_or("").substr(0, kMaxMessage);
    }
    return error;
}

Result<std::string> parse_create_multipart(std::string_view body) {
    const auto document = XmlDocument::parse_as(body, "InitiateMultipartUploadResult");
    if (!document) {
        return std::unexpected(document.error());
    }
    auto id = document->root().text_of("UploadId");
    if (!id || id->empty()) {
        return std::unexpected(broken("UploadId"));
    }
    return *std::move(id);
}

Result<PartPage> parse_part_page(std::string_view body) {
    const auto document = XmlDocument::parse_as(body, "ListPartsResult");
    if (!document) {
        return std::unexpected(document.error());
    }
    PartPage page;
    for (const auto& part : document->root().children("Part")) {
        const auto number = part_number_of(part, "PartNumber");
        const auto size = part.number_of("Size");
        const auto etag = part.text_of("ETag");
        if (!number || !size || !etag) {
            return std::unexpected(broken("Part"));
        }
        page.parts.push_back({*number, bare_etag(*etag), ByteCount(*size),
                              parse_crc64nvme(part.text_of("ChecksumCRC64NVME").value_or("")),
                              parse_sha256(part.text_of("ChecksumSHA256").value_or(""))});
    }
    if (document->root().is_true("IsTruncated")) {
        page.next = part_number_of(document->root(), "NextPartNumberMarker");
        if (!page.next) {
            return std::unexpected(broken("NextPartNumberMarker"));
        }
    }
    return page;
}

Result<MultipartPage> parse_multipart_page(std::string_view body) {
    const auto document = XmlDocument::parse_as(body, "ListMultipartUploadsResult");
    if (!document) {
        return std::unexpected(document.error());
    }
    const auto root = document->root();
    const KeyText keys(root);
    MultipartPage page;
    for (const auto& upload : root.children("Upload")) {
        auto key = keys.child_of(upload, "Key");
        auto id = upload.text_of("UploadId");
        if (!key || !id || id->empty()) {
            return std::unexpected(broken("Upload"));
        }
        page.uploads.push_back({*std::move(key), *std::move(id), time_of(upload, "Initiated")});
    }
    if (root.is_true("IsTruncated")) {
        const auto key = keys.child_of(root, "NextKeyMarker");
        if (key && !key->empty()) {
            page.next = {*key, root.text_of("NextUploadIdMarker").value_or("")};
        } else if (!page.uploads.empty()) {
            // Swift 2.30 names none behind a page of one.
            page.next = {page.uploads.back().key, page.uploads.back().upload_id};
        } else {
            return std::unexpected(broken("NextKeyMarker"));
        }
    }
    return page;
}

Result<ObjectPage> parse_object_page(std::string_view body) {
    const auto document = XmlDocument::parse_as(body, "ListBucketResult");
    if (!document) {
        return std::unexpected(document.error());
    }
    const auto root = document->root();
    const KeyText keys(root);
    ObjectPage page;
    for (const auto& object : root.children("Contents")) {
        auto key = keys.child_of(object, "Key");
        const auto size = object.number_of("Size");
        if (!key || !size) {
            return std::unexpected(broken("Contents"));
        }
        page.objects.push_back({*std::move(key), ByteCount(*size),
                                bare_etag(object.text_of("ETag").value_or("")),
                                time_of(object, "LastModified")});
    }
    for (const auto& prefix : root.children("CommonPrefixes")) {
        auto text = keys.child_of(prefix, "Prefix");
        if (!text) {
            return std::unexpected(broken("Prefix"));
        }
        page.prefixes.push_back(*std::move(text));
    }
    if (root.is_true("IsTruncated")) {
        page.next = root.text_of("NextContinuationToken");
        if (!page.next || page.next->empty()) {
            return std::unexpected(broken("NextContinuationToken"));
        }
    }
    return page;
}

Result<std::vector<std::string>> parse_bucket_list(std::string_view body) {
    const auto document = XmlDocument::parse_as(body, "ListAllMyBucketsResult");
    if (!document) {
        return std::unexpected(document.error());
    }
    std::vector<std::string> names;
    if (const auto buckets = document->root().child("Buckets")) {
        for (const auto& bucket : buckets->children("Bucket")) {
            auto name = bucket.text_of("Name");
            if (!name) {
                return std::unexpected(broken("Name"));
            }
            names.push_back(*std::move(name));
        }
    }
    return names;
}

Result<LateOutcome> parse_late_outcome(std::string_view body, std::string_view root) {
    const auto document = XmlDocument::parse(body);
    if (!document) {
        return std::unexpected(document.error());
    }
    LateOutcome outcome;
    if (document->root().name() == "Error") {
        outcome.error = parse_error(200, body);
        return outcome;
    }
    if (document->root().name() != root) {
        return std::unexpected(broken(root));
    }
    outcome.etag = bare_etag(document->root().text_of("ETag").value_or(""));
    outcome.crc64nvme = parse_crc64nvme(document->root().text_of("ChecksumCRC64NVME").value_or(""));
    return outcome;
}

}  // namespace slipway::adapters::s3

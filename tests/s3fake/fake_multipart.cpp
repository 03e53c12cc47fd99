// The fake's calls about multipart uploads.
#include <algorithm>

#include "adapters/s3/xml.hpp"
#include "base/encoding.hpp"
#include "hash/crc_combine.hpp"
#include "hash/digester.hpp"
#include "s3fake/fake_calls.hpp"

namespace slipway::s3fake {

namespace {

unsigned part_number_of(const CallContext& call) {
    const auto number = number_parameter(call.request, "partNumber", 0, call.options.max_parts);
    if (number == 0) {
        throw FakeError{400, "InvalidArgument", "partNumber"};
    }
    return static_cast<unsigned>(number);
}

Crc64Nvme crc64_of(const std::string& base64) {
    Crc64Nvme value;
    if (!decode_base64(base64, value.bytes)) {
        throw FakeError{400, "InvalidRequest", "a checksum is no base64"};
    }
    return value;
}

struct ListedNumber {
    unsigned number;
    std::string etag;
    std::string crc64nvme;
    std::string sha256;
};

std::vector<ListedNumber> parse_list(const std::string& body) {
    const auto document = adapters::s3::XmlDocument::parse_as(body, "CompleteMultipartUpload");
    if (!document) {
        throw FakeError{400, "MalformedXML", document.error().detail};
    }
    std::vector<ListedNumber> list;
    for (const auto& part : document->root().children("Part")) {
        const auto number = part.number_of("PartNumber");
        const auto etag = part.text_of("ETag");
        if (!number || !etag || !etag->starts_with('"')) {
            throw FakeError{400, "MalformedXML", "a part without its number or quoted ETag"};
        }
        if (!list.empty() && *number <= list.back().number) {
            throw FakeError{400, "InvalidPartOrder"};
        }
        list.push_back({static_cast<unsigned>(*number), *etag,
                        part.text_of("ChecksumCRC64NVME").value_or(""),
                        part.text_of("ChecksumSHA256").value_or("")});
    }
    if (list.empty()) {
        throw FakeError{400, "MalformedXML", "no parts"};
    }
    return list;
}

// The object that the listed parts make.
FakeObject assemble(const CallContext& call, const FakeUpload& upload,
                    const std::vector<ListedNumber>& list) {
    auto bytes = std::make_shared<std::string>();
    std::string digests;
    Crc64Nvme crc64 = hash::kCrc64NvmeOfNothing;
    bool has_crc64 = true;
    for (const auto& listed : list) {
        const auto part = upload.parts.find(listed.number);
        if (part == upload.parts.end() || quoted(part->second.etag) != listed.etag ||
            (call.options.checks_checksums && !listed.crc64nvme.empty() &&
             listed.crc64nvme != part->second.crc64nvme) ||
            (upload.wants_sha256 && listed.sha256 != part->second.sha256)) {
            throw FakeError{400, "InvalidPart", std::to_string(listed.number)};
        }
        const std::string& own = *part->second.bytes;
        if (own.size() < call.options.min_part.value() && &listed != &list.back()) {
            throw FakeError{400, "EntityTooSmall", std::to_string(listed.number)};
        }
        *bytes += own;
        Md5 md5;
        decode_hex(part->second.etag, md5.bytes);
        digests.append(reinterpret_cast<const char*>(md5.bytes.data()), md5.bytes.size());
        has_crc64 = has_crc64 && part->second.crc64nvme;
        if (has_crc64) {
            crc64 = hash::combine_crc64nvme(crc64, crc64_of(*part->second.crc64nvme),
                                            ByteCount(own.size()));
        }
    }
    return {.bytes = std::move(bytes),
            .etag = md5_hex(digests) + '-' + std::to_string(list.size()),
            .attributes = upload.attributes,
            .crc64nvme = has_crc64 ? std::optional(encode_base64(crc64.bytes)) : std::nullopt,
            .modified = call.now};
}

void check_whole(const CallContext& call, const FakeObject& object) {
    const std::string size = call.request.header("x-amz-mp-object-size");
    if (call.options.checks_object_size && !size.empty() &&
        size != std::to_string(object.bytes->size())) {
        throw FakeError{400, "InvalidRequest", "x-amz-mp-object-size"};
    }
    const std::string crc64 = call.request.header("x-amz-checksum-crc64nvme");
    if (call.options.checks_checksums && !crc64.empty() && crc64 != object.crc64nvme) {
        throw FakeError{400, "BadDigest", "x-amz-checksum-crc64nvme"};
    }
}

FakeAnswer completed(const CallContext& call, const std::string& etag) {
    const std::string told = call.options.tells_complete_etag ? quoted(etag) : std::string();
    FakeAnswer answer =
        xml_answer("CompleteMultipartUploadResult", xml_element("Bucket", call.request.bucket) +
                                                        xml_element("Key", call.request.key) +
                                                        xml_element("ETag", told));
    // As a store does that keeps the connection alive while it works.
    answer.body.insert(answer.body.find('\n'), "  \r\n ");
    return answer;
}

FakeAnswer stored_part(FakePart part, FakeUpload& upload, unsigned number) {
    FakeAnswer answer;
    answer.headers.set("ETag", quoted(part.etag));
    if (part.crc64nvme) {
        answer.headers.set("x-amz-checksum-crc64nvme", *part.crc64nvme);
    }
    upload.parts.insert_or_assign(number, std::move(part));
    return answer;
}

}  // namespace

FakeAnswer create_multipart(const CallContext& call) {
    FakeBucket& bucket = call.bucket();
    // With what a query has to encode.
    const std::string id = "u+/=" + std::to_string(++call.state.uploads_begun);
    bucket.uploads[id] = {
        .key = call.request.key,
        .attributes = attributes_of(call.request),
        .wants_crc64nvme = call.options.checks_checksums &&
                           call.request.header("x-amz-checksum-algorithm") == "CRC64NVME",
        .wants_sha256 = call.options.checks_checksums &&
                        call.request.header("x-amz-checksum-algorithm") == "SHA256",
        .initiated = call.now,
        .parts = {}};
    return xml_answer("InitiateMultipartUploadResult", xml_element("Bucket", call.request.bucket) +
                                                           xml_element("Key", call.request.key) +
                                                           xml_element("UploadId", id));
}

FakeAnswer upload_part(const CallContext& call) {
    FakeUpload& upload = call.upload();
    const unsigned number = part_number_of(call);
    if (upload.wants_crc64nvme && !call.request.crc64nvme) {
        throw FakeError{400, "InvalidRequest", "the part has no CRC64NVME"};
    }
    const std::string sha256 = call.request.header("x-amz-checksum-sha256");
    if (upload.wants_sha256 && sha256.empty()) {
        throw FakeError{400, "InvalidRequest", "the part has no SHA256"};
    }
    return stored_part({.bytes = std::make_shared<std::string>(call.request.body),
                        .etag = md5_hex(call.request.body),
                        .crc64nvme = call.request.crc64nvme,
                        .modified = call.now,
                        .sha256 = upload.wants_sha256 ? std::optional(sha256) : std::nullopt},
                       upload, number);
}

FakeAnswer copy_part(const CallContext& call) {
    FakeUpload& upload = call.upload();
    const unsigned number = part_number_of(call);
    const std::string source =
        decode_percent(call.request.header("x-amz-copy-source")).value_or("");
    const auto slash = source.find('/', 1);
    const auto bucket = call.state.buckets.find(source.substr(1, slash - 1));
    if (!source.starts_with('/') || slash == std::string::npos ||
        bucket == call.state.buckets.end()) {
        throw FakeError{400, "InvalidArgument", "x-amz-copy-source"};
    }
    const auto object = bucket->second.objects.find(source.substr(slash + 1));
    if (object == bucket->second.objects.end()) {
        throw FakeError{404, "NoSuchKey"};
    }
    const std::string& all = *object->second.bytes;
    const Slice slice = slice_of(call.request.header("x-amz-copy-source-range"), all.size());
    auto bytes = std::make_shared<std::string>(all.substr(slice.first, slice.count));
    hash::Crc64NvmeHasher hasher;
    hasher.update(std::as_bytes(std::span(*bytes)));
    FakePart part{.bytes = bytes,
                  .etag = md5_hex(*bytes),
                  .crc64nvme = encode_base64(hasher.finish().bytes),
                  .modified = call.now};
    const std::string etag = part.etag;
    stored_part(std::move(part), upload, number);
    return xml_answer("CopyPartResult", xml_element("ETag", quoted(etag)));
}

FakeAnswer list_parts(const CallContext& call) {
    const FakeUpload& upload = call.upload();
    const auto after = number_parameter(call.request, "part-number-marker", 0, 10'000);
    const auto limit = number_parameter(call.request, "max-parts", 1000, 1000);
    std::string content;
    std::size_t count = 0;
    unsigned last = 0;
    auto at = upload.parts.upper_bound(static_cast<unsigned>(after));
    for (; at != upload.parts.end() && count < limit; ++at, ++count) {
        const auto& [number, part] = *at;
        content += "<Part>" + xml_element("PartNumber", std::to_string(number)) +
                   xml_element("ETag", quoted(part.etag)) +
                   xml_element("Size", std::to_string(part.bytes->size())) +
                   (part.crc64nvme ? xml_element("ChecksumCRC64NVME", *part.crc64nvme) : "") +
                   (part.sha256 ? xml_element("ChecksumSHA256", *part.sha256) : "") + "</Part>";
        last = number;
    }
    const bool is_truncated = at != upload.parts.end();
    content += xml_element("NextPartNumberMarker", std::to_string(last)) +
               xml_element("IsTruncated", is_truncated ? "true" : "false");
    return xml_answer("ListPartsResult", content);
}

FakeAnswer complete_multipart(const CallContext& call) {
    FakeBucket& bucket = call.bucket();
    const std::string id = call.request.parameter("uploadId");
    const auto before = bucket.completed.find(id);
    if (before != bucket.completed.end() &&
        call.options.second_complete == SecondComplete::replayed) {
        return completed(call, before->second);
    }
    const FakeUpload& upload = call.upload();
    FakeObject object = assemble(call, upload, parse_list(call.request.body));
    object.upload_id = id;
    check_whole(call, object);
    check_condition(call, call.options.complete_condition);
    const std::string etag = object.etag;
    bucket.objects.insert_or_assign(call.request.key, std::move(object));
    bucket.uploads.erase(id);
    bucket.completed.emplace(id, etag);
    return completed(call, etag);
}

FakeAnswer abort_multipart(const CallContext& call) {
    FakeBucket& bucket = call.bucket();
    const std::string id = call.request.parameter("uploadId");
    const auto object = bucket.objects.find(call.request.key);
    if (call.options.late_abort == LateAbort::breaks_the_object && bucket.completed.contains(id) &&
        object != bucket.objects.end() && object->second.upload_id == id) {
        object->second.is_broken = true;
        return {.status = 204};
    }
    call.upload();
    bucket.uploads.erase(id);
    return {.status = 204};
}

FakeAnswer list_multiparts(const CallContext& call) {
    const auto limit = number_parameter(call.request, "max-uploads", 1000, 1000);
    const std::string prefix = call.request.parameter("prefix");
    const std::pair after(call.request.parameter("key-marker"),
                          call.request.parameter("upload-id-marker"));
    std::map<std::pair<std::string, std::string>, const FakeUpload*> sorted;
    for (const auto& [id, upload] : call.bucket().uploads) {
        const std::pair place(upload.key, id);
        const bool is_behind =
            after.second.empty() ? after.first.empty() || place.first > after.first : place > after;
        if (upload.key.starts_with(prefix) && is_behind) {
            sorted.emplace(place, &upload);
        }
    }
    if (!call.request.parameter("encoding-type").empty()) {
        throw FakeError{501, "NotImplemented", "keys that are encoded"};
    }
    std::string content;
    std::size_t count = 0;
    for (const auto& [place, upload] : sorted) {
        if (count++ == limit) {
            break;
        }
        content += "<Upload>" + xml_element("Key", place.first) +
                   xml_element("UploadId", place.second) +
                   xml_element("Initiated", format_rfc3339(upload->initiated)) + "</Upload>";
        if (count == limit && sorted.size() > limit) {
            content += xml_element("NextKeyMarker", place.first) +
                       xml_element("NextUploadIdMarker", place.second);
        }
    }
    content += xml_element("IsTruncated", sorted.size() > limit ? "true" : "false");
    return xml_answer("ListMultipartUploadsResult", content);
}

}  // namespace slipway::s3fake

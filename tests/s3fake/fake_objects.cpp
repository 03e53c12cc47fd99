// The fake's calls about objects.
#include <charconv>

#include "base/encoding.hpp"
#include "s3fake/fake_calls.hpp"
#include "sigv4/canonical.hpp"

namespace slipway::s3fake {

namespace {

FakeObject& object_of(const CallContext& call) {
    auto& objects = call.bucket().objects;
    const auto found = objects.find(call.request.key);
    if (found == objects.end()) {
        throw FakeError{404, "NoSuchKey", call.request.key};
    }
    return found->second;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

// One page of a list: where it begins, what it holds, where the next one begins.
struct Listing {
    std::string content;
    std::size_t count = 0;
    std::string last;
    bool is_truncated = false;
};

void list_object(Listing& listing, const std::string& key, const FakeObject& object) {
    listing.content += "<Contents>" + xml_element("Key", sigv4::encode_path(key)) +
                       xml_element("LastModified", format_rfc3339(object.modified)) +
                       xml_element("ETag", quoted(object.etag)) +
                       xml_element("Size", std::to_string(object.bytes->size())) + "</Contents>";
}

Listing list_page(const CallContext& call, const std::string& after, std::size_t limit) {
    const std::string prefix = call.request.parameter("prefix");
    const std::string delimiter = call.request.parameter("delimiter");
    Listing listing;
    std::string last_prefix;
    for (const auto& [key, object] : call.bucket().objects) {
        if (key <= after || !key.starts_with(prefix) ||
            (!last_prefix.empty() && key.starts_with(last_prefix)) ||
            (!delimiter.empty() && after.ends_with(delimiter) && key.starts_with(after))) {
            continue;
        }
        if (listing.count == limit) {
            listing.is_truncated = true;
            break;
        }
        const auto cut = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
        if (cut != std::string::npos) {
            last_prefix = key.substr(0, cut + delimiter.size());
            listing.content += "<CommonPrefixes>" +
                               xml_element("Prefix", sigv4::encode_path(last_prefix)) +
                               "</CommonPrefixes>";
            listing.last = last_prefix;
        } else {
            list_object(listing, key, object);
            listing.last = key;
        }
        ++listing.count;
    }
    return listing;
}

}  // namespace

std::uint64_t number_parameter(const FakeRequest& request, std::string_view name,
                               std::uint64_t fallback, std::uint64_t most) {
    if (!request.query.contains(name)) {
        return fallback;
    }
    const auto value = number(request.parameter(name));
    if (!value || *value > most) {
        throw FakeError{400, "InvalidArgument", std::string(name)};
    }
    return *value;
}

http::Headers attributes_of(const FakeRequest& request) {
    http::Headers attributes;
    for (const auto& [name, value] : request.headers.lines()) {
        if (http::equals_ignoring_case(name, "Content-Type") ||
            http::equals_ignoring_case(std::string_view(name).substr(0, 11), "x-amz-meta-")) {
            attributes.add(name, value);
        }
    }
    return attributes;
}

Slice slice_of(std::string_view range, std::size_t size) {
    if (range.empty()) {
        return {0, size};
    }
    const auto dash = range.find('-');
    const auto first = range.starts_with("bytes=") && dash != std::string_view::npos
                           ? number(range.substr(6, dash - 6))
                           : std::nullopt;
    const auto last = first ? number(range.substr(dash + 1)) : std::nullopt;
    if (!last || *last < *first) {
        throw FakeError{400, "InvalidArgument", "Range"};
    }
    if (*first >= size) {
        throw FakeError{416, "InvalidRange"};
    }
    return {*first, std::min<std::size_t>(*last, size - 1) - *first + 1};
}

void check_condition(const CallContext& call, Condition condition) {
    const std::string wanted = call.request.header("If-None-Match");
    if (wanted.empty() || condition == Condition::ignored) {
        return;
    }
    if (wanted != "*" || condition == Condition::refused) {
        throw FakeError{501, "NotImplemented", "If-None-Match"};
    }
    if (call.bucket().objects.contains(call.request.key)) {
        throw FakeError{412, "PreconditionFailed"};
    }
}

FakeAnswer put_object(const CallContext& call) {
    FakeBucket& bucket = call.bucket();
    check_condition(call, call.options.put_condition);
    FakeObject object{.bytes = std::make_shared<std::string>(call.request.body),
                      .etag = md5_hex(call.request.body),
                      .attributes = attributes_of(call.request),
                      .crc64nvme = call.request.crc64nvme,
                      .modified = call.now};
    FakeAnswer answer;
    answer.headers.set("ETag", quoted(object.etag));
    bucket.objects.insert_or_assign(call.request.key, std::move(object));
    return answer;
}

FakeAnswer get_object(const CallContext& call) {
    const FakeObject& object = object_of(call);
    if (object.is_broken && call.request.method != http::Method::head) {
        throw FakeError{409, "BrokenMPU"};
    }
    const std::string range = call.request.header("Range");
    const Slice slice = slice_of(range, object.bytes->size());
    FakeAnswer answer;
    answer.headers = object.attributes;
    answer.headers.set("ETag", quoted(object.etag));
    answer.headers.set("Last-Modified", format_http_date(object.modified));
    if (object.crc64nvme && call.request.header("x-amz-checksum-mode") == "ENABLED") {
        answer.headers.set("x-amz-checksum-crc64nvme", *object.crc64nvme);
        answer.headers.set("x-amz-checksum-type", "FULL_OBJECT");
    }
    if (!range.empty()) {
        answer.status = 206;
        answer.headers.set("Content-Range", "bytes " + std::to_string(slice.first) + '-' +
                                                std::to_string(slice.first + slice.count - 1) +
                                                '/' + std::to_string(object.bytes->size()));
    }
    answer.body = object.bytes->substr(slice.first, slice.count);
    return answer;
}

FakeAnswer delete_object(const CallContext& call) {
    call.bucket().objects.erase(call.request.key);
    return {.status = 204};
}

FakeAnswer list_objects(const CallContext& call) {
    if (call.request.parameter("list-type") != "2" ||
        call.request.parameter("encoding-type") != "url") {
        throw FakeError{501, "NotImplemented", "another list than ListObjectsV2 with url"};
    }
    const auto limit = number_parameter(call.request, "max-keys", 1000, 1000);
    std::string after = call.request.parameter("start-after");
    const std::string token = call.request.parameter("continuation-token");
    if (!token.empty()) {
        after.assign(token.size() / 2, '\0');
        if (!decode_hex(token, std::as_writable_bytes(std::span(after)))) {
            throw FakeError{400, "InvalidArgument", "continuation-token"};
        }
    }
    const Listing listing = list_page(call, after, limit);
    std::string content = xml_element("IsTruncated", listing.is_truncated ? "true" : "false") +
                          xml_element("EncodingType", "url") + listing.content;
    if (listing.is_truncated) {
        content += xml_element("NextContinuationToken",
                               encode_hex(std::as_bytes(std::span(listing.last))));
    }
    return xml_answer("ListBucketResult", content);
}

}  // namespace slipway::s3fake

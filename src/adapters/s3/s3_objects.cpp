// The calls of S3Client that are about objects.
#include <charconv>

#include "adapters/s3/answers.hpp"
#include "adapters/s3/attributes.hpp"
#include "adapters/s3/object_name.hpp"
#include "adapters/s3/s3_client.hpp"
#include "adapters/s3/unreadable.hpp"

namespace slipway::adapters::s3 {

namespace {

// "bytes 0-9/100", as far as it is needed.
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t size = 0;
};

std::optional<ContentRange> parse_content_range(std::string_view text) {
    ContentRange range;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    const auto literal = [&](std::string_view wanted) {
        const bool there = std::string_view(at, end).starts_with(wanted);
        at += there ? wanted.size() : 0;
        return there;
    };
    const auto number = [&](std::uint64_t& out) {
        const auto read = std::from_chars(at, end, out);
        at = read.ptr;
        return read.ec == std::errc{};
    };
    const bool whole = literal("bytes ") && number(range.first) && literal("-") &&
                       number(range.last) && literal("/") && number(range.size) && at == end;
    return whole ? std::optional(range) : std::nullopt;
}

std::string range_field(const ByteRange& range) {
    const std::uint64_t first = range.first.value();
    return "bytes=" + std::to_string(first) + '-' +
           std::to_string(first + range.length.value() - 1);
}

// That the answer is the range that was asked for, as far as the object has it.
Result<> check_range(const ByteRange& asked, unsigned status, const http::Headers& headers) {
    const auto text = headers.find("Content-Range");
    const auto range = text ? parse_content_range(*text) : std::nullopt;
    const std::uint64_t last = asked.first.value() + asked.length.value() - 1;
    const bool is_asked = status == 206 && range && range->first == asked.first.value() &&
                          range->size > range->last &&
                          range->last == std::min(last, range->size - 1);
    return is_asked ? Result<>()
                    : failure(Errc::unsupported, "GetObject: another range than was asked for");
}

// What is looked at before the body is taken.
http::HeadCheck check_of(std::optional<ByteRange> range, std::string etag) {
    return [range, etag = std::move(etag)](unsigned status, const http::Headers& headers) {
        const auto told = headers.find("ETag");
        if (!etag.empty() && told && bare_etag(*told) != etag) {
            return Result<>(failure(Errc::conflict, "GetObject: it is another object by now"));
        }
        return range ? check_range(*range, status, headers) : Result<>();
    };
}

// Nothing where the answer does not say how large the object is.
std::optional<ByteCount> size_of(const http::Headers& headers) {
    if (const auto text = headers.find("Content-Range")) {
        const auto range = parse_content_range(*text);
        return range ? std::optional(ByteCount(range->size)) : std::nullopt;
    }
    const auto text = headers.find("Content-Length");
    std::uint64_t size = 0;
    const bool read =
        text && std::from_chars(text->data(), text->data() + text->size(), size).ec == std::errc{};
    return read ? std::optional(ByteCount(size)) : std::nullopt;
}

Result<ObjectInfo> info_of(const http::Headers& headers) {
    const auto size = size_of(headers);
    if (!size) {
        return failure(Errc::unavailable, "the store does not say how large an object is");
    }
    return ObjectInfo{
        .size = *size,
        .etag = bare_etag(headers.find("ETag").value_or("")),
        .last_modified = parse_http_date(headers.find("Last-Modified").value_or("")),
        .attributes = attributes_of(headers),
        .crc64nvme = parse_crc64nvme(headers.find("x-amz-checksum-crc64nvme").value_or(""))};
}

}  // namespace

Task<Result<std::string>> S3Client::put_object(ObjectName name, UploadBody body,
                                               ObjectAttributes attributes, Replace replace) {
    auto checked = check_object_name(name);
    if (checked) {
        checked = check_attributes(attributes);
    }
    if (!checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "PutObject",
              .method = http::Method::put,
              .target = std::move(name),
              .headers = fields_of(attributes),
              .body = std::move(body),
              .effect = Effect::change};
    if (replace == Replace::never) {
        call.headers.emplace_back("If-None-Match", "*");
    }
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return bare_etag(answer->headers.find("ETag").value_or(""));
}

Task<Result<ObjectInfo>> S3Client::get_object(ObjectName name, std::optional<ByteRange> range,
                                              http::BodySink sink, std::string etag) {
    if (auto checked = check_object_name(name); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "GetObject", .target = std::move(name)};
    Taking taking{.check = check_of(range, std::move(etag)), .sink = std::move(sink)};
    if (range) {
        if (range->length == 0_B) {
            co_return failure(Errc::invalid, "an empty range");
        }
        call.headers.emplace_back("Range", range_field(*range));
    }
    auto answer = co_await caller_.perform(std::move(call), std::move(taking));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return info_of(answer->headers);
}

Task<Result<ObjectInfo>> S3Client::head_object(ObjectName name) {
    if (auto checked = check_object_name(name); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "HeadObject",
              .method = http::Method::head,
              .target = std::move(name),
              .headers = {{"x-amz-checksum-mode", "ENABLED"}}};
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return info_of(answer->headers);
}

Task<Result<>> S3Client::delete_object(ObjectName name) {
    if (auto checked = check_object_name(name); !checked) {
        co_return checked;
    }
    Call call{.operation = "DeleteObject",
              .method = http::Method::delete_,
              .target = std::move(name),
              .effect = Effect::change};
    auto answer = co_await caller_.perform(std::move(call));
    const bool is_gone = answer || answer.error().code == Errc::not_found;
    co_return is_gone ? Result<>() : std::unexpected(std::move(answer.error()));
}

Task<Result<ObjectPage>> S3Client::list_objects(ObjectQuery query) {
    if (auto checked = check_bucket_name(query.bucket); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = "ListObjectsV2",
              .target = {std::move(query.bucket), ""},
              .query = {{"list-type", "2"},
                        {"encoding-type", "url"},
                        {"max-keys", std::to_string(query.limit)},
                        {"prefix", std::move(query.prefix)}}};
    if (!query.delimiter.empty()) {
        call.query.emplace_back("delimiter", std::move(query.delimiter));
    }
    if (query.page) {
        call.query.emplace_back("continuation-token", *std::move(query.page));
    } else if (!query.after.empty()) {
        call.query.emplace_back("start-after", std::move(query.after));
    }
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return readable(parse_object_page(answer->body), Effect::none);
}

std::string S3Client::presigned_get(const ObjectName& name, std::chrono::seconds lifetime,
                                    const ShownAs& shown) const {
    Call call{.operation = "GetObject", .target = name};
    if (!shown.content_type.empty()) {
        call.query.emplace_back("response-content-type", shown.content_type);
    }
    if (!shown.disposition.empty()) {
        call.query.emplace_back("response-content-disposition", shown.disposition);
    }
    return caller_.presigned_url(call, lifetime);
}

}  // namespace slipway::adapters::s3

#include "cli/api_calls.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <utility>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "cli/json.hpp"
#include "runtime/sleep.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

constexpr int kAccepted = 202;
constexpr std::chrono::milliseconds kVerifyingPause{500};

// Ids become parts of request targets: nothing but an id is taken for one.
Result<std::string> read_id(const json::object& object, std::string_view name) {
    auto text = read_string(object, name);
    if (text && !UploadId::parse(*text)) {
        return failure(Errc::invalid, "the answer's " + std::string(name) + " is no id");
    }
    return text;
}

Result<PartUrl> read_part_url(const json::object& object) {
    const auto number = read_number(object, "part_number");
    auto url = read_string(object, "url");
    if (!number || !url) {
        return std::unexpected(number ? url.error() : number.error());
    }
    PartUrl part{static_cast<std::uint32_t>(*number),
                 http::parse_method(text_of(object, "method")),
                 *std::move(url),
                 {}};
    const auto* headers = object.if_contains("headers");
    if (headers != nullptr && headers->is_object()) {
        for (const auto& [name, value] : headers->get_object()) {
            if (value.is_string()) {
                part.headers.add(name, value.get_string());
            }
        }
    }
    return part;
}

Result<OpenedUpload> read_opened(const json::object& object) {
    auto id = read_id(object, "upload_id");
    const auto chunk_size = read_number(object, "chunk_size");
    // Of free sizes nobody knows it.
    const bool is_counted = text_of(object, "part_sizes") != "free";
    const auto total_parts =
        is_counted ? read_number(object, "total_parts") : Result<std::uint64_t>(0);
    const auto urls = read_array(object, "part_urls");
    if (!id || !chunk_size || !total_parts || !urls) {
        return failure(Errc::invalid, "the answer to init lacks a member");
    }
    OpenedUpload opened{*std::move(id), *chunk_size, static_cast<std::uint32_t>(*total_parts), {}};
    for (const auto& entry : *urls) {
        auto part = entry.is_object() ? read_part_url(entry.get_object())
                                      : failure(Errc::invalid, "a part URL is no object");
        if (!part) {
            return std::unexpected(part.error());
        }
        opened.urls.push_back(*std::move(part));
    }
    return opened;
}

Result<std::vector<StoredPart>> read_parts(const json::object& object) {
    const auto entries = read_array(object, "parts");
    if (!entries) {
        return std::unexpected(entries.error());
    }
    std::vector<StoredPart> parts;
    for (const auto& entry : *entries) {
        if (!entry.is_object()) {
            return failure(Errc::invalid, "a part is no object");
        }
        const auto number = read_number(entry.get_object(), "part_number");
        const auto size = read_number(entry.get_object(), "size");
        const auto digest = read_sha256(entry.get_object(), "sha256");
        if (!number || !size || !digest) {
            return failure(Errc::invalid, "a part lacks a member");
        }
        parts.push_back({static_cast<std::uint32_t>(*number), *size, *digest});
    }
    return parts;
}

bool is_true(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

Result<PartTable> read_upload_table(const json::object& object) {
    auto state = read_string(object, "state");
    const auto chunk_size = read_number(object, "chunk_size");
    const auto total_parts = read_number(object, "total_parts");
    auto parts = read_parts(object);
    if (!state || !chunk_size || !total_parts || !parts) {
        return failure(Errc::invalid, "the answer about the parts lacks a member");
    }
    return PartTable{*std::move(state),
                     *chunk_size,
                     static_cast<std::uint32_t>(*total_parts),
                     number_of(object, "file_size").value_or(0),
                     {},
                     *std::move(parts),
                     is_true(object, "direct")};
}

Result<CompletedFile> read_completed(const json::object& object) {
    auto id = read_id(object, "file_id");
    auto url = read_string(object, "url");
    const auto size = read_number(object, "size");
    const auto chain = read_sha256(object, "chain");
    if (!id || !url || !size || !chain) {
        return failure(Errc::invalid, "the answer to complete lacks a member");
    }
    return CompletedFile{*std::move(id), *std::move(url), *size, *chain};
}

// The object of a successful answer through `read`.
template <class T>
Outcome<T> read_answer(const Outcome<Answer>& answer, Result<T> (*read)(const json::object&)) {
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (!answer->ok()) {
        return fail(*answer);
    }
    const auto object = parse_object(answer->body);
    auto value = object ? read(*object) : std::unexpected(object.error());
    if (!value) {
        return fail(ExitCode::failed,
                    "this is no slipway server, or a newer one: " + value.error().detail);
    }
    return *std::move(value);
}

// Names this one wish: who repeats it because the answer was lost gets the same upload.
std::string random_key() {
    std::random_device source;
    std::array<std::uint32_t, 4> words{};
    std::ranges::generate(words, std::ref(source));
    return encode_hex(std::as_bytes(std::span(words)));
}

std::string describe(const NewUpload& upload) {
    json::object body{{"file_name", upload.file_name}, {"chunk_size", upload.chunk_size}};
    if (upload.sizes == core::PartSizes::free) {
        body["part_sizes"] = "free";
    } else {
        body["file_size"] = upload.file_size;
        body["total_parts"] = upload.total_parts;
    }
    if (!upload.content_type.empty()) {
        body["content_type"] = upload.content_type;
    }
    if (upload.direct) {
        body["direct"] = true;
    }
    if (upload.sha256) {
        body["sha256"] = encode_hex(upload.sha256->view());
    }
    if (!upload.metadata.empty()) {
        json::object metadata;
        for (const auto& [name, value] : upload.metadata) {
            metadata[name] = value;
        }
        body["metadata"] = std::move(metadata);
    }
    return json::serialize(body);
}

std::string describe(const CompletionStatement& statement) {
    json::object body;
    if (statement.total_parts) {
        body["total_parts"] = *statement.total_parts;
    }
    if (statement.sha256) {
        body["sha256"] = encode_hex(statement.sha256->view());
    }
    if (!statement.parts.empty()) {
        json::array parts;
        for (const Sha256& digest : statement.parts) {
            parts.push_back(json::object{{"part_number", parts.size() + 1},
                                         {"sha256", encode_hex(digest.view())}});
        }
        body["parts"] = std::move(parts);
    }
    return body.empty() ? std::string() : json::serialize(body);
}

}  // namespace

bool is_upload_gone(const Failure& failure) {
    return failure.code == "upload_not_found" || failure.code == "upload_aborted" ||
           failure.code == "upload_expired";
}

Task<Outcome<OpenedUpload>> open_upload(ApiClient& api, NewUpload upload) {
    http::Headers headers;
    headers.add("Idempotency-Key", '"' + random_key() + '"');
    co_return read_answer(co_await api.call("init", http::Method::post, "/upload/init",
                                            describe(upload), std::move(headers)),
                          read_opened);
}

Task<Outcome<PartUrl>> part_url(ApiClient& api, std::string upload_id, std::uint32_t number,
                                std::optional<Sha256> sha256) {
    const auto text = std::to_string(number);
    std::string path = "/upload/" + upload_id + "/part?part_number=" + text;
    if (sha256) {
        path += "&sha256=" + encode_hex(sha256->view());
    }
    co_return read_answer(
        co_await api.call("URL of part " + text, http::Method::get, std::move(path)),
        read_part_url);
}

Task<PartUrl> answering_url(ApiClient& api, std::string upload_id, PartUrl url) {
    if (api.is_away(url.url)) {
        auto other = co_await part_url(api, std::move(upload_id), url.number);
        if (other) {
            co_return *std::move(other);
        }
    }
    co_return url;
}

Task<Outcome<PartTable>> uploaded_parts(ApiClient& api, std::string upload_id) {
    co_return read_answer(
        co_await api.call("parts", http::Method::get, "/upload/chunks?upload_id=" + upload_id),
        read_upload_table);
}

Task<Outcome<CompletedFile>> complete_upload(ApiClient& api, std::string upload_id,
                                             CompletionStatement statement) {
    const std::string body = describe(statement);
    for (;;) {
        const auto answer = co_await api.call("complete", http::Method::post,
                                              "/upload/" + upload_id + "/complete", body);
        if (!answer || answer->status != kAccepted) {
            co_return read_answer(answer, read_completed);
        }
        // The digest of the whole is being worked out, or the parts brought into order. The server
        // waits a while with each answer; a file of any size ends it.
        co_await runtime::sleep_for(kVerifyingPause);
    }
}

Task<Outcome<Answer>> abort_upload(ApiClient& api, std::string upload_id) {
    co_return co_await api.call("abort", http::Method::delete_, "/upload/" + upload_id);
}

Task<Outcome<PartTable>> file_parts(ApiClient& api, std::string file_id) {
    co_return read_answer(
        co_await api.call("parts", http::Method::get, "/files/" + file_id + "/parts"),
        read_file_table);
}

Task<Outcome<std::string>> file_parts_text(ApiClient& api, std::string file_id) {
    auto answer = co_await api.call("parts", http::Method::get, "/files/" + file_id + "/parts");
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (!answer->ok()) {
        co_return fail(*answer);
    }
    co_return std::move(answer->body);
}

Result<PartTable> read_file_table(const json::object& object) {
    const auto chunk_size = read_number(object, "chunk_size");
    const auto size = read_number(object, "size");
    const auto chain = read_sha256(object, "chain");
    auto parts = read_parts(object);
    if (!chunk_size || !size || !chain || !parts) {
        return failure(Errc::invalid, "the answer about the parts lacks a member");
    }
    const auto total = static_cast<std::uint32_t>(parts->size());
    return PartTable{"complete", *chunk_size, total, *size, *chain, *std::move(parts)};
}

}  // namespace slipway::cli

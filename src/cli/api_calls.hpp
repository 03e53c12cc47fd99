// The calls that the commands make, typed: what they send and what they want to know of the answer.
// Each fails as ApiClient::exchange() does, with failure_of(answer) for a status that is no
// success, and with `failed` for an answer that is not the protocol's.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "cli/api_client.hpp"
#include "core/upload.hpp"

namespace slipway::cli {

struct NewUpload {
    std::string file_name;
    std::uint64_t file_size = 0;
    std::uint64_t chunk_size = 0;
    std::uint32_t total_parts = 0;
    core::PartSizes sizes =
        core::PartSizes::fixed;    // free: neither size nor number of parts is told
    std::string content_type;      // empty: not stated
    std::optional<Sha256> sha256;  // of the whole file
    std::map<std::string, std::string> metadata;
    bool direct = false;  // its parts go to the server's store
};

struct PartUrl {
    std::uint32_t number = 0;
    http::Method method = http::Method::put;
    std::string url;
    http::Headers headers;
};

struct OpenedUpload {
    std::string id;
    std::uint64_t chunk_size = 0;
    std::uint32_t total_parts = 0;
    std::vector<PartUrl> urls;
};

struct StoredPart {
    std::uint32_t number = 0;
    std::uint64_t size = 0;
    Sha256 sha256;
};

// Of an upload, or of a file: then the state is "complete".
struct PartTable {
    std::string state;
    std::uint64_t chunk_size = 0;
    std::uint32_t total_parts = 0;
    std::uint64_t size = 0;
    Sha256 chain;  // of a file
    std::vector<StoredPart> parts;
    bool direct = false;  // of an upload
};

struct CompletedFile {
    std::string id;
    std::string url;
    std::uint64_t size = 0;
    Sha256 chain;
};

// Whether a call failed because its upload is not there, or no longer.
bool is_upload_gone(const Failure& failure);

Task<Outcome<OpenedUpload>> open_upload(ApiClient& api, NewUpload upload);
// `sha256`: of the part, where the upload is direct.
Task<Outcome<PartUrl>> part_url(ApiClient& api, std::string upload_id, std::uint32_t number,
                                std::optional<Sha256> sha256 = std::nullopt);
// The URL of a part as it is, or where its server has just failed, one that another signs for
// itself.
Task<PartUrl> answering_url(ApiClient& api, std::string upload_id, PartUrl url);
// What the server has of an upload.
Task<Outcome<PartTable>> uploaded_parts(ApiClient& api, std::string upload_id);
// What Complete is told: nothing of what it knows.
struct CompletionStatement {
    std::optional<std::uint32_t> total_parts;
    std::optional<Sha256> sha256;    // of the whole file
    std::vector<Sha256> parts = {};  // of all of them, in order; empty: not stated
};
Task<Outcome<CompletedFile>> complete_upload(ApiClient& api, std::string upload_id,
                                             CompletionStatement statement = {});
// The answer of any status: absent uploads are not a failure to everyone.
Task<Outcome<Answer>> abort_upload(ApiClient& api, std::string upload_id);
Task<Outcome<PartTable>> file_parts(ApiClient& api, std::string file_id);
// The same as the server told it.
Task<Outcome<std::string>> file_parts_text(ApiClient& api, std::string file_id);
// Errors: invalid.
Result<PartTable> read_file_table(const boost::json::object& object);

}  // namespace slipway::cli

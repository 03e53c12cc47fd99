// FileRecord: what a server says of a file's parts (the body of GET /files/{id}/parts), kept as a
// file, with which the bytes can be verified without the server.
#pragma once

#include <string>
#include <string_view>

#include "cli/api_calls.hpp"

namespace slipway::cli {

struct FileRecord {
    std::string file_id;
    PartTable table;
};

// Members that it does not know are ignored: the record may be of a newer server. `corrupt` when
// the parts do not make up the chain, `failed` when it is no record.
Outcome<FileRecord> parse_file_record(std::string_view text);

Outcome<std::string> read_record_file(const std::string& path);
// Replaces the file as a whole, or leaves it.
Outcome<> write_record_file(const std::string& path, std::string_view text);

}  // namespace slipway::cli

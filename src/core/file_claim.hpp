// Temporary files: files with an expiry, which a client claims to keep them. What is not claimed in
// time is gone.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "core/upload.hpp"

namespace slipway::core {

// What becomes of a file when it is claimed; what is absent stays as it was.
struct FileClaim {
    std::optional<std::string> name;
    std::optional<std::string> content_type;
    std::optional<std::map<std::string, std::string>> metadata;
};

// A lasting file never expires.
bool has_expired(const File& file, WallTime now);
// The lasting file that the claim makes of a temporary one.
File claim(File file, const FileClaim& claim);
// Whether a lasting file is what this claim makes: then it may be the same claim again.
bool is_made_by(const File& file, const FileClaim& claim);

}  // namespace slipway::core

// Small files of the data directory that must be there whole after a crash, or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace slipway::daemon {

// Writes beside, syncs, renames, syncs the directory. Mode 0600.
Result<> write_durably(const std::filesystem::path& path, std::string_view content);
// not_found: there is none. too_large: over 64 KiB.
Result<std::string> read_small_file(const std::filesystem::path& path);
// Creates the directory (mode 0700) and what is above it; the names are durable on return.
Result<> create_directory_durably(const std::filesystem::path& path);

}  // namespace slipway::daemon

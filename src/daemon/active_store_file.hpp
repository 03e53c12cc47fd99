// The file of the data directory that says which store has taken over (docs/stores.md).
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "engine/stores/stores.hpp"

namespace slipway::daemon {

// Empty: none. Durable on return.
Result<> keep_active_store(const std::filesystem::path& data_dir, const std::string& name);
// Has the store that it names take over. invalid: it is none of these.
Result<> apply_active_store(const std::filesystem::path& data_dir, engine::Stores& stores);

}  // namespace slipway::daemon

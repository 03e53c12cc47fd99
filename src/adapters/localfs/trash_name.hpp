// The name of a blob in the trash: its id, what it was and since when it lies there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ports/store.hpp"

namespace slipway::adapters::localfs {

// "<id>.published.1795388400123": the time in milliseconds since 1970.
std::string trash_name(const ports::TrashedBlob& blob);
// Nothing for a name of another form.
std::optional<ports::TrashedBlob> parse_trash_name(std::string_view name);

}  // namespace slipway::adapters::localfs

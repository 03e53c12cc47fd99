// File systems on which "durable" is not what slipway means by it: a sync is not passed on to a
// disk, or not by this machine. They are warned of, not refused: a trial in a container is a right
// use.
#pragma once

#include <optional>
#include <string_view>

namespace slipway::adapters::localfs {

// The name, for a type as statfs(2) tells it in f_type; nothing for a file system that keeps what
// was synced.
std::optional<std::string_view> weak_file_system(unsigned long type);

}  // namespace slipway::adapters::localfs

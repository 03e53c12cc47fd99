// What the server's own failures mean to us.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace slipway::adapters::redis {

// forbidden (the password, or its lack), unavailable (this server takes no commands now, or is no
// master), storage_full, invalid (anything else: the command is wrong).
Error translate_failure(std::string_view text);

// The server is not the one that commands belong to, or not ready: where it is has to be found out
// again.
bool is_wrong_server(std::string_view text);
// The script is not known to it, and has to be sent whole.
bool is_unknown_script(std::string_view text);

}  // namespace slipway::adapters::redis

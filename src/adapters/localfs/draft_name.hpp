// The name of a draft in the staging area: the blob's id and the draft's token.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ports/store.hpp"

namespace slipway::adapters::localfs {

// "<id>.draft-00c0ffee00c0ffee": 16 lower-case hexadecimal digits.
std::string draft_file_name(const ports::DraftName& draft);
// Nothing for a name of another form.
std::optional<ports::DraftName> parse_draft_name(std::string_view name);

}  // namespace slipway::adapters::localfs

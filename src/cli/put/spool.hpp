// Standard input as a file: it is written down first, because a part that failed must be read
// again.
#pragma once

#include <string>

#include "cli/outcome.hpp"

namespace slipway::cli {

// Reads standard input to its end into a new file of that directory, and answers its path. The file
// appears only when it is whole; it is the caller's to remove. Blocks.
Outcome<std::string> spool_standard_input(const std::string& directory);

}  // namespace slipway::cli

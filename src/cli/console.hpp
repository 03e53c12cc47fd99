// Writing to the user: whole lines, nothing in them that a terminal would obey.
#pragma once

#include <string_view>

namespace slipway::cli {

// Writes everything or gives up: a reader that went away is its own affair. True when all was
// written.
bool write_all(int descriptor, std::string_view text);

// A line on standard output.
bool print_line(std::string_view text);

// "slipway: TEXT" on standard error, made printable.
void print_error(std::string_view text);

}  // namespace slipway::cli

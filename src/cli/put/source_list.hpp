// What `put` is to send: its arguments, with directories replaced by the files below them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/outcome.hpp"

namespace slipway::cli {

struct SourceItem {
    std::string path;   // canonical; any bytes
    std::string shown;  // as the user would name it
    std::string name;   // what the server is told
    std::string
        relative;      // below the directory that was put; empty for a file that was named itself
    std::string root;  // that directory; empty likewise
    std::uint64_t size = 0;
    bool is_stream = false;  // standard input
};

struct SourceProblem {
    std::string shown;
    Failure failure;
};

struct SourceList {
    std::vector<SourceItem> items;  // directories in order of their paths
    std::vector<SourceProblem> problems;
    std::vector<std::string> skipped;  // symbolic links and what is no file, below directories
    std::vector<std::string> roots;
};

// Blocks. An argument may be a symbolic link; below a directory they are skipped. A file whose name
// no server would take is a problem of that file.
SourceList list_sources(const std::vector<std::string>& arguments);

// The failure of a name that is not 1 to 255 bytes of UTF-8 without control characters.
Outcome<> check_name(const std::string& name);

}  // namespace slipway::cli

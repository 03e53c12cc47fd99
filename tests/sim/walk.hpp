// Walks: a script is played with every call to the disk failing, in every way; the promises must
// hold each time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/script.hpp"

namespace slipway::sim {

struct WalkResult {
    // Calls of the script, and runs made over them.
    std::size_t calls = 0;
    std::size_t runs = 0;
    // The first script that broke a promise, and how.
    std::optional<Script> broken;
    std::string complaint;
};

// Each call × {EIO, ENOSPC, EDQUOT, EINTR} × {once, from then on}; each write shortened, once and
// from then on; a crash before, after and within each call, × what a killed process or a loss of
// power leaves.
WalkResult walk(const Script& script);
// A crash after each call × a crash before and after each call that the recovery from it makes.
WalkResult walk_recovery(const Script& script);

// Every script of up to `length` operations on an upload of two parts, of which the last is stored.
std::vector<Script> all_scripts(std::size_t length);
// Those that between them meet every operation in each of its outcomes.
std::vector<Script> chosen_scripts();

}  // namespace slipway::sim

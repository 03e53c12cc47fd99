// pause_process: SIGSTOP, and until it is so. The threads of a process stop one after another, and
// each may still answer until then. SIGCONT lets it go on.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace slipway::support {

// By proc(5): the state stands behind the name, which is in parentheses. A thread that is gone has
// stopped, too.
inline bool is_stopped(const std::filesystem::path& thread) {
    std::ifstream stat(thread / "stat");
    std::string line;
    std::getline(stat, line);
    const auto name_end = line.rfind(')');
    return name_end == std::string::npos || line.substr(name_end + 2, 1) == "T";
}

inline void pause_process(pid_t process) {
    ::kill(process, SIGSTOP);
    const std::filesystem::path threads("/proc/" + std::to_string(process) + "/task");
    while (!std::ranges::all_of(std::filesystem::directory_iterator(threads), is_stopped)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace slipway::support

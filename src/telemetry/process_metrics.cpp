#include "telemetry/process_metrics.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace slipway::telemetry {

namespace {

double resident_bytes() {
    // proc(5): the second number of statm is the resident set, in pages.
    std::ifstream statm("/proc/self/statm");
    double size = 0;
    double resident = 0;
    statm >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
    std::error_code error;
    double count = 0;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
         !error && entry != end; entry.increment(error)) {
        ++count;
    }
    return count;
}

double unix_now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

void register_process_metrics(Metrics& registry, std::string_view version) {
    registry.gauge(
        "slipway_build_info", "Which build this is.", [] { return 1.0; },
        "version=\"" + std::string(version) + "\"");
    registry.gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes);
    registry.gauge("process_open_fds", "Open file descriptors.", open_descriptors);
    registry.gauge("process_start_time_seconds", "When it started, in Unix time.",
                   [started = unix_now()] { return started; });
    registry.gauge(
        "slipway_uptime_seconds", "How long it has run.",
        [begun = std::chrono::steady_clock::now()] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        });
}

}  // namespace slipway::telemetry

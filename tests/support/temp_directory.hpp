// TempDirectory: a new directory of a test's own, removed with all it holds at the end.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace slipway::support {

// Where it lies: on the disk of temporary files, or in memory where the machine has such a place (a
// test that makes hundreds of directories is faster by two orders there).
enum class Place { disk, memory };

class TempDirectory {
 public:
    explicit TempDirectory(Place place = Place::disk) {
        std::string pattern = (base(place) / "slipway-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            std::abort();
        }
        path_ = pattern;
    }
    ~TempDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    // Of something within it.
    std::string operator/(std::string_view name) const { return (path_ / name).string(); }

 private:
    static std::filesystem::path base(Place place) {
        const std::filesystem::path memory = "/dev/shm";
        const bool usable = ::access(memory.c_str(), W_OK | X_OK) == 0;
        return place == Place::memory && usable ? memory : std::filesystem::temp_directory_path();
    }

    std::filesystem::path path_;
};

}  // namespace slipway::support

// TempDirectory: a new directory of one test, removed with all in it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace slipway::contract {

class TempDirectory {
 public:
    TempDirectory() {
        std::string name =
            (std::filesystem::temp_directory_path() / "slipway-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TempDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
};

}  // namespace slipway::contract

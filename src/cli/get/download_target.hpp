// Where a download goes: a file that appears under its name only when it is whole, or standard
// output. All functions block.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/file_descriptor.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

enum class Overwrite { no, yes };

class DownloadTarget {
 public:
    virtual ~DownloadTarget() = default;
    // Bytes that are there from before; they can be read again.
    virtual std::uint64_t existing() const = 0;
    virtual Result<std::size_t> read_at(std::span<std::byte> out, std::uint64_t offset) const = 0;
    // Bytes are written in order, except after cut().
    virtual Result<> write_at(std::span<const std::byte> bytes, std::uint64_t offset) = 0;
    // Drops everything from there on. False when that cannot be.
    virtual bool cut(std::uint64_t length) = 0;
    // Makes the file durable and gives it its name.
    virtual Outcome<> commit() = 0;
};

// PATH.part until commit(); what is in it stays there when the download fails. Fails with
// `conflict` when the path is taken and not to be overwritten, or another process downloads to it.
Outcome<std::unique_ptr<DownloadTarget>> open_file_target(const std::string& path,
                                                          const std::string& part,
                                                          Overwrite overwrite);

std::unique_ptr<DownloadTarget> open_standard_output();

}  // namespace slipway::cli

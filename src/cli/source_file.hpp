// SourceFile: a local file that is read, hashed, and watched for changes while it is.
// Its functions block and belong on a BlockingPool; FileSource streams a range of it as a request
// body.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "cli/journal.hpp"
#include "cli/outcome.hpp"
#include "http/body.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::cli {

// Set when the command is interrupted: long reads end early with `cancelled`.
extern std::atomic<bool> stop_reading;

class SourceFile final {
 public:
    // Errors: those of errno, and `unsupported` for what is no regular file.
    static Result<std::shared_ptr<SourceFile>> open(const std::string& path);

    // As it was when opened.
    const SourceIdentity& identity() const { return identity_; }
    std::uint64_t size() const { return identity_.size; }
    // As it is now. `not_found` when the path no longer leads to a file.
    Result<SourceIdentity> look_again() const;

    // As many bytes as there are, up to out.size(). Thread-safe.
    Result<std::size_t> read_at(std::span<std::byte> out, std::uint64_t offset) const;
    // `invalid` when the file ends before the range does.
    Result<Sha256> hash(ByteRange range) const;

 private:
    SourceFile(FileDescriptor descriptor, std::string path, SourceIdentity identity);

    const FileDescriptor descriptor_;
    const std::string path_;
    const SourceIdentity identity_;
};

// Fails with source_changed when the file is not what it was when it was opened.
Task<Outcome<>> check_unchanged(std::shared_ptr<const SourceFile> file,
                                runtime::BlockingPool& pool);

// A range of a file, read through the pool while it is sent. `moved` is told of every piece, on the
// loop.
class FileSource final : public http::BodySource {
 public:
    FileSource(std::shared_ptr<const SourceFile> file, ByteRange range, runtime::BlockingPool& pool,
               std::function<void(std::uint64_t)> moved);
    Task<Result<std::size_t>> read(std::span<std::byte> out) override;

 private:
    const std::shared_ptr<const SourceFile> file_;
    std::uint64_t offset_;
    std::uint64_t left_;
    runtime::BlockingPool& pool_;
    const std::function<void(std::uint64_t)> moved_;
};

}  // namespace slipway::cli

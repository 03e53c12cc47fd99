#include "cli/source_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "hash/digester.hpp"

namespace slipway::cli {

std::atomic<bool> stop_reading{false};

namespace {

constexpr std::size_t kReadSize = 1 << 20;

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

SourceIdentity identity_of(const struct stat& status) {
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
            nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

}  // namespace

SourceFile::SourceFile(FileDescriptor descriptor, std::string path, SourceIdentity identity)
    : descriptor_(std::move(descriptor)), path_(std::move(path)), identity_(identity) {}

Result<std::shared_ptr<SourceFile>> SourceFile::open(const std::string& path) {
    // O_NONBLOCK: opening a pipe must fail below instead of waiting for its writer.
    FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!descriptor) {
        return std::unexpected(errno_error("open", errno));
    }
    struct stat status{};
    if (::fstat(descriptor.get(), &status) != 0) {
        return std::unexpected(errno_error("stat", errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return failure(Errc::unsupported, "not a regular file (\"-\" reads standard input)");
    }
    return std::shared_ptr<SourceFile>(
        new SourceFile(std::move(descriptor), path, identity_of(status)));
}

Result<SourceIdentity> SourceFile::look_again() const {
    struct stat status{};
    // By its path: an editor replaces a file and leaves the opened one as it was.
    if (::stat(path_.c_str(), &status) != 0) {
        return std::unexpected(errno_error("stat", errno));
    }
    return identity_of(status);
}

Result<std::size_t> SourceFile::read_at(std::span<std::byte> out, std::uint64_t offset) const {
    std::size_t filled = 0;
    while (filled < out.size()) {
        const auto count = ::pread(descriptor_.get(), out.data() + filled, out.size() - filled,
                                   static_cast<off_t>(offset + filled));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return std::unexpected(errno_error("read", errno));
        }
        if (count == 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

Result<Sha256> SourceFile::hash(ByteRange range) const {
    std::vector<std::byte> buffer(std::min<std::uint64_t>(kReadSize, range.length.value()));
    hash::Sha256Hasher hasher;
    std::uint64_t offset = range.first.value();
    for (std::uint64_t left = range.length.value(); left > 0;) {
        if (stop_reading) {
            return failure(Errc::cancelled, "interrupted");
        }
        const auto wanted = std::min<std::uint64_t>(left, buffer.size());
        const auto count = read_at(std::span(buffer).first(wanted), offset);
        if (!count) {
            return std::unexpected(count.error());
        }
        if (*count < wanted) {
            return failure(Errc::invalid, "the file became shorter");
        }
        hasher.update(std::span(buffer).first(*count));
        offset += *count;
        left -= *count;
    }
    return hasher.finish();
}

Task<Outcome<>> check_unchanged(std::shared_ptr<const SourceFile> file,
                                runtime::BlockingPool& pool) {
    auto work = [file] { return file->look_again(); };
    const auto now = co_await pool.run(std::move(work));
    if (!now || *now != file->identity()) {
        co_return fail(ExitCode::source_changed,
                       "the file changed while it was uploaded; --restart uploads it anew");
    }
    co_return Outcome<>{};
}

FileSource::FileSource(std::shared_ptr<const SourceFile> file, ByteRange range,
                       runtime::BlockingPool& pool, std::function<void(std::uint64_t)> moved)
    : file_(std::move(file)),
      offset_(range.first.value()),
      left_(range.length.value()),
      pool_(pool),
      moved_(std::move(moved)) {}

Task<Result<std::size_t>> FileSource::read(std::span<std::byte> out) {
    const auto wanted = out.first(std::min<std::uint64_t>(out.size(), left_));
    auto work = [file = file_, wanted, at = offset_] { return file->read_at(wanted, at); };
    const auto count = co_await pool_.run(std::move(work));
    if (count) {
        offset_ += *count;
        left_ -= *count;
        moved_(*count);
    }
    co_return count;
}

}  // namespace slipway::cli

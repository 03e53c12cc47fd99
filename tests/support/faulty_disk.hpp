// FaultyDisk: a Disk that writes down every call, fails the Nth of them, shortens writes, and can
// hold a call up. A failed call is not carried out. Failing all calls from the Nth on is a process
// that died there.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/localfs/disk.hpp"

namespace slipway::support {

using adapters::localfs::Disk;
using adapters::localfs::Entry;
using adapters::localfs::FilePlace;

enum class Lasting { once, onward };

struct Fault {
    // Counted from 1, over the calls whose text begins with `calls`; all of them where it is empty.
    std::size_t nth = 1;
    int error = EIO;
    Lasting lasting = Lasting::once;
    std::string calls = {};
};

class FaultyDisk final : public Disk {
 public:
    // Paths in the texts of calls are relative to `root`, which has no symbolic links in it.
    FaultyDisk(std::shared_ptr<Disk> inner, std::string root)
        : inner_(std::move(inner)), root_(std::move(root)) {}

    // Counting begins anew.
    void arm(Fault fault) {
        const std::scoped_lock lock(mutex_);
        fault_ = std::move(fault);
        matching_ = 0;
        fired_ = 0;
    }
    void disarm() {
        const std::scoped_lock lock(mutex_);
        fault_.reset();
    }
    // How many calls failed since the fault was armed.
    std::size_t fired() const {
        const std::scoped_lock lock(mutex_);
        return fired_;
    }

    // No write takes more bytes than this.
    void shorten_writes(std::size_t most) {
        const std::scoped_lock lock(mutex_);
        longest_write_ = most;
    }
    // Run on the calling thread around each call, with its text; may block.
    struct Hooks {
        std::function<void(const std::string&)> before;
        std::function<void(const std::string&)> after;
    };
    // While nothing runs.
    void around_each(Hooks hooks) { hooks_ = std::move(hooks); }

    // "fallocate staging/5a/<id>", "rename staging/5a/<id> files/5a/<id>" …, in the order in which
    // they were begun.
    std::vector<std::string> calls() const {
        const std::scoped_lock lock(mutex_);
        return calls_;
    }
    void forget_calls() {
        const std::scoped_lock lock(mutex_);
        calls_.clear();
    }

    int open_path(const char* path, int flags) override {
        return run("open_path " + relative(path), [&] { return inner_->open_path(path, flags); });
    }
    int open(Entry entry, int flags) override {
        return run("open " + text(entry), [&] { return inner_->open(entry, flags); });
    }
    // Neither written down nor counted: it cannot fail.
    void close(int file) override { inner_->close(file); }
    int make_directory(Entry entry) override {
        return run("mkdir " + text(entry), [&] { return inner_->make_directory(entry); });
    }
    int allocate(int file, ByteOffset from, ByteCount length) override {
        return run("fallocate " + text(file), [&] { return inner_->allocate(file, from, length); });
    }
    int truncate(int file, ByteCount length) override {
        return run("ftruncate " + text(file), [&] { return inner_->truncate(file, length); });
    }
    ssize_t write_at(int file, std::span<const std::byte> bytes, ByteOffset offset) override {
        return run("pwrite " + text(file) + " " + std::to_string(offset.value()) + " " +
                       std::to_string(bytes.size()),
                   [&] { return inner_->write_at(file, shortened(bytes), offset); });
    }
    ssize_t read_at(int file, std::span<std::byte> out, ByteOffset offset) override {
        return run("pread " + text(file), [&] { return inner_->read_at(file, out, offset); });
    }
    ssize_t copy_range(FilePlace from, FilePlace to, ByteCount length) override {
        return run("copy_file_range " + text(from.file) + " " +
                       std::to_string(from.offset.value()) + " " + text(to.file) + " " +
                       std::to_string(to.offset.value()) + " " + std::to_string(length.value()),
                   [&] { return inner_->copy_range(from, to, shortened(length)); });
    }
    int sync_data(int file) override {
        return run("fdatasync " + text(file), [&] { return inner_->sync_data(file); });
    }
    int sync(int file) override {
        return run("fsync " + text(file), [&] { return inner_->sync(file); });
    }
    int rename_noreplace(Entry from, Entry to) override {
        return run("rename " + text(from) + " " + text(to),
                   [&] { return inner_->rename_noreplace(from, to); });
    }
    int link(Entry from, Entry to) override {
        return run("link " + text(from) + " " + text(to), [&] { return inner_->link(from, to); });
    }
    int unlink(Entry entry) override {
        return run("unlink " + text(entry), [&] { return inner_->unlink(entry); });
    }
    int stat(int file, struct stat& out) override {
        return run("fstat " + text(file), [&] { return inner_->stat(file, out); });
    }
    int stat_entry(Entry entry, struct stat& out) override {
        return run("stat " + text(entry), [&] { return inner_->stat_entry(entry, out); });
    }
    int list(int directory, std::vector<std::string>& names) override {
        return run("list " + text(directory), [&] { return inner_->list(directory, names); });
    }
    int drop_cached(int file, ByteOffset offset, ByteCount length) override {
        return run("fadvise " + text(file),
                   [&] { return inner_->drop_cached(file, offset, length); });
    }
    int space(int file, struct statvfs& out) override {
        return run("statvfs " + text(file), [&] { return inner_->space(file, out); });
    }
    int file_system(int file, unsigned long& type) override {
        return run("statfs " + text(file), [&] { return inner_->file_system(file, type); });
    }
    int lock(int file) override {
        return run("flock " + text(file), [&] { return inner_->lock(file); });
    }

 private:
    template <class Call>
    auto run(std::string text, Call call) -> decltype(call()) {
        if (hooks_.before) {
            hooks_.before(text);
        }
        const int refused = enter(text);
        const auto result = refused < 0 ? refused : call();
        if (hooks_.after) {
            hooks_.after(text);
        }
        return result;
    }

    // 0 to go on, or the negated errno to answer.
    int enter(const std::string& call) {
        const std::scoped_lock lock(mutex_);
        calls_.push_back(call);
        if (!fault_ || !call.starts_with(fault_->calls)) {
            return 0;
        }
        ++matching_;
        const bool hit =
            fault_->lasting == Lasting::once ? matching_ == fault_->nth : matching_ >= fault_->nth;
        if (!hit) {
            return 0;
        }
        ++fired_;
        return -fault_->error;
    }

    std::span<const std::byte> shortened(std::span<const std::byte> bytes) const {
        const std::scoped_lock lock(mutex_);
        return bytes.first(std::min(bytes.size(), longest_write_));
    }

    ByteCount shortened(ByteCount length) const {
        const std::scoped_lock lock(mutex_);
        return std::min(length, ByteCount(longest_write_));
    }

    std::string relative(std::string_view path) const {
        if (path == root_) {
            return ".";
        }
        if (path.starts_with(root_ + "/")) {
            path.remove_prefix(root_.size() + 1);
        }
        return std::string(path);
    }
    std::string text(int file) const {
        const std::string link = "/proc/self/fd/" + std::to_string(file);
        std::array<char, 4096> path{};
        const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
        return size < 0 ? "?"
                        : relative(std::string_view(path.data(), static_cast<std::size_t>(size)));
    }
    std::string text(Entry entry) const {
        if (entry.name[0] == '/') {
            return relative(entry.name);
        }
        const std::string directory = text(entry.directory);
        return directory == "." ? entry.name : directory + "/" + entry.name;
    }

    const std::shared_ptr<Disk> inner_;
    const std::string root_;
    Hooks hooks_;
    mutable std::mutex mutex_;
    std::vector<std::string> calls_;
    std::optional<Fault> fault_;
    std::size_t matching_ = 0;
    std::size_t fired_ = 0;
    std::size_t longest_write_ = ~std::size_t{0};
};

}  // namespace slipway::support

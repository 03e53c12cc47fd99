// PowerCutDisk: a Disk that remembers what a loss of power would leave, and can bring that state
// about.
//
// The model is the harshest that fsync(2) allows: a file has the bytes that it had when its last
// successful sync began, and none if there was none; a directory has the names that it had when its
// own last sync began. Each can also be kept (file systems commit names and data at different
// times), so that every mixture is met. Syncs are modelled, not made. One directory tree, regular
// files and directories only. Thread-safe but for cut().
#pragma once

#include <fcntl.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/localfs/disk.hpp"

namespace slipway::support {

using adapters::localfs::Disk;
using adapters::localfs::Entry;
using adapters::localfs::FilePlace;

enum class Loses { names_and_data, names, data };

class PowerCutDisk final : public Disk {
 public:
    // What is below `tree` is modelled. `graveyard` is an empty directory of the same file system,
    // outside of it.
    PowerCutDisk(std::shared_ptr<Disk> inner, std::filesystem::path tree,
                 std::filesystem::path graveyard)
        : inner_(std::move(inner)), tree_(std::move(tree)), graveyard_(std::move(graveyard)) {
        note_directory(tree_);
    }

    // Nothing may be running, and what was open is closed.
    void cut(Loses what) {
        if (what != Loses::data) {
            restore_names(tree_);
        }
        if (what != Loses::names) {
            restore_data(tree_);
        }
    }

    int open(Entry entry, int flags) override {
        const int file = inner_->open(entry, flags);
        struct stat now{};
        if (file >= 0 && (flags & O_CREAT) != 0 && inner_->stat(file, now) == 0) {
            const std::scoped_lock lock(mutex_);
            if (files_.try_emplace(now.st_ino).second) {
                // A second name, from which an unlink that was not synced is undone.
                std::filesystem::create_hard_link(
                    std::filesystem::read_symlink(descriptor_path(file)), grave(now.st_ino));
            }
        }
        return file;
    }
    int sync_data(int file) override { return sync(file); }
    int sync(int file) override {
        const auto path = std::filesystem::read_symlink(descriptor_path(file));
        if (std::filesystem::is_directory(path)) {
            note_directory(path);
            return 0;
        }
        struct stat now{};
        const int done = inner_->stat(file, now);
        if (done < 0) {
            return done;
        }
        // By the descriptor: the file may have been renamed or removed.
        auto bytes = read(descriptor_path(file));
        const std::scoped_lock lock(mutex_);
        files_[now.st_ino] = std::move(bytes);
        return 0;
    }

    int open_path(const char* path, int flags) override { return inner_->open_path(path, flags); }
    void close(int file) override { inner_->close(file); }
    int make_directory(Entry entry) override { return inner_->make_directory(entry); }
    int allocate(int file, ByteOffset from, ByteCount length) override {
        return inner_->allocate(file, from, length);
    }
    int truncate(int file, ByteCount length) override { return inner_->truncate(file, length); }
    ssize_t write_at(int file, std::span<const std::byte> bytes, ByteOffset offset) override {
        return inner_->write_at(file, bytes, offset);
    }
    ssize_t read_at(int file, std::span<std::byte> out, ByteOffset offset) override {
        return inner_->read_at(file, out, offset);
    }
    ssize_t copy_range(FilePlace from, FilePlace to, ByteCount length) override {
        return inner_->copy_range(from, to, length);
    }
    int rename_noreplace(Entry from, Entry to) override {
        return inner_->rename_noreplace(from, to);
    }
    int link(Entry from, Entry to) override { return inner_->link(from, to); }
    int unlink(Entry entry) override { return inner_->unlink(entry); }
    int stat(int file, struct stat& out) override { return inner_->stat(file, out); }
    int stat_entry(Entry entry, struct stat& out) override {
        return inner_->stat_entry(entry, out);
    }
    int list(int directory, std::vector<std::string>& names) override {
        return inner_->list(directory, names);
    }
    int drop_cached(int file, ByteOffset offset, ByteCount length) override {
        return inner_->drop_cached(file, offset, length);
    }
    int space(int file, struct statvfs& out) override { return inner_->space(file, out); }
    int file_system(int file, unsigned long& type) override {
        return inner_->file_system(file, type);
    }
    int lock(int file) override { return inner_->lock(file); }

 private:
    using Inode = ino_t;
    using Names = std::map<std::string, Inode>;

    static std::filesystem::path descriptor_path(int file) {
        return "/proc/self/fd/" + std::to_string(file);
    }
    std::filesystem::path grave(Inode inode) const { return graveyard_ / std::to_string(inode); }
    static std::string read(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static Inode inode_of(const std::filesystem::path& path) {
        struct stat now{};
        return ::stat(path.c_str(), &now) == 0 ? now.st_ino : 0;
    }

    void note_directory(const std::filesystem::path& path) {
        Names names;
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            names[entry.path().filename().string()] = inode_of(entry.path());
        }
        const std::scoped_lock lock(mutex_);
        directories_[inode_of(path)] = std::move(names);
    }

    // Names that are durable but gone come back; names that are not durable go, with all below
    // them.
    void restore_names(const std::filesystem::path& directory) {
        const Names& durable = directories_[inode_of(directory)];
        std::vector<std::filesystem::path> present;
        for (const auto& entry : std::filesystem::directory_iterator(directory)) {
            present.push_back(entry.path());
        }
        for (const auto& path : present) {
            const auto found = durable.find(path.filename().string());
            if (found == durable.end() || found->second != inode_of(path)) {
                std::filesystem::remove_all(path);
            }
        }
        for (const auto& [name, inode] : durable) {
            const auto path = directory / name;
            if (!std::filesystem::exists(path)) {
                std::filesystem::create_hard_link(grave(inode), path);
            }
            if (std::filesystem::is_directory(path)) {
                restore_names(path);
            }
        }
    }

    void restore_data(const std::filesystem::path& directory) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
            if (const auto known = files_.find(inode_of(entry.path())); known != files_.end()) {
                std::ofstream file(entry.path(), std::ios::binary | std::ios::trunc);
                file << known->second;
            }
        }
    }

    const std::shared_ptr<Disk> inner_;
    const std::filesystem::path tree_;
    const std::filesystem::path graveyard_;
    std::mutex mutex_;
    std::map<Inode, std::string> files_;
    std::map<Inode, Names> directories_;
};

}  // namespace slipway::support

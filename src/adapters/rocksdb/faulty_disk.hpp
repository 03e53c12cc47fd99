// FaultyDisk: an environment for RocksDB, for tests, whose writes can be made to fail and whose
// power can be cut. It does not forget directory entries that were not synced.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace slipway::adapters::rocksdb {

class FaultyDisk {
 public:
    FaultyDisk()
        : files_(std::make_shared<Files>()),
          env_(::rocksdb::NewCompositeEnv(std::make_shared<FileSystem>(files_))) {}

    ::rocksdb::Env* env() { return env_.get(); }

    // The next `calls` writes and syncs of logs succeed; every later one fails.
    void fail_after(std::uint64_t calls) {
        const std::scoped_lock lock(files_->mutex);
        files_->failing = true;
        files_->calls_left = calls;
    }
    // Asked before each write and sync of a log, on the thread that makes it: false makes it fail.
    void ask_before_each(std::function<bool()> may_happen) {
        const std::scoped_lock lock(files_->mutex);
        files_->may_happen = std::move(may_happen);
    }
    // Writes and syncs of logs that have failed.
    std::uint64_t failures() const {
        const std::scoped_lock lock(files_->mutex);
        return files_->failures;
    }
    // Copies the directory as a disk has it after a power cut: what was not synced is gone.
    void copy_after_power_cut(const std::filesystem::path& from, const std::filesystem::path& to) {
        std::filesystem::copy(from, to);
        const std::scoped_lock lock(files_->mutex);
        for (const auto& [path, size] : files_->synced) {
            const auto copy = to / std::filesystem::path(path).filename();
            if (std::filesystem::exists(copy)) {
                std::filesystem::resize_file(copy, size);
            }
        }
    }

 private:
    struct Files {
        std::mutex mutex;
        std::map<std::string, std::uint64_t> synced;
        bool failing = false;
        std::uint64_t calls_left = 0;
        std::uint64_t failures = 0;
        std::function<bool()> may_happen;

        ::rocksdb::IOStatus next_call(const std::string& path) {
            const std::scoped_lock lock(mutex);
            if (may_happen && path.ends_with(".log") && !may_happen()) {
                ++failures;
                return ::rocksdb::IOStatus::IOError("injected fault");
            }
            if (!failing || !path.ends_with(".log")) {
                return ::rocksdb::IOStatus::OK();
            }
            if (calls_left > 0) {
                --calls_left;
                return ::rocksdb::IOStatus::OK();
            }
            ++failures;
            return ::rocksdb::IOStatus::IOError("injected fault");
        }
    };

    class File final : public ::rocksdb::FSWritableFileOwnerWrapper {
     public:
        File(std::unique_ptr<::rocksdb::FSWritableFile> file, std::string path,
             std::shared_ptr<Files> files)
            : FSWritableFileOwnerWrapper(std::move(file)),
              path_(std::move(path)),
              files_(std::move(files)) {}

        using Options = ::rocksdb::IOOptions;
        using Context = ::rocksdb::IODebugContext;
        using Verification = ::rocksdb::DataVerificationInfo;

        ::rocksdb::IOStatus Append(const ::rocksdb::Slice& data, const Options& options,
                                   Context* context) override {
            const auto status = files_->next_call(path_);
            return status.ok() ? target()->Append(data, options, context) : status;
        }
        ::rocksdb::IOStatus Append(const ::rocksdb::Slice& data, const Options& options,
                                   const Verification& verification, Context* context) override {
            const auto status = files_->next_call(path_);
            return status.ok() ? target()->Append(data, options, verification, context) : status;
        }
        // No room is reserved ahead: a file system in memory clears what it reserves, 35 MiB for
        // each log.
        void PrepareWrite(std::size_t, std::size_t, const Options&, Context*) override {}
        ::rocksdb::IOStatus Sync(const Options& options, Context* context) override {
            const auto status = files_->next_call(path_);
            return status.ok() ? synced(target()->Sync(options, context)) : status;
        }
        ::rocksdb::IOStatus Fsync(const Options& options, Context* context) override {
            const auto status = files_->next_call(path_);
            return status.ok() ? synced(target()->Fsync(options, context)) : status;
        }

     private:
        ::rocksdb::IOStatus synced(::rocksdb::IOStatus status) {
            if (status.ok()) {
                const auto size = std::filesystem::file_size(path_);
                const std::scoped_lock lock(files_->mutex);
                files_->synced[path_] = size;
            }
            return status;
        }
        std::string path_;
        std::shared_ptr<Files> files_;
    };

    class FileSystem final : public ::rocksdb::FileSystemWrapper {
     public:
        explicit FileSystem(std::shared_ptr<Files> files)
            : FileSystemWrapper(::rocksdb::FileSystem::Default()), files_(std::move(files)) {}
        const char* Name() const override { return "FaultyDisk"; }

        ::rocksdb::IOStatus NewWritableFile(const std::string& path,
                                            const ::rocksdb::FileOptions& options,
                                            std::unique_ptr<::rocksdb::FSWritableFile>* out,
                                            ::rocksdb::IODebugContext* context) override {
            auto status = target()->NewWritableFile(path, options, out, context);
            if (status.ok()) {
                const std::scoped_lock lock(files_->mutex);
                files_->synced[path] = 0;
                *out = std::make_unique<File>(std::move(*out), path, files_);
            }
            return status;
        }
        ::rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                                       const ::rocksdb::IOOptions& options,
                                       ::rocksdb::IODebugContext* context) override {
            auto status = target()->RenameFile(from, to, options, context);
            const std::scoped_lock lock(files_->mutex);
            if (const auto found = files_->synced.find(from);
                status.ok() && found != files_->synced.end()) {
                files_->synced[to] = found->second;
                files_->synced.erase(from);
            }
            return status;
        }

     private:
        std::shared_ptr<Files> files_;
    };

    std::shared_ptr<Files> files_;
    std::unique_ptr<::rocksdb::Env> env_;
};

}  // namespace slipway::adapters::rocksdb

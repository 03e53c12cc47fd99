// SpoolRig: a local store in a directory of its own, as the spool of an S3Store.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "adapters/localfs/local_fs_store.hpp"
#include "runtime/blocking_pool.hpp"
#include "support/temp_directory.hpp"
#include "telemetry/log.hpp"

namespace slipway::stores {

class SpoolRig {
 public:
    SpoolRig() {
        telemetry::set_log_level(telemetry::Level::error);
        reopen();
    }
    ~SpoolRig() { pool_->stop(); }
    SpoolRig(const SpoolRig&) = delete;
    SpoolRig& operator=(const SpoolRig&) = delete;

    adapters::localfs::LocalFsStore& store() { return *store_; }
    // As after a crash of the process.
    void reopen() {
        if (pool_) {
            pool_->stop();
        }
        store_.reset();
        pool_.emplace(2U);
        auto opened = adapters::localfs::LocalFsStore::open(directory_ / "spool", "spool", *pool_);
        EXPECT_TRUE(opened) << opened.error().detail;
        store_ = std::move(opened).value();
    }

 private:
    support::TempDirectory directory_{support::Place::memory};
    std::optional<runtime::BlockingPool> pool_;
    std::unique_ptr<adapters::localfs::LocalFsStore> store_;
};

}  // namespace slipway::stores

// CatalogFixture: what the tests of this adapter begin with. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "contract/catalog_samples.hpp"
#include "contract/temp_directory.hpp"

namespace slipway::adapters::rocksdb {

// Many calls in flight on one loop of the calling thread.
class Calls {
 public:
    template <class T>
    using Answer = std::shared_ptr<std::optional<T>>;

    // Begins the call and returns when it waits for the catalog.
    template <class T>
    Answer<T> begin(Task<T> task) {
        auto answer = std::make_shared<std::optional<T>>();
        boost::asio::co_spawn(loop_, std::move(task), [answer](const std::exception_ptr&, T value) {
            answer->emplace(std::move(value));
        });
        loop_.restart();
        loop_.poll();
        return answer;
    }
    void finish() {
        loop_.restart();
        loop_.run();
    }

 private:
    boost::asio::io_context loop_{1};
};

// A hook for on_commit that holds the writer's thread while the gate is shut, and records the
// groups.
class CommitGate {
 public:
    void shut() {
        const std::scoped_lock lock(mutex_);
        shut_ = true;
    }
    void open() {
        const std::scoped_lock lock(mutex_);
        shut_ = false;
        changed_.notify_all();
    }
    // Until the writer stands at the gate.
    void wait_for_writer() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return held_; });
    }
    void pass(std::size_t requests) {
        std::unique_lock lock(mutex_);
        groups_.push_back(requests);
        held_ = shut_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !shut_; });
        held_ = false;
    }
    std::vector<std::size_t> groups() const {
        const std::scoped_lock lock(mutex_);
        return groups_;
    }

 private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool shut_ = false;
    bool held_ = false;
    std::vector<std::size_t> groups_;
};

class CatalogFixture : public testing::Test {
 protected:
    std::filesystem::path path(const std::string& name = "catalog") const {
        return directory_.path() / name;
    }
    Result<std::unique_ptr<RocksDbCatalog>> try_open(const std::filesystem::path& at,
                                                     EmbeddedDatabaseOptions options = {}) {
        return RocksDbCatalog::open(at, pool_, clock_, std::move(options));
    }
    std::unique_ptr<RocksDbCatalog> open(const std::filesystem::path& at,
                                         EmbeddedDatabaseOptions options = {}) {
        auto opened = try_open(at, std::move(options));
        EXPECT_TRUE(contract::succeeds(opened));
        return opened ? std::move(*opened) : nullptr;
    }
    std::unique_ptr<RocksDbCatalog> open() { return open(path()); }

    memory::ManualClock clock_;
    runtime::BlockingPool pool_{2};

 private:
    contract::TempDirectory directory_;
};

}  // namespace slipway::adapters::rocksdb

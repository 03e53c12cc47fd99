#include "sim/task_queue_machine.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include "adapters/memory/memory_task_queue.hpp"
#include "adapters/rocksdb/faulty_disk.hpp"
#include "adapters/rocksdb/rocksdb_task_queue.hpp"
#include "support/temp_directory.hpp"

namespace slipway::sim {
namespace {

class MemoryMachine final : public TaskQueueMachine {
 public:
    std::string_view name() const override { return "memory"; }
    ports::TaskQueue& queue() override { return queue_; }
    void restart() override {}
    bool cut_power_after(std::uint64_t) override { return false; }
    bool has_power() const override { return true; }
    void power_on(Unsynced) override {}

 private:
    adapters::memory::MemoryTaskQueue queue_;
};

class RocksDbMachine final : public TaskQueueMachine {
 public:
    explicit RocksDbMachine(const ports::Clock& clock) : clock_(clock) { open(); }

    std::string_view name() const override { return "rocksdb"; }
    ports::TaskQueue& queue() override { return *queue_; }
    void restart() override {
        close();
        open();
    }
    bool cut_power_after(std::uint64_t writes) override {
        disk_->fail_after(writes);
        return true;
    }
    bool has_power() const override { return disk_->failures() == 0; }
    void power_on(Unsynced bytes) override {
        // Closing writes no log and flushes no table, and what it leaves unsynced is cut off; a
        // copy of a database that is open might meet a flush half way.
        const auto before = path();
        close();
        ++generation_;
        if (bytes == Unsynced::lost) {
            disk_->copy_after_power_cut(before, path());
        } else {
            std::filesystem::copy(before, path());
        }
        std::filesystem::remove_all(before);
        open();
    }

 private:
    std::filesystem::path path() const {
        return directory_.path() / ("catalog" + std::to_string(generation_));
    }
    void close() {
        queue_.reset();
        database_.reset();
    }
    void open() {
        disk_ = std::make_unique<adapters::rocksdb::FaultyDisk>();
        adapters::rocksdb::EmbeddedDatabaseOptions options{.env = disk_->env()};
        // The power is gone: this process does nothing more.
        options.writer.on_fatal = [](const Error&) {};
        auto opened =
            adapters::rocksdb::EmbeddedDatabase::open(path(), pool_, clock_, std::move(options));
        if (!opened) {
            std::cerr << "the queue does not open: " << opened.error().detail << '\n';
            std::abort();
        }
        database_ = std::move(*opened);
        queue_ = std::make_unique<adapters::rocksdb::RocksDbTaskQueue>(database_);
    }

    const ports::Clock& clock_;
    support::TempDirectory directory_{support::Place::memory};
    runtime::BlockingPool pool_{1};
    unsigned generation_ = 0;
    std::unique_ptr<adapters::rocksdb::FaultyDisk> disk_;
    std::shared_ptr<adapters::rocksdb::EmbeddedDatabase> database_;
    std::unique_ptr<adapters::rocksdb::RocksDbTaskQueue> queue_;
};

}  // namespace

std::unique_ptr<TaskQueueMachine> memory_task_machine() {
    return std::make_unique<MemoryMachine>();
}

std::unique_ptr<TaskQueueMachine> rocksdb_task_machine(const ports::Clock& clock) {
    return std::make_unique<RocksDbMachine>(clock);
}

}  // namespace slipway::sim

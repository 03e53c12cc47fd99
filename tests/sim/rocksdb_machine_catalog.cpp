#include "sim/rocksdb_machine_catalog.hpp"

#include <filesystem>
#include <string>

#include "adapters/rocksdb/faulty_disk.hpp"
#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "runtime/blocking_pool.hpp"
#include "support/temp_directory.hpp"

namespace slipway::sim {
namespace {

using adapters::rocksdb::EmbeddedDatabaseOptions;
using adapters::rocksdb::FaultyDisk;
using adapters::rocksdb::RocksDbCatalog;

class RocksDbMachineCatalog final : public MachineCatalog {
 public:
    RocksDbMachineCatalog(SimulatedDisk& disk, const ports::Clock& clock)
        : disk_(disk), clock_(clock) {}

    Task<Result<>> open() override {
        files_->ask_before_each({});
        EmbeddedDatabaseOptions options{.env = files_->env()};
        // As the process would end.
        options.writer.on_fatal = [this](const Error&) { disk_.crash(); };
        auto opened = RocksDbCatalog::open(path(), pool_, clock_, std::move(options));
        if (!opened) {
            co_return std::unexpected(opened.error());
        }
        catalog_ = std::move(*opened);
        files_->ask_before_each([this] { return disk_.stand_in_for("log") == 0; });
        co_return Result<>();
    }
    ports::Catalog& catalog() override { return *catalog_; }
    void close() override { catalog_.reset(); }
    void cut(PowerCut how) override {
        const auto before = path();
        ++generation_;
        if (how.kept == Kept::nothing) {
            files_->copy_after_power_cut(before, path());
        } else {
            std::filesystem::copy(before, path());
        }
        std::filesystem::remove_all(before);
        files_ = std::make_unique<FaultyDisk>();
    }
    bool is_threaded() const override { return true; }

 private:
    std::filesystem::path path() const {
        return directory_.path() / ("catalog" + std::to_string(generation_));
    }

    SimulatedDisk& disk_;
    const ports::Clock& clock_;
    support::TempDirectory directory_{support::Place::memory};
    runtime::BlockingPool pool_{1};
    unsigned generation_ = 0;
    std::unique_ptr<FaultyDisk> files_ = std::make_unique<FaultyDisk>();
    std::unique_ptr<RocksDbCatalog> catalog_;
};

}  // namespace

std::unique_ptr<MachineCatalog> rocksdb_machine_catalog(SimulatedDisk& disk,
                                                        const ports::Clock& clock) {
    return std::make_unique<RocksDbMachineCatalog>(disk, clock);
}

}  // namespace slipway::sim

// LoggedCatalog: the catalog of simulations: MemoryCatalog, made durable by a log on the simulated
// disk, one append and one sync for each change. It stands for any catalog that keeps the port's
// promise, and costs a thousandth of a real one; its calls are counted, failed, torn and cut like
// those of the store.
//
// What it proves is the engine's order of blob and record, not the real catalog: a record in the
// log only names a change, and the change itself is kept beside the disk (CatalogHistory). The real
// one runs under a simulated crash in rocksdb_sim_test.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/localfs/disk_handle.hpp"
#include "adapters/memory/memory_catalog.hpp"
#include "ports/catalog.hpp"
#include "sim/machine_catalog.hpp"
#include "sim/simulated_disk.hpp"

namespace slipway::sim {

// Every change that was ever handed to the log, by its number. It outlives restarts.
using CatalogChange = std::function<Task<Result<>>(adapters::memory::MemoryCatalog&)>;
using CatalogHistory = std::vector<CatalogChange>;

class LoggedCatalog final : public ports::Catalog {
 public:
    // Reads the log of the directory "/catalog", drops a torn end, and makes what it found durable.
    static Result<std::unique_ptr<LoggedCatalog>> open(SimulatedDisk& disk,
                                                       CatalogHistory& history);
    // Brings what the log names about. Once, before any other call.
    Task<void> replay();

    Task<Result<ports::CreateUploadOutcome>> create_upload(
        core::Upload upload, core::Quota standard, std::optional<core::Event> event) override;
    Task<Result<ports::CreateUploadOutcome>> preview_upload(core::Upload upload,
                                                            core::Quota standard) override {
        return memory_.preview_upload(std::move(upload), standard);
    }
    Task<Result<core::Upload>> find_upload(UploadId id) override { return memory_.find_upload(id); }
    Task<Result<ports::Page<core::Upload>>> list_open_uploads(std::string owner,
                                                              ports::PageRequest page) override {
        return memory_.list_open_uploads(std::move(owner), page);
    }
    Task<Result<ports::Page<core::Upload>>> list_uploads(core::UploadState state,
                                                         ports::PageRequest page) override {
        return memory_.list_uploads(state, page);
    }
    Task<Result<ports::PutPartOutcome>> put_part(UploadId id, core::Epoch epoch, core::Part part,
                                                 core::Quota standard,
                                                 std::optional<core::Event> event) override;
    Task<Result<>> replace_parts(UploadId id, core::Epoch epoch,
                                 std::vector<core::Part> parts) override;
    Task<Result<std::vector<core::Part>>> list_parts(UploadId id) override {
        return memory_.list_parts(id);
    }
    Task<Result<core::Part>> find_part(UploadId id, PartNumber number) override {
        return memory_.find_part(id, number);
    }
    Task<Result<>> add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                              std::vector<core::PartCopy> copies) override;
    Task<Result<>> add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                            core::StagedCopy blob) override;
    Task<Result<>> advance_upload(core::Epoch expected, core::Upload next,
                                  std::optional<core::Event> event) override;
    Task<Result<>> complete_upload(core::Epoch expected, core::Upload next, core::File file,
                                   std::optional<core::Event> event) override;
    Task<Result<>> forget_upload(UploadId id) override;
    Task<Result<core::File>> find_file(UploadId id) override { return memory_.find_file(id); }
    Task<Result<ports::Page<core::File>>> list_files(std::string owner,
                                                     ports::PageRequest page) override {
        return memory_.list_files(std::move(owner), page);
    }
    Task<Result<ports::Page<core::File>>> list_all_files(ports::PageRequest page) override {
        return memory_.list_all_files(page);
    }
    Task<Result<>> mark_damaged(UploadId id, WallTime when) override;
    Task<Result<>> set_file_places(UploadId id, core::FilePlaces expected, core::FilePlaces next,
                                   std::optional<core::Event> event) override;
    Task<Result<>> remove_file(UploadId id, std::optional<core::Event> event) override;
    using ports::Catalog::list_events;
    Task<Result<std::vector<core::OutboxEntry>>> list_events(std::uint64_t after,
                                                             std::size_t limit) override {
        return memory_.list_events(after, limit);
    }
    Task<Result<>> remove_events(std::uint64_t through) override;
    std::size_t events_waiting() const override { return memory_.events_waiting(); }
    Task<Result<core::Usage>> find_usage(std::string owner) override {
        return memory_.find_usage(std::move(owner));
    }
    Task<Result<std::optional<core::Quota>>> find_quota(std::string owner) override {
        return memory_.find_quota(std::move(owner));
    }
    Task<Result<>> set_quota(std::string owner, std::optional<core::Quota> quota) override;
    Task<Result<ports::CreateFilesOutcome>> create_files(std::vector<ports::NewFile> files,
                                                         core::Quota standard) override;
    Task<Result<core::File>> claim_file(UploadId id, core::FileClaim claim, WallTime now) override;
    Task<Result<std::vector<UploadId>>> list_expired_files(WallTime now,
                                                           std::size_t limit) override {
        return memory_.list_expired_files(now, limit);
    }
    Task<Result<>> remove_expired_file(UploadId id, WallTime now,
                                       std::optional<core::Event> event) override;

 private:
    LoggedCatalog(SimulatedDisk& disk, CatalogHistory& history, adapters::localfs::DiskHandle log)
        : disk_(disk), history_(history), log_(std::move(log)) {}

    Result<> read_log();
    // Makes the change durable. A log that fails ends the process: nothing is acknowledged any
    // more.
    Result<> append(CatalogChange change);

    SimulatedDisk& disk_;
    CatalogHistory& history_;
    adapters::localfs::DiskHandle log_;
    std::uint64_t end_ = 0;
    std::vector<std::uint64_t> found_;
    adapters::memory::MemoryCatalog memory_;
};

class LoggedMachineCatalog final : public MachineCatalog {
 public:
    explicit LoggedMachineCatalog(SimulatedDisk& disk) : disk_(disk) {}

    Task<Result<>> open() override;
    ports::Catalog& catalog() override { return *catalog_; }
    void close() override { catalog_.reset(); }
    // The disk knows.
    void cut(PowerCut) override {}
    bool is_threaded() const override { return false; }

 private:
    SimulatedDisk& disk_;
    CatalogHistory history_;
    std::unique_ptr<LoggedCatalog> catalog_;
};

}  // namespace slipway::sim

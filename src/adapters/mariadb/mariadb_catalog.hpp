// MariaDbCatalog: the catalog's contract (ports/catalog.hpp) over a MariaDB server, which is the
// one place where changes meet: any number of processes may use it at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/mariadb/catalog/part_batcher.hpp"
#include "adapters/mariadb/client/database.hpp"
#include "ports/catalog.hpp"
#include "ports/part_loans.hpp"

namespace slipway::adapters::mariadb {

// Who may remove events: the holder of a lease (ports/shared_state.hpp).
struct EventFence {
    std::string lease;
    // Of this process's holding; nothing: it has none.
    std::function<std::optional<std::uint64_t>()> token;
};

class MariaDbCatalog final : public ports::Catalog, public ports::PartLoans {
 public:
    // `database` is prepared (open_database.hpp).
    static Result<std::unique_ptr<MariaDbCatalog>> open(std::shared_ptr<Database> database,
                                                        PartBatcherOptions options = {});
    // What is under way ends first: the database is stopped.
    ~MariaDbCatalog() override;

    // From now on remove_events() is refused with Errc::conflict to whoever does not hold the
    // lease, which is looked up in the transaction that removes them. Before any other call.
    void fence_events(EventFence fence) { fence_ = std::move(fence); }
    // Brings events_waiting() up to date with what other processes have done.
    Task<Result<>> count_waiting_events();

    using ports::Catalog::create_upload;
    Task<Result<ports::CreateUploadOutcome>> create_upload(
        core::Upload upload, core::Quota standard, std::optional<core::Event> event = {}) override;
    Task<Result<ports::CreateUploadOutcome>> preview_upload(core::Upload upload,
                                                            core::Quota standard) override;
    Task<Result<core::Upload>> find_upload(UploadId id) override;
    Task<Result<ports::Page<core::Upload>>> list_open_uploads(std::string owner,
                                                              ports::PageRequest page) override;
    Task<Result<ports::Page<core::Upload>>> list_uploads(core::UploadState state,
                                                         ports::PageRequest page) override;
    using ports::Catalog::put_part;
    Task<Result<ports::PutPartOutcome>> put_part(UploadId id, core::Epoch epoch, core::Part part,
                                                 core::Quota standard,
                                                 std::optional<core::Event> event = {}) override;
    Task<Result<>> replace_parts(UploadId id, core::Epoch epoch,
                                 std::vector<core::Part> parts) override;
    Task<Result<std::vector<core::Part>>> list_parts(UploadId id) override;
    Task<Result<core::Part>> find_part(UploadId id, PartNumber number) override;
    Task<Result<>> add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                              std::vector<core::PartCopy> copies) override;
    Task<Result<>> add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                            core::StagedCopy blob) override;
    Task<Result<>> advance_upload(core::Epoch expected, core::Upload next,
                                  std::optional<core::Event> event = {}) override;
    Task<Result<>> complete_upload(core::Epoch expected, core::Upload next, core::File file,
                                   std::optional<core::Event> event = {}) override;
    Task<Result<>> forget_upload(UploadId id) override;
    Task<Result<core::File>> find_file(UploadId id) override;
    Task<Result<ports::Page<core::File>>> list_files(std::string owner,
                                                     ports::PageRequest page) override;
    Task<Result<ports::Page<core::File>>> list_all_files(ports::PageRequest page) override;
    Task<Result<>> mark_damaged(UploadId id, WallTime when) override;
    Task<Result<>> set_file_places(UploadId id, core::FilePlaces expected, core::FilePlaces next,
                                   std::optional<core::Event> event = {}) override;
    Task<Result<>> remove_file(UploadId id, std::optional<core::Event> event = {}) override;
    using ports::Catalog::list_events;
    Task<Result<std::vector<core::OutboxEntry>>> list_events(std::uint64_t after,
                                                             std::size_t limit) override;
    Task<Result<>> remove_events(std::uint64_t through) override;
    std::size_t events_waiting() const override;
    Task<Result<core::Usage>> find_usage(std::string owner) override;
    Task<Result<std::optional<core::Quota>>> find_quota(std::string owner) override;
    Task<Result<>> set_quota(std::string owner, std::optional<core::Quota> quota) override;
    Task<Result<ports::CreateFilesOutcome>> create_files(std::vector<ports::NewFile> files,
                                                         core::Quota standard = {}) override;
    Task<Result<core::File>> claim_file(UploadId id, core::FileClaim claim, WallTime now) override;
    Task<Result<std::vector<UploadId>>> list_expired_files(WallTime now,
                                                           std::size_t limit) override;
    Task<Result<>> remove_expired_file(UploadId id, WallTime now,
                                       std::optional<core::Event> event = {}) override;

    Task<Result<>> lend(ports::LoanRequest request) override;
    Task<Result<std::optional<ports::Loan>>> find_loan(UploadId upload) override;
    Task<Result<ports::PutPartOutcome>> put_lent(ports::LentPart part) override;
    Task<Result<>> end_loan(UploadId upload, std::string name) override;
    Task<Result<std::vector<UploadId>>> list_overdue(std::size_t limit) override;
    Task<Result<std::size_t>> count_loans() override;

 private:
    MariaDbCatalog(std::shared_ptr<Database> database, PartBatcherOptions options);
    // Counts the event that a change has added.
    template <class T>
    Result<T> counted(Result<T> result, bool added);
    template <class Record, class Decode>
    Task<Result<ports::Page<Record>>> list(std::string statement, std::vector<Value> values,
                                           ports::PageRequest page, Decode decode);
    Task<Result<>> remove(UploadId id, std::optional<WallTime> expired_by,
                          std::optional<core::Event> event);

    const std::shared_ptr<Database> database_;
    PartBatcher parts_;
    std::optional<EventFence> fence_;
    // Of what this process has seen: brought up to date by every look at the outbox.
    std::atomic<std::size_t> events_waiting_{0};
};

}  // namespace slipway::adapters::mariadb

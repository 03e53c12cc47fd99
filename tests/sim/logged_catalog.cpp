#include "sim/logged_catalog.hpp"

#include <fcntl.h>

#include <array>
#include <span>
#include <utility>
#include <variant>

#include "adapters/localfs/disk_error.hpp"
#include "adapters/localfs/disk_steps.hpp"

namespace slipway::sim {
namespace {

using adapters::localfs::disk_error;
using adapters::localfs::DiskHandle;
using adapters::localfs::read_up_to;
using adapters::localfs::write_all;
using adapters::memory::MemoryCatalog;

// Longer than a sector, so that a torn end can have any of two.
struct LogRecord {
    std::uint64_t number = 0;
    std::array<std::uint64_t, 63> padding{};
    std::uint64_t seal = 0;
};

std::uint64_t seal_of(std::uint64_t number, std::uint64_t position) {
    return (number + 1) * 0x9e3779b97f4a7c15U + position;
}

template <class Outcome>
Task<Result<>> without_outcome(Task<Result<Outcome>> call) {
    const auto outcome = co_await std::move(call);
    co_return outcome ? Result<>() : std::unexpected(outcome.error());
}

}  // namespace

Result<std::unique_ptr<LoggedCatalog>> LoggedCatalog::open(SimulatedDisk& disk,
                                                           CatalogHistory& history) {
    const int made = disk.make_directory({AT_FDCWD, "/catalog"});
    if (made < 0 && made != -EEXIST) {
        return std::unexpected(disk_error("mkdir catalog", made));
    }
    DiskHandle log(disk, disk.open_path("/catalog/log", O_RDWR | O_CREAT));
    const DiskHandle directory(disk, disk.open_path("/catalog", O_RDONLY | O_DIRECTORY));
    const DiskHandle above(disk, disk.open_path("/", O_RDONLY | O_DIRECTORY));
    for (const DiskHandle* opened : {&std::as_const(log), &directory, &above}) {
        if (!*opened) {
            return std::unexpected(disk_error("open catalog", opened->get()));
        }
    }
    for (const DiskHandle* named : {&directory, &above}) {
        if (const int synced = disk.sync(named->get()); synced < 0) {
            return std::unexpected(disk_error("fsync catalog", synced));
        }
    }
    std::unique_ptr<LoggedCatalog> catalog(new LoggedCatalog(disk, history, std::move(log)));
    if (auto read = catalog->read_log(); !read) {
        return std::unexpected(read.error());
    }
    return catalog;
}

Result<> LoggedCatalog::read_log() {
    std::vector<LogRecord> records;
    for (;;) {
        LogRecord& record = records.emplace_back();
        const auto bytes = std::as_writable_bytes(std::span(&record, 1));
        const ssize_t got = read_up_to(disk_, log_.get(), bytes, ByteOffset(end_));
        if (got < 0) {
            return std::unexpected(disk_error("read the log", got));
        }
        if (static_cast<std::size_t>(got) < sizeof record ||
            record.seal != seal_of(record.number, end_) || record.number >= history_.size()) {
            break;
        }
        found_.push_back(record.number);
        end_ += sizeof record;
    }
    const auto kept = std::as_bytes(std::span(records)).first(end_);
    int done = disk_.truncate(log_.get(), ByteCount(end_));
    // What a process before had written is there, but not yet durable, and after a failed sync it
    // is in the cache only and clean: written again, it is neither.
    done = done < 0 ? done : write_all(disk_, log_.get(), kept, ByteOffset(0));
    done = done < 0 ? done : disk_.sync_data(log_.get());
    return done < 0 ? Result<>(std::unexpected(disk_error("repair the log", done))) : Result<>();
}

Task<void> LoggedCatalog::replay() {
    for (const std::uint64_t number : found_) {
        static_cast<void>(co_await history_[number](memory_));
    }
}

Result<> LoggedCatalog::append(CatalogChange change) {
    LogRecord record;
    record.number = history_.size();
    record.seal = seal_of(record.number, end_);
    history_.push_back(std::move(change));
    int done = write_all(disk_, log_.get(), std::as_bytes(std::span(&record, 1)), ByteOffset(end_));
    done = done < 0 ? done : disk_.sync_data(log_.get());
    if (done < 0) {
        disk_.crash();
        return failure(Errc::outcome_unknown, "the log failed");
    }
    end_ += sizeof record;
    return {};
}

Task<Result<>> LoggedMachineCatalog::open() {
    auto opened = LoggedCatalog::open(disk_, history_);
    if (!opened) {
        co_return std::unexpected(opened.error());
    }
    catalog_ = std::move(*opened);
    co_await catalog_->replay();
    co_return Result<>();
}

// Each change is made in memory first, under MemoryCatalog's rules, and told once it is durable:
// nobody looks at it in between, because all of it runs in one step of one thread.

Task<Result<ports::CreateUploadOutcome>> LoggedCatalog::create_upload(
    core::Upload upload, core::Quota standard, std::optional<core::Event> event) {
    auto outcome = co_await memory_.create_upload(upload, standard, event);
    if (!outcome || !std::holds_alternative<ports::UploadCreated>(*outcome)) {
        co_return outcome;
    }
    const auto logged = append([upload, standard, event](MemoryCatalog& memory) {
        return without_outcome(memory.create_upload(upload, standard, event));
    });
    if (!logged) {
        co_return std::unexpected(logged.error());
    }
    co_return outcome;
}

Task<Result<>> LoggedCatalog::set_quota(std::string owner, std::optional<core::Quota> quota) {
    static_cast<void>(co_await memory_.set_quota(owner, quota));
    co_return append(
        [owner, quota](MemoryCatalog& memory) { return memory.set_quota(owner, quota); });
}

Task<Result<ports::PutPartOutcome>> LoggedCatalog::put_part(UploadId id, core::Epoch epoch,
                                                            core::Part part, core::Quota standard,
                                                            std::optional<core::Event> event) {
    auto outcome = co_await memory_.put_part(id, epoch, part, standard, event);
    if (!outcome || !std::holds_alternative<ports::PartStored>(*outcome)) {
        co_return outcome;
    }
    const auto logged = append([id, epoch, part, standard, event](MemoryCatalog& memory) {
        return without_outcome(memory.put_part(id, epoch, part, standard, event));
    });
    if (!logged) {
        co_return std::unexpected(logged.error());
    }
    co_return outcome;
}

Task<Result<>> LoggedCatalog::replace_parts(UploadId id, core::Epoch epoch,
                                            std::vector<core::Part> parts) {
    const auto made = co_await memory_.replace_parts(id, epoch, parts);
    if (!made) {
        co_return made;
    }
    co_return append([id, epoch, parts](MemoryCatalog& memory) {
        return memory.replace_parts(id, epoch, parts);
    });
}

Task<Result<>> LoggedCatalog::add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                         std::vector<core::PartCopy> copies) {
    const auto made = co_await memory_.add_copies(id, epoch, number, copies);
    co_return made ? append([id, epoch, number, copies](MemoryCatalog& memory) {
        return memory.add_copies(id, epoch, number, copies);
    })
                   : made;
}

Task<Result<>> LoggedCatalog::add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                                       core::StagedCopy blob) {
    const auto made = co_await memory_.add_blob(id, epoch, seen, blob);
    co_return made ? append([id, epoch, seen, blob](MemoryCatalog& memory) {
        return memory.add_blob(id, epoch, seen, blob);
    })
                   : made;
}

Task<Result<>> LoggedCatalog::advance_upload(core::Epoch expected, core::Upload next,
                                             std::optional<core::Event> event) {
    const auto made = co_await memory_.advance_upload(expected, next, event);
    co_return made ? append([expected, next, event](MemoryCatalog& memory) {
        return memory.advance_upload(expected, next, event);
    })
                   : made;
}

Task<Result<>> LoggedCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                              core::File file, std::optional<core::Event> event) {
    const auto made = co_await memory_.complete_upload(expected, next, file, event);
    co_return made ? append([expected, next, file, event](MemoryCatalog& memory) {
        return memory.complete_upload(expected, next, file, event);
    })
                   : made;
}

Task<Result<>> LoggedCatalog::forget_upload(UploadId id) {
    const auto made = co_await memory_.forget_upload(id);
    co_return made ? append([id](MemoryCatalog& memory) { return memory.forget_upload(id); })
                   : made;
}

Task<Result<>> LoggedCatalog::mark_damaged(UploadId id, WallTime when) {
    const auto made = co_await memory_.mark_damaged(id, when);
    co_return made
        ? append([id, when](MemoryCatalog& memory) { return memory.mark_damaged(id, when); })
        : made;
}

Task<Result<>> LoggedCatalog::set_file_places(UploadId id, core::FilePlaces expected,
                                              core::FilePlaces next,
                                              std::optional<core::Event> event) {
    const auto made = co_await memory_.set_file_places(id, expected, next, event);
    co_return made ? append([id, expected, next, event](MemoryCatalog& memory) {
        return memory.set_file_places(id, expected, next, event);
    })
                   : made;
}

Task<Result<>> LoggedCatalog::remove_file(UploadId id, std::optional<core::Event> event) {
    const auto made = co_await memory_.remove_file(id, event);
    co_return made
        ? append([id, event](MemoryCatalog& memory) { return memory.remove_file(id, event); })
        : made;
}

Task<Result<>> LoggedCatalog::remove_events(std::uint64_t through) {
    const auto made = co_await memory_.remove_events(through);
    co_return made
        ? append([through](MemoryCatalog& memory) { return memory.remove_events(through); })
        : made;
}

Task<Result<ports::CreateFilesOutcome>> LoggedCatalog::create_files(
    std::vector<ports::NewFile> files, core::Quota standard) {
    auto outcome = co_await memory_.create_files(files, standard);
    if (!outcome || !std::holds_alternative<ports::FilesCreated>(*outcome)) {
        co_return outcome;
    }
    const auto logged = append([files, standard](MemoryCatalog& memory) {
        return without_outcome(memory.create_files(files, standard));
    });
    if (!logged) {
        co_return std::unexpected(logged.error());
    }
    co_return outcome;
}

Task<Result<core::File>> LoggedCatalog::claim_file(UploadId id, core::FileClaim claim,
                                                   WallTime now) {
    auto file = co_await memory_.claim_file(id, claim, now);
    if (!file) {
        co_return file;
    }
    const auto logged = append([id, claim, now](MemoryCatalog& memory) {
        return without_outcome(memory.claim_file(id, claim, now));
    });
    if (!logged) {
        co_return std::unexpected(logged.error());
    }
    co_return file;
}

Task<Result<>> LoggedCatalog::remove_expired_file(UploadId id, WallTime now,
                                                  std::optional<core::Event> event) {
    const auto made = co_await memory_.remove_expired_file(id, now, event);
    co_return made ? append([id, now, event](MemoryCatalog& memory) {
        return memory.remove_expired_file(id, now, event);
    })
                   : made;
}

}  // namespace slipway::sim

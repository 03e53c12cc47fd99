// Fills a data directory as a busy server that was killed leaves it: open uploads with all parts
// recorded but the last, and the end of the catalog's log not yet in its tables. Ten million
// records would take a server an hour; here a commit takes those of many uploads, in the records'
// own form and through the same database, so that what a start finds is the same.
// The blobs have their size and no blocks: a start looks at their names.
// Usage: recovery_fill DATA_DIR UPLOADS PARTS_OF_EACH. It makes more uploads than that until the
// log is nearly as long as it gets, and prints how many there are and the log's bytes.
#include <fcntl.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/localfs/local_fs_store.hpp"
#include "adapters/rocksdb/changes.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/record_form.hpp"
#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_random.hpp"
#include "runtime/blocking_pool.hpp"

namespace {

using namespace slipway;
using adapters::rocksdb::Database;
using adapters::rocksdb::Table;

constexpr ByteCount kPart = 4_KiB;
constexpr std::size_t kUploadsOfACommit = 100;
// The catalog lets its log grow to 256 MiB.
constexpr std::uintmax_t kLongLog = std::uintmax_t{224} << 20U;

void require(bool condition, const std::string& what) {
    if (!condition) {
        std::fprintf(stderr, "recovery_fill: %s\n", what.c_str());
        std::exit(1);
    }
}

core::Upload new_upload(unsigned parts) {
    static adapters::system::SystemRandom random;
    static const adapters::system::SystemClock clock;
    core::Upload upload;
    UploadId::Bytes bytes{};
    random.fill(std::as_writable_bytes(std::span(bytes)));
    upload.id = UploadId(bytes);
    upload.owner = "admin";
    upload.blobs.front().storage_node = "local";
    upload.file_name = "left behind";
    upload.plan = {
        .total_parts = parts, .part_size = kPart, .file_size = ByteCount(parts * kPart.value())};
    upload.created_at = clock.wall();
    upload.expires_at = upload.created_at + std::chrono::hours(24);
    return upload;
}

void make_blob(const std::filesystem::path& staging, const core::Upload& upload) {
    const std::string name = upload.id.to_string();
    const auto path = staging / name.substr(0, 2) / name;
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    require(file >= 0, "cannot create " + path.string());
    require(::ftruncate(file, static_cast<off_t>(upload.plan.file_size->value())) == 0,
            "ftruncate");
    ::close(file);
}

void record_uploads(Database& database, const std::vector<core::Upload>& uploads) {
    adapters::rocksdb::Transaction changes(database);
    for (const core::Upload& upload : uploads) {
        require(adapters::rocksdb::create_upload(changes, upload, core::Quota{}).has_value(),
                "create_upload");
    }
    require(changes.commit().has_value(), "commit");
}

// All but the last of each.
void record_parts(Database& database, const std::vector<core::Upload>& uploads) {
    ::rocksdb::WriteBatch batch;
    for (const core::Upload& upload : uploads) {
        for (std::uint32_t number = 1; number < upload.plan.total_parts; ++number) {
            core::Part part;
            part.number = PartNumber(number);
            part.size = kPart;
            part.digests.sha256.bytes.fill(static_cast<std::byte>(number));
            part.stored_at = upload.created_at;
            const auto put = batch.Put(database.handle(Table::parts),
                                       adapters::rocksdb::part_key(upload.id, part.number),
                                       adapters::rocksdb::encode_part(upload.id, part));
            require(put.ok(), "put");
        }
    }
    require(database.commit(batch).has_value(), "commit");
}

std::uintmax_t log_bytes(const std::filesystem::path& directory) {
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        bytes += entry.path().extension() == ".log" ? entry.file_size() : 0;
    }
    return bytes;
}

void make_store(const std::filesystem::path& blobs) {
    runtime::BlockingPool pool(1);
    require(adapters::localfs::LocalFsStore::open(blobs.string(), "local", pool, {}).has_value(),
            "cannot create the store");
}

}  // namespace

int main(int argc, char** argv) {
    require(argc == 4, "usage: recovery_fill DATA_DIR UPLOADS PARTS_OF_EACH");
    const std::filesystem::path directory = argv[1];
    const auto parts = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
    make_store(directory / "blobs");
    const auto database = Database::open(directory / "catalog");
    require(database.has_value(), "cannot create the catalog");
    const std::size_t wanted = std::strtoul(argv[2], nullptr, 10);
    std::size_t made = 0;
    while (made < wanted || log_bytes(directory / "catalog") < kLongLog) {
        std::vector<core::Upload> uploads;
        for (; uploads.size() < kUploadsOfACommit; ++made) {
            uploads.push_back(new_upload(parts));
            make_blob(directory / "blobs" / "staging", uploads.back());
        }
        record_uploads(**database, uploads);
        record_parts(**database, uploads);
    }
    std::printf("%zu %ju\n", made, log_bytes(directory / "catalog"));
    std::fflush(stdout);
    // As after kill -9: nothing is closed.
    std::_Exit(0);
}

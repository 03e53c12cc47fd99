// Fills a data directory as a busy server that was killed leaves it: open uploads with all parts
// recorded but the last. The blobs have their size and no blocks: a start looks at their names.
// Usage: recovery_fill DATA_DIR UPLOADS PARTS_OF_EACH
#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

#include "adapters/localfs/local_fs_store.hpp"
#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_random.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/run_blocking.hpp"

namespace {

using namespace slipway;
using adapters::rocksdb::RocksDbCatalog;

constexpr ByteCount kPart = 4_KiB;
constexpr unsigned kInFlight = 512;

void require(bool condition, const std::string& what) {
    if (!condition) {
        std::fprintf(stderr, "recovery_fill: %s\n", what.c_str());
        std::exit(1);
    }
}

struct Plan {
    RocksDbCatalog& catalog;
    std::filesystem::path staging;
    unsigned parts;
    unsigned left;  // uploads not yet begun
};

core::Upload new_upload(unsigned parts) {
    static adapters::system::SystemRandom random;
    static const adapters::system::SystemClock clock;
    core::Upload upload;
    UploadId::Bytes bytes{};
    random.fill(std::as_writable_bytes(std::span(bytes)));
    upload.id = UploadId(bytes);
    upload.owner = "admin";
    upload.storage_node = "local";
    upload.file_name = "left behind";
    upload.plan = {
        .total_parts = parts, .part_size = kPart, .file_size = ByteCount(parts * kPart.value())};
    upload.created_at = clock.wall();
    upload.expires_at = upload.created_at + std::chrono::hours(24);
    return upload;
}

void make_blob(const Plan& plan, const core::Upload& upload) {
    const std::string name = upload.id.to_string();
    const auto path = plan.staging / name.substr(0, 2) / name;
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    require(file >= 0, "cannot create " + path.string());
    require(::ftruncate(file, static_cast<off_t>(upload.plan.file_size->value())) == 0,
            "ftruncate");
    ::close(file);
}

Task<> fill(Plan& plan) {
    while (plan.left > 0) {
        --plan.left;
        const core::Upload upload = new_upload(plan.parts);
        make_blob(plan, upload);
        require((co_await plan.catalog.create_upload(upload)).has_value(), "create_upload");
        for (unsigned number = 1; number < plan.parts; ++number) {
            core::Part part;
            part.number = PartNumber(number);
            part.size = kPart;
            part.digests.sha256.bytes.fill(static_cast<std::byte>(number));
            const auto stored = co_await plan.catalog.put_part(upload.id, upload.epoch, part);
            require(stored.has_value(), "put_part");
        }
    }
}

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

}  // namespace

int main(int argc, char** argv) {
    require(argc == 4, "usage: recovery_fill DATA_DIR UPLOADS PARTS_OF_EACH");
    const std::filesystem::path directory = argv[1];
    runtime::BlockingPool pool(1);
    const adapters::system::SystemClock clock;
    {
        const auto store = adapters::localfs::LocalFsStore::open((directory / "blobs").string(),
                                                                 "local", pool, {});
        require(store.has_value(), "cannot create the store");
    }
    auto catalog = RocksDbCatalog::open(directory / "catalog", pool, clock, {});
    require(catalog.has_value(), "cannot create the catalog");
    Plan plan{.catalog = **catalog,
              .staging = directory / "blobs" / "staging",
              .parts = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10)),
              .left = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10))};
    boost::asio::io_context& loop = runtime::blocking_loop();
    for (unsigned i = 0; i < kInFlight; ++i) {
        boost::asio::co_spawn(loop, fill(plan), rethrow);
    }
    loop.run();
    // As after kill -9: nothing is closed.
    std::_Exit(0);
}

// How many acknowledged part records the embedded catalog gets out of one sync of the disk.
//     catalog_commit_bench [DIRECTORY] [SECONDS]
// The floor, measured in the same run and directory, is a loop of one 4 KiB append and one
// fdatasync. For 1, 64 and 512 calls in flight it prints acknowledgements a second, how many of
// them a sync served, and the ratio to the floor.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>

#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "adapters/system/system_clock.hpp"
#include "base/file_descriptor.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway {
namespace {

using adapters::rocksdb::RocksDbCatalog;
using Seconds = std::chrono::duration<double>;

[[noreturn]] void give_up(std::string_view what) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(1);
}

double floor_syncs_per_second(const std::filesystem::path& directory, const ports::Clock& clock,
                              Seconds time) {
    const auto path = directory / "floor";
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const std::array<char, 4096> block{};
    const auto begin = clock.steady();
    std::size_t syncs = 0;
    for (; clock.steady() - begin < time; ++syncs) {
        if (::write(file.get(), block.data(), block.size()) != 4096 ||
            ::fdatasync(file.get()) != 0) {
            give_up("cannot write the floor's file");
        }
    }
    const Seconds taken = clock.steady() - begin;
    std::filesystem::remove(path);
    return static_cast<double>(syncs) / taken.count();
}

struct Load {
    RocksDbCatalog& catalog;
    const ports::Clock& clock;
    UploadId id;
    SteadyTime end;
    std::uint32_t next_part = 1;
    std::size_t acknowledged = 0;
};

Task<> put_parts(Load& load) {
    while (load.clock.steady() < load.end) {
        core::Part part;
        part.number = PartNumber(load.next_part++);
        part.size = 8_MiB;
        const auto outcome = co_await load.catalog.put_part(load.id, core::kFirstEpoch, part);
        if (!outcome || !std::holds_alternative<ports::PartStored>(*outcome)) {
            give_up("a part was not stored");
        }
        ++load.acknowledged;
    }
}

struct Groups {
    std::size_t syncs = 0;
    std::size_t requests = 0;
};

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

void measure(RocksDbCatalog& catalog, const ports::Clock& clock, Groups& groups, unsigned in_flight,
             Seconds time, double floor) {
    core::Upload upload;
    UploadId::Bytes bytes{};
    bytes[0] = static_cast<std::uint8_t>(in_flight);
    bytes[1] = static_cast<std::uint8_t>(in_flight >> 8U);
    upload.id = UploadId(bytes);
    if (!runtime::run_blocking(catalog.create_upload(upload))) {
        give_up("cannot create an upload");
    }
    groups = {};
    const auto begin = clock.steady();
    Load load{.catalog = catalog,
              .clock = clock,
              .id = upload.id,
              .end = begin + std::chrono::duration_cast<SteadyTime::duration>(time)};
    boost::asio::io_context& loop = runtime::blocking_loop();
    for (unsigned i = 0; i < in_flight; ++i) {
        boost::asio::co_spawn(loop, put_parts(load), rethrow);
    }
    loop.run();
    const Seconds taken = clock.steady() - begin;
    const double rate = static_cast<double>(load.acknowledged) / taken.count();
    std::printf("in flight %3u: %8.0f acks/s, %6.1f acks a sync, %6.2f x floor\n", in_flight, rate,
                static_cast<double>(groups.requests) / static_cast<double>(groups.syncs),
                rate / floor);
}

void run(const std::filesystem::path& parent, Seconds time) {
    std::string name = (parent / "catalog-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        give_up("cannot create a directory");
    }
    const adapters::system::SystemClock clock;
    const double floor = floor_syncs_per_second(name, clock, time);
    std::printf("floor:         %8.0f syncs/s (4 KiB append and fdatasync)\n", floor);
    {
        runtime::BlockingPool pool(1);
        // Written by the writer's thread, read when no call is in flight.
        Groups groups;
        adapters::rocksdb::EmbeddedDatabaseOptions options;
        options.writer.on_commit = [&groups](std::size_t requests, double) {
            ++groups.syncs;
            groups.requests += requests;
        };
        auto catalog = RocksDbCatalog::open(std::filesystem::path(name) / "catalog", pool, clock,
                                            std::move(options));
        if (!catalog) {
            give_up(catalog.error().detail);
        }
        for (const unsigned in_flight : {1U, 64U, 512U}) {
            measure(**catalog, clock, groups, in_flight, time, floor);
        }
    }
    std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace slipway

int main(int argc, char** argv) {
    slipway::run(argc > 1 ? argv[1] : ".",
                 slipway::Seconds(argc > 2 ? std::strtod(argv[2], nullptr) : 3.0));
    return 0;
}

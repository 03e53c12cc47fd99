// What the local store costs above the disk: parts written and committed through LocalFsStore, as a
// ratio to plain pwrite and fdatasync of the same sizes on the same file system, in one run. Usage:
// store_write_bench [DIR] [MIB]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "adapters/localfs/local_fs_store.hpp"
#include "adapters/system/system_random.hpp"
#include "base/file_descriptor.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/run_blocking.hpp"

namespace {

using namespace slipway;
using adapters::localfs::LocalFsStore;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kRounds = 5;
// As the receiver hands bytes over: buffers of a pool.
constexpr std::size_t kBuffer = 1U << 20U;

struct Load {
    std::size_t part_size;
    std::size_t parts;
    std::size_t parallel;
};

void require(bool condition, const char* what) {
    if (!condition) {
        std::perror(what);
        std::exit(1);
    }
}

double seconds_of(const std::function<void()>& work) {
    const auto begin = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

UploadId next_id() {
    static adapters::system::SystemRandom random;
    UploadId::Bytes bytes{};
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return UploadId(bytes);
}

// One thread; preallocated as the store does it; a sync after each part.
double floor_seconds(const std::string& directory, const Load& load,
                     std::span<const std::byte> buffer) {
    const std::string path = directory + "/floor";
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    require(static_cast<bool>(file), "open");
    const auto total = static_cast<off_t>(load.part_size * load.parts);
    require(::fallocate(file.get(), 0, 0, total) == 0, "fallocate");
    require(::fsync(file.get()) == 0, "fsync");
    const double seconds = seconds_of([&] {
        for (std::size_t part = 0; part < load.parts; ++part) {
            for (std::size_t done = 0; done < load.part_size; done += kBuffer) {
                const std::size_t size = std::min(kBuffer, load.part_size - done);
                const auto offset = static_cast<off_t>(part * load.part_size + done);
                require(
                    ::pwrite(file.get(), buffer.data(), size, offset) == static_cast<ssize_t>(size),
                    "pwrite");
            }
            require(::fdatasync(file.get()) == 0, "fdatasync");
        }
    });
    ::unlink(path.c_str());
    return seconds;
}

// One client: its parts one after another, every `step`-th.
Task<> client(LocalFsStore& store, UploadId id, Load load, std::size_t first,
              std::span<const std::byte> buffer, std::size_t& acknowledged) {
    for (std::size_t part = first; part < load.parts; part += load.parallel) {
        const ports::PartRegion region{ByteOffset(part * load.part_size),
                                       ByteCount(load.part_size)};
        ports::BlobRef blob{id, {}};
        auto sink = co_await store.open_part(std::move(blob), region);
        require(sink.has_value(), "open_part");
        for (std::size_t done = 0; done < load.part_size; done += kBuffer) {
            const auto piece = buffer.first(std::min(kBuffer, load.part_size - done));
            require((co_await (*sink)->write(piece)).has_value(), "write");
        }
        require((co_await (*sink)->commit()).has_value(), "commit");
        ++acknowledged;
    }
}

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

double store_seconds(LocalFsStore& store, const Load& load, std::span<const std::byte> buffer) {
    const UploadId id = next_id();
    const ByteCount capacity(load.part_size * load.parts);
    const ports::BlobLayout layout{.capacity = capacity, .part_size = ByteCount(load.part_size)};
    require(runtime::run_blocking(store.create(id, layout)).has_value(), "create");
    std::size_t acknowledged = 0;
    const double seconds = seconds_of([&] {
        boost::asio::io_context loop(1);
        for (std::size_t first = 0; first < load.parallel; ++first) {
            boost::asio::co_spawn(loop, client(store, id, load, first, buffer, acknowledged),
                                  rethrow);
        }
        loop.run();
    });
    require(acknowledged == load.parts, "parts acknowledged");
    require(runtime::run_blocking(store.remove(id)).has_value(), "remove");
    return seconds;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void compare(LocalFsStore& store, const std::string& directory, const Load& load) {
    const std::vector<std::byte> buffer(kBuffer, std::byte{0x5a});
    std::vector<double> floor;
    std::vector<double> own;
    // In turn, so that what else the machine does falls on both.
    for (std::size_t round = 0; round < kRounds; ++round) {
        floor.push_back(floor_seconds(directory, load, buffer));
        own.push_back(store_seconds(store, load, buffer));
    }
    const double mib = static_cast<double>(load.part_size * load.parts) / (1 << 20);
    std::printf(
        "%6zu KiB x %4zu parts, %2zu at once: floor %7.1f MiB/s %6.0f syncs/s, store %7.1f "
        "MiB/s %6.0f acks/s, store/floor %.2f\n",
        load.part_size >> 10U, load.parts, load.parallel, mib / median(floor),
        static_cast<double>(load.parts) / median(floor), mib / median(own),
        static_cast<double>(load.parts) / median(own), median(floor) / median(own));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string base = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
    const std::size_t mib = argc > 2 ? std::stoul(argv[2]) : 256;
    std::string directory = base + "/slipway-store-bench-XXXXXX";
    require(::mkdtemp(directory.data()) != nullptr, "mkdtemp");
    {
        runtime::BlockingPool pool(8);
        auto store = LocalFsStore::open(directory + "/blobs", "bench", pool);
        require(store.has_value(), "open store");
        for (const std::size_t part_size : {64UL << 10U, 1UL << 20U, 8UL << 20U}) {
            const std::size_t parts = std::clamp<std::size_t>((mib << 20U) / part_size, 8, 512);
            for (const std::size_t parallel : {1UL, 4UL, 16UL}) {
                compare(**store, directory, {part_size, parts, parallel});
            }
        }
        pool.stop();
    }
    std::filesystem::remove_all(directory);
    return 0;
}

// Part records into MariaDB, for mariadb_ratio.py:
//     mariadb_parts statements COUNT            prints statements of 500 rows each, as the
//     catalog's mariadb_parts catalog URL COUNT WAITING   records as many through the catalog, so
//     many calls
//                                               in flight, and prints rows a second
// Both have the same rows but for their keys, and in the same table. The password is
// SLIPWAY_METADATA_PASSWORD.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "adapters/mariadb/catalog/rows.hpp"
#include "adapters/mariadb/client/literal.hpp"
#include "adapters/mariadb/mariadb_catalog.hpp"
#include "adapters/mariadb/open_database.hpp"
#include "adapters/system/system_random.hpp"
#include "records/records.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway {
namespace {

using adapters::mariadb::MariaDbCatalog;

constexpr std::uint32_t kRowsOfStatement = 500;
constexpr std::uint32_t kPartsOfUpload = 10'000;

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "mariadb_parts: %s\n", what.c_str());
    std::exit(1);
}

UploadId random_id() {
    static adapters::system::SystemRandom random;
    UploadId::Bytes bytes{};
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return UploadId(bytes);
}

// As large as one in a cluster: with a receipt of an S3 store.
core::Part part_of(std::uint32_t number) {
    core::Part part;
    part.number = PartNumber(number);
    part.size = 8_MiB;
    part.digests.sha256.bytes.fill(static_cast<std::byte>(number));
    part.digests.crc64nvme = Crc64Nvme{};
    part.stored_at = from_unix_millis(1'764'000'000'000 + number);
    part.copies.front().receipt = "d41d8cd98f00b204e9800998ecf8427e";
    return part;
}

void print_statements(std::uint32_t count) {
    UploadId id;
    for (std::uint32_t row = 0; row < count; ++row) {
        if (row % kPartsOfUpload == 0) {
            id = random_id();
        }
        const core::Part part = part_of(row % kPartsOfUpload + 1);
        std::string text = row % kRowsOfStatement == 0
                               ? "INSERT INTO parts (upload,number,record) VALUES ("
                               : ",(";
        adapters::mariadb::append_literal(text, adapters::mariadb::bytes_of(id));
        text += ',' + std::to_string(part.number.value()) + ',';
        adapters::mariadb::append_literal(text, records::encode_part(id, part));
        text += (row + 1) % kRowsOfStatement == 0 || row + 1 == count ? ");\n" : ")";
        std::fwrite(text.data(), 1, text.size(), stdout);
    }
}

struct Load {
    MariaDbCatalog& catalog;
    std::uint32_t count;
    std::uint32_t next = 0;
    UploadId id = {};
};

core::Upload new_upload() {
    core::Upload upload;
    upload.id = random_id();
    upload.owner = "bench";
    upload.plan = {.total_parts = kPartsOfUpload,
                   .part_size = 8_MiB,
                   .file_size = ByteCount(kPartsOfUpload * (8_MiB).value())};
    return upload;
}

Task<> put_parts(Load& load) {
    while (load.next < load.count) {
        const std::uint32_t row = load.next++;
        const auto outcome =
            co_await load.catalog.put_part(load.id, core::kFirstEpoch, part_of(row + 1));
        if (!outcome || !std::holds_alternative<ports::PartStored>(*outcome)) {
            give_up(outcome ? "a part was not stored" : outcome.error().detail);
        }
    }
}

// Of each upload as many as it may have; creating it is not measured.
double seconds_of_upload(MariaDbCatalog& catalog, std::uint32_t count, unsigned waiting) {
    const core::Upload upload = new_upload();
    if (const auto created = runtime::run_blocking(catalog.create_upload(upload)); !created) {
        give_up(created.error().detail);
    }
    Load load{.catalog = catalog, .count = count, .id = upload.id};
    boost::asio::io_context loop;
    for (unsigned i = 0; i < waiting; ++i) {
        boost::asio::co_spawn(loop, put_parts(load), [](const std::exception_ptr& thrown) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        });
    }
    const auto begun = std::chrono::steady_clock::now();
    loop.run();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

void record_parts(const std::string& url, std::uint32_t count, unsigned waiting) {
    auto address = adapters::mariadb::parse_server_address(url);
    const char* const password = std::getenv("SLIPWAY_METADATA_PASSWORD");
    if (!address || password == nullptr) {
        give_up("no URL, or no password");
    }
    address->password = password;
    adapters::mariadb::DatabaseOptions options;
    options.pool.address = *address;
    auto opened = adapters::mariadb::open_database(std::move(options));
    if (!opened) {
        give_up(opened.error().detail);
    }
    auto catalog = MariaDbCatalog::open(opened->database);
    if (!catalog) {
        give_up(catalog.error().detail);
    }
    double seconds = 0;
    for (std::uint32_t done = 0; done < count; done += kPartsOfUpload) {
        seconds += seconds_of_upload(**catalog, std::min(kPartsOfUpload, count - done), waiting);
    }
    std::printf("%.0f\n", count / seconds);
}

int run(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    const auto number = [&](int at) {
        return static_cast<std::uint32_t>(std::strtoul(argv[at], nullptr, 10));
    };
    if (mode == "statements" && argc == 3) {
        print_statements(number(2));
    } else if (mode == "catalog" && argc == 5) {
        record_parts(argv[2], number(3), number(4));
    } else {
        give_up("usage: mariadb_parts statements COUNT | mariadb_parts catalog URL COUNT WAITING");
    }
    return 0;
}

}  // namespace
}  // namespace slipway

int main(int argc, char** argv) {
    return slipway::run(argc, argv);
}

// The log's end, on real logs of the engine: what may be missing after a power cut, and what may
// not.
#include "adapters/rocksdb/wal_check.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "adapters/rocksdb/catalog_fixture.hpp"

namespace slipway::adapters::rocksdb {
namespace {

namespace fs = std::filesystem;
using contract::fails_with;
using contract::id_of;
using contract::run;
using contract::succeeds;
using contract::upload_of;

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

class WalCheck : public CatalogFixture {
 protected:
    // A directory as it is under a running catalog: some uploads, the last of them so large that
    // its record spans several blocks. Remembers where the log ended after each.
    void SetUp() override {
        const auto catalog = open();
        for (std::uint64_t number = 1; number <= kUploads; ++number) {
            ASSERT_TRUE(succeeds(run(catalog->create_upload(upload(number)))));
            fs::remove_all(path("copy"));
            fs::copy(path(), path("copy"));
            log_ = read_file(log_path("copy"));
            ends_.push_back(log_.size());
        }
    }
    static core::Upload upload(std::uint64_t number) {
        auto out = upload_of(number);
        if (number == kUploads) {
            out.metadata["large"] = std::string(100'000, 'x');
        }
        return out;
    }
    fs::path log_path(const std::string& name) const {
        std::vector<fs::path> logs;
        for (const auto& entry : fs::directory_iterator(path(name))) {
            if (entry.path().extension() == ".log") {
                logs.push_back(entry.path());
            }
        }
        EXPECT_EQ(logs.size(), 1U);
        return logs.front();
    }
    // Opens a fresh copy of the directory whose log has these bytes.
    Result<std::unique_ptr<RocksDbCatalog>> open_with_log(std::string_view bytes) {
        fs::remove_all(path("damaged"));
        fs::copy(path("copy"), path("damaged"));
        write_file(log_path("damaged"), bytes);
        return try_open(path("damaged"));
    }
    void expect_uploads(ports::Catalog& catalog, std::uint64_t count) {
        for (std::uint64_t number = 1; number <= kUploads; ++number) {
            const auto found = run(catalog.find_upload(id_of(number)));
            if (number <= count) {
                EXPECT_EQ(found, upload(number));
            } else {
                EXPECT_TRUE(fails_with(found, Errc::not_found));
            }
        }
    }

    static constexpr std::uint64_t kUploads = 6;
    std::string log_;
    std::vector<std::size_t> ends_;
};

TEST_F(WalCheck, AWholeLogIsWhole) {
    EXPECT_EQ(inspect_log(log_), LogEnd::whole);
    EXPECT_EQ(inspect_log(""), LogEnd::whole);
    for (const auto end : ends_) {
        EXPECT_EQ(inspect_log(log_.substr(0, end)), LogEnd::whole);
        EXPECT_EQ(inspect_log(log_.substr(0, end) + std::string(100'000, '\0')), LogEnd::whole);
    }
    EXPECT_EQ(inspect_logs(path("copy")), LogEnd::whole);
}

TEST_F(WalCheck, EveryTruncationIsTornAtMost) {
    for (std::size_t size = 0; size < log_.size(); size += size < ends_[3] ? 1 : 97) {
        const bool at_end = size == 0 || std::ranges::count(ends_, size) > 0;
        const auto end = inspect_log(std::string_view(log_).substr(0, size));
        // The format's own first record ends before the first upload: it is not in ends_.
        EXPECT_TRUE(end == LogEnd::torn || (end == LogEnd::whole && (at_end || size < ends_[0])))
            << size;
    }
}

TEST_F(WalCheck, ABitFlipIsDamageUnlessItIsInTheLastRecord) {
    for (std::size_t at = 0; at < log_.size(); at += at < ends_[4] ? 1 : 997) {
        std::string flipped = log_;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
        const bool in_last = at >= ends_[4];
        EXPECT_EQ(inspect_log(flipped), in_last ? LogEnd::torn : LogEnd::damaged) << at;
    }
}

TEST_F(WalCheck, ATruncatedLogOpensWithAllWholeRecords) {
    for (const std::size_t cut : {1U, 7U, 40'000U, 100'000U}) {
        const auto catalog = open_with_log(log_.substr(0, log_.size() - cut));
        ASSERT_TRUE(succeeds(catalog));
        expect_uploads(**catalog, kUploads - 1);
    }
    const auto catalog = open_with_log(log_.substr(0, ends_[2] + 3));
    ASSERT_TRUE(succeeds(catalog));
    expect_uploads(**catalog, 3);
}

// A power cut may write the later pages of the last record and not the earlier ones.
TEST_F(WalCheck, ALastRecordWithAHoleOpensWithAllBeforeIt) {
    for (const std::size_t offset : {0U, 4096U, 50'000U}) {
        std::string torn = log_;
        std::fill_n(torn.begin() + static_cast<std::ptrdiff_t>(ends_[4] + offset), 4096, '\0');
        ASSERT_EQ(inspect_log(torn), LogEnd::torn);
        auto catalog = open_with_log(torn);
        ASSERT_TRUE(succeeds(catalog)) << offset;
        expect_uploads(**catalog, kUploads - 1);
        // What comes next is durable again, and the tear does not come back.
        ASSERT_TRUE(succeeds(run((*catalog)->create_upload(upload_of(100)))));
        catalog->reset();
        const auto again = open(path("damaged"));
        expect_uploads(*again, kUploads - 1);
        EXPECT_EQ(run(again->find_upload(id_of(100))), upload_of(100));
    }
}

TEST_F(WalCheck, ADamagedRecordBeforeAGoodOneIsRefused) {
    for (const std::size_t at : {ends_[0] + 20, ends_[1] + 1, ends_[2] + 5, ends_[3] + 100}) {
        std::string flipped = log_;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        EXPECT_TRUE(fails_with(open_with_log(flipped), Errc::corrupted)) << at;
    }
    // Refusing changed nothing: with the bytes back, everything is there.
    write_file(log_path("damaged"), log_);
    expect_uploads(*open(path("damaged")), kUploads);
}

TEST_F(WalCheck, OnlyTheNewestLogMayBeTorn) {
    const auto first = log_path("copy");
    const auto later = path("copy") / "999999.log";
    const auto latest = path("copy") / "1000000.log";
    const std::string torn = log_.substr(0, log_.size() - 10);
    write_file(later, log_);
    write_file(latest, torn);
    EXPECT_EQ(inspect_logs(path("copy")), LogEnd::torn);
    write_file(latest, log_);
    EXPECT_EQ(inspect_logs(path("copy")), LogEnd::whole);
    write_file(first, torn);
    EXPECT_EQ(inspect_logs(path("copy")), LogEnd::damaged);
    EXPECT_FALSE(inspect_logs(path("absent")));
}

}  // namespace
}  // namespace slipway::adapters::rocksdb

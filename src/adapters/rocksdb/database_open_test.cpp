// What is opened, what is created, and what is refused and left as it is.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "adapters/rocksdb/catalog_fixture.hpp"
#include "adapters/rocksdb/faulty_disk.hpp"
#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/raw_database_fixture.hpp"
#include "adapters/rocksdb/record_form.hpp"
#include "adapters/rocksdb/rocksdb_task_queue.hpp"
#include "contract/task_samples.hpp"

namespace slipway::adapters::rocksdb {
namespace {

namespace fs = std::filesystem;
using contract::fails_with;
using contract::id_of;
using contract::part_of;
using contract::run;
using contract::succeeds;
using contract::upload_of;

class DatabaseOpen : public CatalogFixture {
 protected:
    void expect_refused(Errc code, const std::vector<std::string>& words) {
        const auto opened = try_open(path());
        ASSERT_TRUE(fails_with(opened, code));
        for (const auto& word : words) {
            EXPECT_NE(opened.error().detail.find(word), std::string::npos)
                << word << " in: " << opened.error().detail;
        }
    }
    void write_file(const std::string& name) { std::ofstream(path() / name) << "something"; }
};

TEST_F(DatabaseOpen, AnAbsentOrEmptyDirectoryBecomesACatalog) {
    EXPECT_TRUE(succeeds(run(open()->create_upload(upload_of(1)))));
    EXPECT_EQ(RawDatabase(path()).get("meta", "format"), "slipway-catalog 3");
    EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_all);
    fs::create_directory(path("empty"));
    EXPECT_TRUE(succeeds(run(open(path("empty"))->create_upload(upload_of(1)))));
}

TEST_F(DatabaseOpen, TheParentMustExist) {
    EXPECT_TRUE(fails_with(try_open(path("absent") / "catalog"), Errc::not_found));
}

TEST_F(DatabaseOpen, AnotherFormatVersionIsRefusedByName) {
    open();
    RawDatabase(path()).put("meta", "format", "slipway-catalog 27");
    expect_refused(Errc::unsupported, {"version 27", "versions up to 3", path().string()});
    RawDatabase(path()).put("meta", "format", "slipway-catalog ");
    expect_refused(Errc::unsupported, {"unknown"});
    RawDatabase(path()).put("meta", "format", "");
    expect_refused(Errc::unsupported, {"unknown"});
}

TEST_F(DatabaseOpen, AnotherVersionWithOtherTablesIsRefusedByName) {
    open();
    RawDatabase(path(), {"blobs"}).put("meta", "format", "slipway-catalog 4");
    expect_refused(Errc::unsupported, {"version 4", "versions up to 3", path().string()});
    EXPECT_EQ(RawDatabase(path()).get("meta", "format"), "slipway-catalog 4");
}

TEST_F(DatabaseOpen, TablesThatItsVersionHasNotAreRefused) {
    open();
    for (const std::string format : {"slipway-catalog 1", "slipway-catalog 3"}) {
        RawDatabase(path(), format.ends_with('1') ? std::vector<std::string>{"blobs"}
                                                  : std::vector<std::string>{})
            .put("meta", "format", format);
        expect_refused(Errc::corrupted, {path().string()});
        EXPECT_EQ(RawDatabase(path()).get("meta", "format"), format);
    }
}

std::vector<std::string> first_tables(std::size_t count) {
    return {kTableNames.begin(), kTableNames.begin() + static_cast<std::ptrdiff_t>(count)};
}

// A catalog as the program of an older version left it, with one upload, and with so many tables.
void make_older(const fs::path& directory, unsigned version, std::size_t tables) {
    RawDatabase raw(directory, first_tables(tables));
    const auto upload = upload_of(1);
    raw.put("meta", "format", "slipway-catalog " + std::to_string(version));
    raw.put("uploads", id_key(upload.id), encode_upload(upload));
    raw.put("uploads_by_state", state_key(upload.state, upload.id), "");
    raw.put("open_uploads_by_owner", owner_key(upload.owner, upload.id), "");
    const auto ended = contract::advanced(upload_of(2), core::UploadState::aborted);
    raw.put("uploads", id_key(ended.id), encode_upload(ended));
    const auto completed = contract::advanced(upload_of(3), core::UploadState::complete);
    raw.put("uploads", id_key(completed.id), encode_upload(completed));
    raw.put("files", id_key(completed.id), encode_file(contract::file_of(completed)));
}
// One open upload and one file.
constexpr core::Usage kUsage{.bytes = std::uint64_t{40} << 20U, .files = 2, .open_uploads = 1};

void make_older(const fs::path& directory, unsigned version) {
    make_older(directory, version, kTablesOfVersion[version - 1]);
}

class Upgrade : public DatabaseOpen, public ::testing::WithParamInterface<unsigned> {
 protected:
    // It has what it had, takes tasks, and says what it is now.
    void expect_upgraded(const fs::path& at) {
        {
            const auto database = EmbeddedDatabase::open(at, pool_, clock_);
            ASSERT_TRUE(succeeds(database));
            EXPECT_EQ(run(RocksDbCatalog(*database).find_upload(id_of(1))), upload_of(1));
            EXPECT_EQ(run(RocksDbCatalog(*database).find_usage("alice")), kUsage);
            EXPECT_TRUE(
                succeeds(run(RocksDbTaskQueue(*database).enqueue(contract::new_task_of(1)))));
        }
        EXPECT_EQ(RawDatabase(at).get("meta", "format"), "slipway-catalog 3");
        const auto again = EmbeddedDatabase::open(at, pool_, clock_);
        ASSERT_TRUE(succeeds(again));
        EXPECT_EQ(run(RocksDbTaskQueue(*again).find(contract::task_id_of(1))),
                  core::new_task(contract::new_task_of(1)));
    }
};
INSTANTIATE_TEST_SUITE_P(FromVersion, Upgrade, ::testing::Range(1U, kFormatVersion));

TEST_P(Upgrade, KeepsWhatIsThere) {
    make_older(path(), GetParam());
    expect_upgraded(path());
}

// The tables are created one by one, and the format is written last.
TEST_P(Upgrade, GoesOnAfterACrashBetweenAnyTwoSteps) {
    for (auto tables = kTablesOfVersion[GetParam() - 1]; tables <= kTableNames.size(); ++tables) {
        const auto at = path("with" + std::to_string(tables));
        make_older(at, GetParam(), tables);
        expect_upgraded(at);
    }
}

TEST_P(Upgrade, APowerCutBeforeTheFormatIsWrittenIsHarmless) {
    make_older(path(), GetParam());
    FaultyDisk disk;
    disk.fail_after(0);
    EXPECT_FALSE(try_open(path(), {.env = disk.env()}));
    EXPECT_GT(disk.failures(), 0U);
    disk.copy_after_power_cut(path(), path("copy"));
    expect_upgraded(path("copy"));
}

TEST_P(Upgrade, WithoutATableOfItsVersionIsRefused) {
    make_older(path(), GetParam(), kTablesOfVersion[GetParam() - 1] - 1);
    expect_refused(Errc::corrupted, {path().string()});
}

TEST_P(Upgrade, ATornLastWriteIsNoObstacle) {
    make_older(path(), GetParam());
    RawDatabase(path()).put("uploads", "torn", std::string(1000, 'x'));
    fs::path newest;
    for (const auto& entry : fs::directory_iterator(path())) {
        if (entry.path().extension() == ".log" && fs::file_size(entry) > 0) {
            newest = std::max(newest, entry.path());
        }
    }
    ASSERT_FALSE(newest.empty());
    const auto size = fs::file_size(newest);
    fs::resize_file(newest, size - 500);
    fs::resize_file(newest, size);
    expect_upgraded(path());
}

TEST_P(Upgrade, RecordsInTablesThatItsVersionHadNotAreRefused) {
    make_older(path(), GetParam(), kTableNames.size());
    RawDatabase(path()).put(kTableNames[kTablesOfVersion[GetParam() - 1]], "key", "value");
    expect_refused(Errc::corrupted, {path().string()});
    EXPECT_EQ(RawDatabase(path()).get("meta", "format"),
              "slipway-catalog " + std::to_string(GetParam()));
}

TEST_F(DatabaseOpen, ADatabaseOfSomethingElseIsRefusedAndLeftAlone) {
    RawDatabase(path()).put("default", "key", "value");
    expect_refused(Errc::unsupported, {"no slipway catalog", path().string()});
    EXPECT_EQ(RawDatabase(path()).get("default", "key"), "value");
}

TEST_F(DatabaseOpen, ADatabaseWithOtherTablesIsRefused) {
    RawDatabase(path(), {"meta", "theirs"}).put("meta", "schema", "9");
    expect_refused(Errc::unsupported, {"no slipway catalog"});
}

TEST_F(DatabaseOpen, OtherFilesAreRefusedAndLeftAlone) {
    fs::create_directory(path());
    write_file("thesis.odt");
    expect_refused(Errc::unsupported, {"not empty"});
    EXPECT_TRUE(fs::exists(path() / "thesis.odt"));
    EXPECT_EQ(std::distance(fs::directory_iterator(path()), {}), 1);
}

TEST_F(DatabaseOpen, ACatalogThatLostItsRootIsNotReplacedByAnEmptyOne) {
    ASSERT_TRUE(succeeds(run(open()->create_upload(upload_of(1)))));
    fs::rename(path() / "CURRENT", path("CURRENT"));
    expect_refused(Errc::unsupported, {"not empty"});
    fs::rename(path("CURRENT"), path() / "CURRENT");
    EXPECT_EQ(run(open()->find_upload(id_of(1))), upload_of(1));
}

TEST_F(DatabaseOpen, AnInterruptedCreationGoesOn) {
    fs::create_directory(path());
    write_file("LOG");
    write_file("MANIFEST-000001");
    write_file("000001.dbtmp");
    EXPECT_TRUE(succeeds(run(open()->create_upload(upload_of(1)))));
    // Later: the engine's root is there, some tables are, the format is not.
    {
        RawDatabase raw(path("later"), {"meta", "uploads"});
    }
    EXPECT_TRUE(succeeds(run(open(path("later"))->create_upload(upload_of(1)))));
}

TEST_F(DatabaseOpen, ALostLogIsNoticed) {
    open();
    {
        RawDatabase raw(path());
        raw.put("uploads", "key", "only in the first log");
        raw.put("parts", "key", "in a table of its own from here");
        raw.flush("parts");
        raw.put("parts", "key", "in the second log");
    }
    std::vector<fs::path> logs;
    for (const auto& entry : fs::directory_iterator(path())) {
        if (entry.path().extension() == ".log") {
            logs.push_back(entry.path());
        }
    }
    ASSERT_EQ(logs.size(), 2U);
    fs::remove(*std::ranges::min_element(logs));
    expect_refused(Errc::corrupted, {path().string()});
}

TEST_F(DatabaseOpen, RecordsWithoutAFormatAreRefused) {
    ASSERT_TRUE(succeeds(run(open()->create_upload(upload_of(1)))));
    RawDatabase(path()).erase("meta", "format");
    expect_refused(Errc::unsupported, {"no slipway catalog"});
}

TEST_F(DatabaseOpen, DamagedRecordsAreNotServed) {
    const auto upload = upload_of(1);
    {
        const auto catalog = open();
        ASSERT_TRUE(succeeds(run(catalog->create_upload(upload))));
        ASSERT_TRUE(succeeds(run(catalog->create_upload(upload_of(2)))));
        ASSERT_TRUE(succeeds(run(catalog->put_part(upload.id, 1, part_of(1)))));
        ASSERT_TRUE(succeeds(run(catalog->put_part(id_of(2), 1, part_of(1)))));
        ASSERT_TRUE(succeeds(run(catalog->create_upload(upload_of(3)))));
        ASSERT_TRUE(succeeds(run(catalog->complete_upload(
            1, contract::advanced(upload_of(3), core::UploadState::complete),
            contract::file_of(upload_of(3))))));
    }
    {
        RawDatabase raw(path());
        raw.flip_bit("uploads", id_key(upload.id));
        raw.flip_bit("parts", part_key(id_of(2), PartNumber(1)));
        raw.flip_bit("files", id_key(id_of(3)));
    }
    const auto catalog = open();
    EXPECT_TRUE(fails_with(run(catalog->find_upload(upload.id)), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->put_part(upload.id, 1, part_of(2))), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->list_open_uploads("alice", {})), Errc::corrupted));
    EXPECT_TRUE(
        fails_with(run(catalog->list_uploads(core::UploadState::open, {})), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->forget_upload(upload.id)), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->find_part(id_of(2), PartNumber(1))), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->list_parts(id_of(2))), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->put_part(id_of(2), 1, part_of(1))), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->find_file(id_of(3))), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->list_files("alice", {})), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(catalog->remove_file(id_of(3))), Errc::corrupted));
    EXPECT_EQ(run(catalog->find_upload(id_of(2))), upload_of(2)) << "the others are served";
}

TEST_F(DatabaseOpen, AnIndexWithoutItsRecordIsCorruption) {
    ASSERT_TRUE(succeeds(run(open()->create_upload(upload_of(1)))));
    RawDatabase(path()).erase("uploads", id_key(id_of(1)));
    EXPECT_TRUE(fails_with(run(open()->list_open_uploads("alice", {})), Errc::corrupted));
}

}  // namespace
}  // namespace slipway::adapters::rocksdb

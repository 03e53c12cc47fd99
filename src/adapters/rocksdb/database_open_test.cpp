// What is opened, what is created, and what is refused and left as it is.
#include <rocksdb/db.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "adapters/rocksdb/catalog_fixture.hpp"
#include "adapters/rocksdb/keys.hpp"

namespace slipway::adapters::rocksdb {
namespace {

namespace fs = std::filesystem;
using contract::fails_with;
using contract::id_of;
using contract::part_of;
using contract::run;
using contract::succeeds;
using contract::upload_of;

// A RocksDB opened without the adapter, with all tables that it has.
class Raw {
 public:
    explicit Raw(const fs::path& directory, const std::vector<std::string>& create = {}) {
        ::rocksdb::Options options;
        options.create_if_missing = true;
        options.create_missing_column_families = true;
        options.track_and_verify_wals_in_manifest = true;
        std::vector<std::string> names;
        if (!::rocksdb::DB::ListColumnFamilies(options, directory.string(), &names).ok()) {
            names = {"default"};
        }
        names.insert(names.end(), create.begin(), create.end());
        std::vector<::rocksdb::ColumnFamilyDescriptor> tables;
        for (const auto& name : names) {
            tables.emplace_back(name, ::rocksdb::ColumnFamilyOptions());
        }
        ::rocksdb::DB* opened = nullptr;
        const auto status =
            ::rocksdb::DB::Open(options, directory.string(), tables, &handles_, &opened);
        EXPECT_TRUE(status.ok()) << status.ToString();
        engine_.reset(opened);
    }
    ~Raw() {
        for (auto* handle : handles_) {
            engine_->DestroyColumnFamilyHandle(handle);
        }
    }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    void put(std::string_view table, std::string_view key, std::string_view value) {
        EXPECT_TRUE(engine_->Put({}, find(table), key, value).ok());
    }
    std::string get(std::string_view table, std::string_view key) {
        std::string value;
        EXPECT_TRUE(engine_->Get({}, find(table), key, &value).ok());
        return value;
    }
    void erase(std::string_view table, std::string_view key) {
        EXPECT_TRUE(engine_->Delete({}, find(table), key).ok());
    }
    // Begins a new log; the old one stays while other tables need it.
    void flush(std::string_view table) { EXPECT_TRUE(engine_->Flush({}, find(table)).ok()); }
    void flip_bit(std::string_view table, std::string_view key) {
        std::string value = get(table, key);
        value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 1);
        put(table, key, value);
    }

 private:
    ::rocksdb::ColumnFamilyHandle* find(std::string_view table) {
        return *std::ranges::find(handles_, table, &::rocksdb::ColumnFamilyHandle::GetName);
    }
    std::unique_ptr<::rocksdb::DB> engine_;
    std::vector<::rocksdb::ColumnFamilyHandle*> handles_;
};

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
    EXPECT_EQ(Raw(path()).get("meta", "format"), "slipway-catalog 1");
    EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_all);
    fs::create_directory(path("empty"));
    EXPECT_TRUE(succeeds(run(open(path("empty"))->create_upload(upload_of(1)))));
}

TEST_F(DatabaseOpen, TheParentMustExist) {
    EXPECT_TRUE(fails_with(try_open(path("absent") / "catalog"), Errc::not_found));
}

TEST_F(DatabaseOpen, AnotherFormatVersionIsRefusedByName) {
    open();
    Raw(path()).put("meta", "format", "slipway-catalog 27");
    expect_refused(Errc::unsupported, {"version 27", "version 1", path().string()});
    Raw(path()).put("meta", "format", "slipway-catalog ");
    expect_refused(Errc::unsupported, {"unknown"});
    Raw(path()).put("meta", "format", "");
    expect_refused(Errc::unsupported, {"unknown"});
}

TEST_F(DatabaseOpen, AnotherVersionWithOtherTablesIsRefusedByName) {
    open();
    Raw(path(), {"blobs"}).put("meta", "format", "slipway-catalog 2");
    expect_refused(Errc::unsupported, {"version 2", "version 1", path().string()});
    EXPECT_EQ(Raw(path()).get("meta", "format"), "slipway-catalog 2");
}

TEST_F(DatabaseOpen, ADatabaseOfSomethingElseIsRefusedAndLeftAlone) {
    Raw(path()).put("default", "key", "value");
    expect_refused(Errc::unsupported, {"no slipway catalog", path().string()});
    EXPECT_EQ(Raw(path()).get("default", "key"), "value");
}

TEST_F(DatabaseOpen, ADatabaseWithOtherTablesIsRefused) {
    Raw(path(), {"meta", "theirs"}).put("meta", "schema", "9");
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
        Raw raw(path("later"), {"meta", "uploads"});
    }
    EXPECT_TRUE(succeeds(run(open(path("later"))->create_upload(upload_of(1)))));
}

TEST_F(DatabaseOpen, ALostLogIsNoticed) {
    open();
    {
        Raw raw(path());
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
    Raw(path()).erase("meta", "format");
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
        Raw raw(path());
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
    Raw(path()).erase("uploads", id_key(id_of(1)));
    EXPECT_TRUE(fails_with(run(open()->list_open_uploads("alice", {})), Errc::corrupted));
}

}  // namespace
}  // namespace slipway::adapters::rocksdb

// RawDatabase: the files of the catalog opened by RocksDB alone, past the adapter, to bring about
// what the adapter has to cope with. Tests only.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::adapters::rocksdb {

// With all tables that it has, and those to create.
class RawDatabase {
 public:
    explicit RawDatabase(const std::filesystem::path& directory,
                         const std::vector<std::string>& create = {}) {
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
    ~RawDatabase() {
        for (auto* handle : handles_) {
            engine_->DestroyColumnFamilyHandle(handle);
        }
    }
    RawDatabase(const RawDatabase&) = delete;
    RawDatabase& operator=(const RawDatabase&) = delete;

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

}  // namespace slipway::adapters::rocksdb

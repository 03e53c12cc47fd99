#include "adapters/rocksdb/database.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "adapters/rocksdb/status.hpp"
#include "base/seeded_bug.hpp"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// The engine's library is not instrumented: ThreadSanitizer sees its copies of bytes and not the
// atomics that order them. Races in our own code stay visible.
extern "C" const char* __tsan_default_suppressions() {
    return "race:librocksdb.so\n";
}
#endif
#endif

namespace slipway::adapters::rocksdb {
namespace {

Result<std::optional<std::string>> read(::rocksdb::DB& engine, ::rocksdb::ColumnFamilyHandle* table,
                                        std::string_view key, const ::rocksdb::Snapshot* snapshot) {
    ::rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value;
    const auto status = engine.Get(options, table, key, &value);
    if (status.IsNotFound()) {
        return std::nullopt;
    }
    if (!status.ok()) {
        return std::unexpected(translate("read", status));
    }
    return value;
}

}  // namespace

Database::Database(std::unique_ptr<::rocksdb::DB> engine,
                   std::vector<::rocksdb::ColumnFamilyHandle*> tables)
    : engine_(std::move(engine)), tables_(std::move(tables)) {}

Database::~Database() {
    for (auto* table : tables_) {
        engine_->DestroyColumnFamilyHandle(table);
    }
    // Everything acknowledged is in the synced log: an error here loses nothing.
    static_cast<void>(engine_->Close());
}

Result<std::optional<std::string>> Database::get(Table table, std::string_view key) const {
    return read(*engine_, handle(table), key, nullptr);
}

Result<> Database::commit(::rocksdb::WriteBatch& batch) {
    ::rocksdb::WriteOptions options;
    options.sync = !has_bug(SeededBug::commit_not_synced);
    const auto status = engine_->Write(options, &batch);
    if (!status.ok()) {
        return std::unexpected(translate("commit", status));
    }
    return {};
}

bool Database::is_empty(std::size_t from) const {
    return std::ranges::all_of(tables_ | std::views::drop(from), [this](auto* table) {
        const std::unique_ptr<::rocksdb::Iterator> at(engine_->NewIterator({}, table));
        at->SeekToFirst();
        return at->status().ok() && !at->Valid();
    });
}

Snapshot::Snapshot(const Database& database)
    : database_(database), snapshot_(database.engine_->GetSnapshot()) {}

Snapshot::~Snapshot() {
    database_.engine_->ReleaseSnapshot(snapshot_);
}

Result<std::optional<std::string>> Snapshot::get(Table table, std::string_view key) const {
    return read(*database_.engine_, database_.handle(table), key, snapshot_);
}

Result<> Snapshot::scan(Table table, const KeyRange& range, const Visit& visit) const {
    const ::rocksdb::Slice end(range.end);
    ::rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    options.iterate_upper_bound = &end;
    const std::unique_ptr<::rocksdb::Iterator> at(
        database_.engine_->NewIterator(options, database_.handle(table)));
    for (at->Seek(range.first); at->Valid(); at->Next()) {
        const auto more = visit(at->key().ToStringView(), at->value().ToStringView());
        if (!more) {
            return std::unexpected(more.error());
        }
        if (!*more) {
            return {};
        }
    }
    if (!at->status().ok()) {
        return std::unexpected(translate("scan", at->status()));
    }
    return {};
}

}  // namespace slipway::adapters::rocksdb

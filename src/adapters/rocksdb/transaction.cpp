#include "adapters/rocksdb/transaction.hpp"

#include <algorithm>
#include <utility>

namespace slipway::adapters::rocksdb {
namespace {

// Up to here each part is erased by its key. A range costs one record, but every later lookup in
// the table has to consult it, so it is only for the few large uploads.
constexpr std::size_t kMaxSingleErases = 1024;

}  // namespace

Result<std::optional<std::string>> Transaction::get(Table table, std::string_view key) const {
    const auto& changed = values(table);
    if (const auto found = changed.find(key); found != changed.end()) {
        return found->second;
    }
    const bool erased =
        table == Table::parts &&
        std::ranges::any_of(without_parts_, [key](auto id) { return key.starts_with(id_key(id)); });
    return erased ? Result<std::optional<std::string>>(std::nullopt) : database_.get(table, key);
}

void Transaction::put(Table table, std::string key, std::string value) {
    batch_.Put(database_.handle(table), key, value);
    values(table).insert_or_assign(std::move(key), std::move(value));
}

void Transaction::erase(Table table, std::string key) {
    batch_.Delete(database_.handle(table), key);
    values(table).insert_or_assign(std::move(key), std::nullopt);
}

Result<> Transaction::scan_keys(Table table, const KeyRange& range,
                                const std::function<bool(std::string_view)>& visit) const {
    const auto& changed = values(table);
    auto next = changed.lower_bound(range.first);
    const auto end = changed.lower_bound(range.end);
    bool more = true;
    const auto visit_changed = [&] {
        more = !next->second.has_value() || visit(next->first);
        ++next;
    };
    const auto scanned = Snapshot(database_).scan(
        table, range, [&](std::string_view key, std::string_view) -> Result<bool> {
            while (more && next != end && next->first < key) {
                visit_changed();
            }
            if (more && next != end && next->first == key) {
                visit_changed();
            } else if (more) {
                more = visit(key);
            }
            return more;
        });
    while (scanned && more && next != end) {
        visit_changed();
    }
    return scanned;
}

Result<> Transaction::erase_parts(UploadId id) {
    const KeyRange range{id_key(id), end_of_parts(id)};
    std::vector<std::string> keys;
    const auto scanned = Snapshot(database_).scan(
        Table::parts, range, [&keys](std::string_view key, std::string_view) -> Result<bool> {
            keys.emplace_back(key);
            return keys.size() <= kMaxSingleErases;
        });
    if (!scanned) {
        return scanned;
    }
    auto& changed = values(Table::parts);
    if (keys.size() > kMaxSingleErases) {
        batch_.DeleteRange(database_.handle(Table::parts), range.first, range.end);
        changed.erase(changed.lower_bound(range.first), changed.lower_bound(range.end));
        without_parts_.push_back(id);
        return {};
    }
    for (auto at = changed.lower_bound(range.first); at != changed.lower_bound(range.end); ++at) {
        keys.push_back(at->first);
    }
    for (auto& key : keys) {
        erase(Table::parts, std::move(key));
    }
    return {};
}

}  // namespace slipway::adapters::rocksdb

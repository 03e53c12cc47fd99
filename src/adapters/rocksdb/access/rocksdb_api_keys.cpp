#include "adapters/rocksdb/access/rocksdb_api_keys.hpp"

#include "adapters/rocksdb/load.hpp"
#include "adapters/rocksdb/record_form.hpp"

namespace slipway::adapters::rocksdb {
namespace {

Result<std::optional<core::ApiKey>> load_key(const Transaction& changes, KeyId id) {
    return load<core::ApiKey>(changes, Table::api_keys, api_key_key(id),
                              [id](std::string_view record) { return decode_api_key(id, record); });
}

void write_key(Transaction& changes, const core::ApiKey& key) {
    changes.put(Table::api_keys, api_key_key(key.id), encode_api_key(key));
}

Result<ports::KeyPage> read_page(const Database& database, const ports::KeyPageRequest& request) {
    ports::KeyPage page;
    if (request.limit == 0) {
        return page;
    }
    const auto visit = [&](std::string_view key, std::string_view value) -> Result<bool> {
        const auto id = parse_api_key_key(key);
        if (!id) {
            return failure(Errc::corrupted, "the key of an API key is malformed");
        }
        if (id == request.after) {
            return true;
        }
        if (page.items.size() == request.limit) {
            page.next = page.items.back().id;
            return false;
        }
        auto record = decode_api_key(*id, value);
        if (!record) {
            return failure(record.error().code, id->to_string() + ": " + record.error().detail);
        }
        page.items.push_back(std::move(*record));
        return true;
    };
    const KeyRange range{request.after ? api_key_key(*request.after) : "", end_of_ids("")};
    if (const auto scanned = Snapshot(database).scan(Table::api_keys, range, visit); !scanned) {
        return std::unexpected(scanned.error());
    }
    return page;
}

Result<core::ApiKey> revoke(Transaction& changes, KeyId id, WallTime when) {
    auto key = present(load_key(changes, id), "key");
    if (key && !key->revoked_at) {
        key->revoked_at = when;
        write_key(changes, *key);
    }
    return key;
}

Result<> note_uses(Transaction& changes, const std::vector<ports::KeyUse>& uses) {
    std::vector<core::ApiKey> changed;
    for (const ports::KeyUse& use : uses) {
        auto key = load_key(changes, use.id);
        if (!key) {
            return std::unexpected(key.error());
        }
        if (*key && (*key)->last_used_at.value_or(WallTime::min()) < use.at) {
            (*key)->last_used_at = use.at;
            changed.push_back(std::move(**key));
        }
    }
    for (const core::ApiKey& key : changed) {
        write_key(changes, key);
    }
    return {};
}

}  // namespace

Task<Result<>> RocksDbApiKeys::create_key(core::ApiKey key) {
    auto change = [key = std::move(key)](Transaction& changes) -> Result<> {
        const auto there = changes.get(Table::api_keys, api_key_key(key.id));
        if (!there) {
            return std::unexpected(there.error());
        }
        if (there->has_value()) {
            return failure(Errc::conflict, "the key exists");
        }
        write_key(changes, key);
        return {};
    };
    co_return co_await database_->write<void>(std::move(change));
}

Task<Result<ports::KeyPage>> RocksDbApiKeys::list_keys(ports::KeyPageRequest page) {
    auto read = [page](const Database& database) { return read_page(database, page); };
    co_return co_await database_->scan<ports::KeyPage>(std::move(read));
}

Task<Result<core::ApiKey>> RocksDbApiKeys::revoke_key(KeyId id, WallTime when) {
    auto change = [id, when](Transaction& changes) { return revoke(changes, id, when); };
    co_return co_await database_->write<core::ApiKey>(std::move(change));
}

Task<Result<>> RocksDbApiKeys::note_key_uses(std::vector<ports::KeyUse> uses) {
    auto change = [uses = std::move(uses)](Transaction& changes) {
        return note_uses(changes, uses);
    };
    co_return co_await database_->write<void>(std::move(change));
}

}  // namespace slipway::adapters::rocksdb

#include "adapters/mariadb/access/mariadb_api_keys.hpp"

#include <map>
#include <optional>
#include <string>

#include "adapters/mariadb/catalog/rows.hpp"
#include "adapters/mariadb/cluster/revisions.hpp"
#include "records/key_records.hpp"
#include "records/keys.hpp"

namespace slipway::adapters::mariadb {
namespace {

Task<Result<std::optional<core::ApiKey>>> load_key(Session& session, KeyId id, Lock lock) {
    auto found = co_await session.execute(
        "SELECT record FROM api_keys WHERE id=?" + std::string(clause(lock)),
        records::api_key_key(id));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    auto key = records::decode_api_key(id, found->rows.front().bytes(0));
    if (!key) {
        co_return std::unexpected(std::move(key.error()));
    }
    co_return std::move(*key);
}

Task<Result<>> update_key(Session& session, core::ApiKey key) {
    auto written =
        co_await session.execute("UPDATE api_keys SET record=? WHERE id=?",
                                 records::encode_api_key(key), records::api_key_key(key.id));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

Task<Result<>> create(Session& session, Attempt attempt, core::ApiKey key) {
    const auto there = co_await load_key(session, key.id, Lock::exclusive);
    if (!there) {
        co_return std::unexpected(there.error());
    }
    if (*there) {
        co_return attempt == Attempt::after_unknown && *there == key
            ? Result<>()
            : failure(Errc::conflict, "the key exists");
    }
    auto added =
        co_await session.execute("INSERT INTO api_keys (id,record) VALUES (?,?)",
                                 records::api_key_key(key.id), records::encode_api_key(key));
    if (!added) {
        co_return std::unexpected(std::move(added.error()));
    }
    co_return co_await raise_revision(session, kApiKeysRevision);
}

Task<Result<ports::KeyPage>> list(Session& session, ports::KeyPageRequest request) {
    ports::KeyPage page;
    if (request.limit == 0) {
        co_return page;
    }
    const std::string after = request.after ? records::api_key_key(*request.after) : "";
    auto found =
        co_await session.execute("SELECT id,record FROM api_keys WHERE id>? ORDER BY id LIMIT ?",
                                 after, std::uint64_t{request.limit} + 1);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    for (const Row& row : found->rows) {
        if (page.items.size() == request.limit) {
            page.next = page.items.back().id;
            break;
        }
        const auto id = records::parse_api_key_key(row.bytes(0));
        auto key = id ? records::decode_api_key(*id, row.bytes(1))
                      : Result<core::ApiKey>(failure(Errc::corrupted, "an API key has no id"));
        if (!key) {
            co_return std::unexpected(std::move(key.error()));
        }
        page.items.push_back(std::move(*key));
    }
    co_return page;
}

Task<Result<core::ApiKey>> revoke(Session& session, KeyId id, WallTime when) {
    auto key = co_await load_key(session, id, Lock::exclusive);
    if (!key) {
        co_return std::unexpected(std::move(key.error()));
    }
    if (!*key) {
        co_return failure(Errc::not_found, "no such key");
    }
    core::ApiKey revoked = std::move(**key);
    if (!revoked.revoked_at) {
        revoked.revoked_at = when;
        auto written = co_await update_key(session, revoked);
        if (written) {
            written = co_await raise_revision(session, kApiKeysRevision);
        }
        if (!written) {
            co_return std::unexpected(std::move(written.error()));
        }
    }
    co_return revoked;
}

// In the order of ids, in which two of these never wait for each other.
Task<Result<>> note_uses(Session& session, std::map<KeyId, WallTime> uses) {
    for (const auto& [id, at] : uses) {
        auto key = co_await load_key(session, id, Lock::exclusive);
        if (!key) {
            co_return std::unexpected(std::move(key.error()));
        }
        if (*key && (*key)->last_used_at.value_or(WallTime::min()) < at) {
            (*key)->last_used_at = at;
            if (auto written = co_await update_key(session, std::move(**key)); !written) {
                co_return written;
            }
        }
    }
    co_return Result<>();
}

}  // namespace

Task<Result<>> MariaDbApiKeys::create_key(core::ApiKey key) {
    auto body = [key = std::move(key)](Session& session, Attempt attempt) {
        return create(session, attempt, key);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<ports::KeyPage>> MariaDbApiKeys::list_keys(ports::KeyPageRequest page) {
    auto body = [page](Session& session) { return list(session, page); };
    co_return co_await database_->read<ports::KeyPage>(std::move(body));
}

Task<Result<core::ApiKey>> MariaDbApiKeys::revoke_key(KeyId id, WallTime when) {
    auto body = [id, when](Session& session, Attempt) { return revoke(session, id, when); };
    co_return co_await database_->change<core::ApiKey>(std::move(body));
}

Task<Result<>> MariaDbApiKeys::note_key_uses(std::vector<ports::KeyUse> uses) {
    std::map<KeyId, WallTime> latest;
    for (const ports::KeyUse& use : uses) {
        auto& at = latest.try_emplace(use.id, use.at).first->second;
        at = std::max(at, use.at);
    }
    auto body = [latest = std::move(latest)](Session& session, Attempt) {
        return note_uses(session, latest);
    };
    co_return co_await database_->change<void>(std::move(body));
}

}  // namespace slipway::adapters::mariadb

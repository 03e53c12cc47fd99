#include "adapters/rocksdb/access/upload_usage.hpp"

#include "adapters/rocksdb/access/quota_records.hpp"

namespace slipway::adapters::rocksdb {

Result<std::optional<core::QuotaExcess>> count_part(Transaction& changes,
                                                    const core::Upload& upload,
                                                    const core::Part& part,
                                                    const core::Quota& standard) {
    const core::Usage added = core::usage_of(upload.plan, part);
    if (added == core::Usage()) {
        return std::nullopt;
    }
    const auto own = load_quota(changes, upload.owner);
    const auto used = load_usage(changes, upload.owner);
    const auto parts = load_counted_parts(changes, upload.id);
    if (!own || !used || !parts) {
        return std::unexpected(!own ? own.error() : !used ? used.error() : parts.error());
    }
    if (auto excess = core::find_excess(own->value_or(standard), *used, added)) {
        return excess;
    }
    write_usage(changes, upload.owner, *used + added);
    changes.put(Table::counted_parts, id_key(upload.id),
                encode_counted_parts(upload.id, *parts + added));
    return std::nullopt;
}

Result<> recount(Transaction& changes, const core::Upload& stored, const core::Upload& next) {
    const core::Usage before = core::usage_of(stored);
    const core::Usage after = core::usage_of(next);
    if (before == after) {
        return {};
    }
    const auto usage = usage_after(changes, stored.owner, before, after);
    if (!usage) {
        return std::unexpected(usage.error());
    }
    write_usage(changes, stored.owner, *usage);
    return {};
}

Result<> give_back(Transaction& changes, const core::Upload& stored, const core::Usage& became) {
    const auto parts = load_counted_parts(changes, stored.id);
    if (!parts) {
        return std::unexpected(parts.error());
    }
    const auto usage = usage_after(changes, stored.owner, core::usage_of(stored) + *parts, became);
    if (!usage) {
        return std::unexpected(usage.error());
    }
    write_usage(changes, stored.owner, *usage);
    if (*parts != core::Usage()) {
        changes.erase(Table::counted_parts, id_key(stored.id));
    }
    return {};
}

}  // namespace slipway::adapters::rocksdb

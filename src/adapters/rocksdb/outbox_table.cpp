#include "adapters/rocksdb/outbox_table.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/record_form.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::rocksdb {
namespace {

KeyRange from_position(std::uint64_t first) {
    return {position_key(first), position_key(UINT64_MAX) + '\xFF'};
}

}  // namespace

Result<> OutboxTable::find_ends(const Database& database) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const auto visit = [&](std::string_view key, std::string_view) -> Result<bool> {
        const auto position = position_of_key(key);
        if (!position) {
            return failure(Errc::corrupted, "a key of the outbox is malformed");
        }
        first = first == 0 ? *position : first;
        last = *position;
        return true;
    };
    if (auto scanned = Snapshot(database).scan(Table::outbox, from_position(0), visit); !scanned) {
        return scanned;
    }
    first_ = std::max<std::uint64_t>(first, 1);
    next_ = last + 1;
    return {};
}

void OutboxTable::append(Transaction& changes, const core::Event& event) {
    const std::uint64_t position = next_++;
    changes.put(Table::outbox, position_key(position), encode_event({position, event}));
}

void OutboxTable::remove(Transaction& changes, std::uint64_t through) {
    for (std::uint64_t at = first_; at <= through && at < next_; ++at) {
        changes.erase(Table::outbox, position_key(at));
        first_ = at + 1;
    }
}

std::size_t OutboxTable::waiting() const {
    const std::uint64_t first = first_;
    return next_ - first;
}

Result<std::vector<core::OutboxEntry>> read_outbox(const Database& database, std::uint64_t first,
                                                   std::size_t limit) {
    std::vector<core::OutboxEntry> entries;
    if (limit == 0) {
        return entries;
    }
    const auto visit = [&](std::string_view key, std::string_view value) -> Result<bool> {
        const auto position = position_of_key(key);
        if (!position) {
            return failure(Errc::corrupted, "a key of the outbox is malformed");
        }
        auto entry = decode_event(*position, value);
        if (entry) {
            entries.push_back(std::move(*entry));
        } else {
            telemetry::log(telemetry::Level::error, "event_damaged",
                           {{"position", *position}, {"detail", entry.error().detail}});
        }
        return entries.size() < limit;
    };
    const auto scanned = Snapshot(database).scan(Table::outbox, from_position(first), visit);
    if (!scanned) {
        return std::unexpected(scanned.error());
    }
    return entries;
}

}  // namespace slipway::adapters::rocksdb

#include "adapters/mariadb/catalog/outbox.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "records/records.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::mariadb {

Task<Result<>> append_event(Session& session, std::optional<core::Event> event) {
    if (!event) {
        co_return Result<>();
    }
    auto counted = co_await session.execute(
        "UPDATE counters SET value=LAST_INSERT_ID(value+1) WHERE name='outbox'");
    if (!counted) {
        co_return std::unexpected(std::move(counted.error()));
    }
    core::OutboxEntry entry;
    entry.position = counted->last_id;
    entry.event = std::move(*event);
    auto added = co_await session.execute("INSERT INTO outbox (position,record) VALUES (?,?)",
                                          entry.position, records::encode_event(entry));
    co_return added ? Result<>() : std::unexpected(std::move(added.error()));
}

Task<Result<std::vector<core::OutboxEntry>>> read_events(Session& session, std::uint64_t after,
                                                         std::size_t limit) {
    auto found = co_await session.execute(
        "SELECT position,record FROM outbox WHERE position>? ORDER BY position LIMIT ?", after,
        std::uint64_t{limit});
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    std::vector<core::OutboxEntry> entries;
    for (const Row& row : found->rows) {
        auto entry = records::decode_event(row.number(0), row.bytes(1));
        if (entry) {
            entries.push_back(std::move(*entry));
        } else {
            telemetry::log(telemetry::Level::error, "event_damaged",
                           {{"position", row.number(0)}, {"detail", entry.error().detail}});
        }
    }
    co_return entries;
}

Task<Result<>> erase_events(Session& session, std::uint64_t through,
                            std::optional<HeldLease> holding) {
    if (holding) {
        if (auto held = co_await require_lease(session, *std::move(holding)); !held) {
            co_return held;
        }
    }
    auto erased = co_await session.execute("DELETE FROM outbox WHERE position<=?", through);
    co_return erased ? Result<>() : std::unexpected(std::move(erased.error()));
}

Task<Result<std::size_t>> count_events(Session& session) {
    auto found = co_await session.execute("SELECT COUNT(*) FROM outbox");
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    co_return static_cast<std::size_t>(found->rows.at(0).number(0));
}

}  // namespace slipway::adapters::mariadb

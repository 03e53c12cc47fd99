#include "adapters/mariadb/schema/server_check.hpp"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace slipway::adapters::mariadb {
namespace {

// SKIP LOCKED came with 10.6 (MariaDB, "SELECT ... SKIP LOCKED").
constexpr unsigned kMajor = 10;
constexpr unsigned kMinor = 6;
constexpr std::chrono::seconds kClocksDiffer{5};

struct Version {
    unsigned major = 0;
    unsigned minor = 0;
    friend auto operator<=>(const Version&, const Version&) = default;
};

// "10.11.19-MariaDB-…"
std::optional<Version> parse_version(const std::string& text) {
    Version version;
    const auto* const end = text.data() + text.size();
    const auto [dot, first] = std::from_chars(text.data(), end, version.major);
    if (first != std::errc() || dot == end || *dot != '.') {
        return std::nullopt;
    }
    const auto [rest, second] = std::from_chars(dot + 1, end, version.minor);
    return second == std::errc() ? std::optional(version) : std::nullopt;
}

// A switch is a number in some versions and a word in others.
bool is_on(const Row& row, std::size_t column) {
    return row.number(column) != 0 || (!row.bytes(column).empty() && row.bytes(column) != "OFF");
}

std::unexpected<Error> will_not_do(const std::string& what) {
    return failure(Errc::invalid, "the MariaDB server will not do: " + what);
}

// Leases end by the clocks of those who take them: what these differ by is missing from each.
Result<> check_clock(WallTime theirs) {
    const auto here =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const std::chrono::duration<double> ahead = theirs - here;
    if (std::chrono::abs(ahead) <= kClocksDiffer) {
        return {};
    }
    return will_not_do("its clock is " + std::to_string(ahead.count()) +
                       " s ahead of this machine's; every machine has to keep the time (NTP)");
}

Result<> check_version(const std::string& text) {
    const auto version = parse_version(text);
    if (!text.contains("MariaDB") || !version || *version < Version{kMajor, kMinor}) {
        return will_not_do("it is \"" + text + "\"; needed is MariaDB 10.6 or newer");
    }
    return {};
}

}  // namespace

Task<Result<>> check_server(Session& session) {
    auto found = co_await session.run(
        "SELECT VERSION(),@@innodb_flush_log_at_trx_commit,@@innodb_doublewrite,@@log_bin,"
        "@@sync_binlog,@@binlog_format,@@max_allowed_packet,@@read_only,"
        "CAST(UNIX_TIMESTAMP(NOW(3))*1000 AS SIGNED)");
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    const Row& row = found->rows.at(0);
    if (auto version = check_version(row.bytes(0)); !version) {
        co_return version;
    }
    // 3 flushes at commit as well, and once more for the replica's sake.
    if (row.number(1) != 1 && row.number(1) != 3) {
        co_return will_not_do("innodb_flush_log_at_trx_commit is " + std::to_string(row.number(1)) +
                              "; with anything but 1 a commit is lost with the machine's power");
    }
    if (!is_on(row, 2)) {
        co_return will_not_do(
            "innodb_doublewrite is off; without it a page that was half written is lost");
    }
    if (is_on(row, 3) && row.number(4) != 1) {
        co_return will_not_do("log_bin is on and sync_binlog is " + std::to_string(row.number(4)) +
                              "; with anything but 1 a replica misses what was committed");
    }
    if (is_on(row, 3) && row.bytes(5) == "STATEMENT") {
        co_return will_not_do("binlog_format is STATEMENT; needed is ROW or MIXED");
    }
    constexpr std::uint64_t kPacket = std::uint64_t{4} << 20U;
    if (row.number(6) < kPacket) {
        co_return will_not_do("max_allowed_packet is " + std::to_string(row.number(6)) +
                              "; needed are at least 4 MiB");
    }
    if (is_on(row, 7)) {
        co_return will_not_do("it is read-only");
    }
    co_return check_clock(from_unix_millis(row.signed_number(8)));
}

}  // namespace slipway::adapters::mariadb

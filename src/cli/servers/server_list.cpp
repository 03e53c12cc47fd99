#include "cli/servers/server_list.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace slipway::cli {

namespace {

constexpr std::chrono::seconds kFirstRest{1};
constexpr std::chrono::seconds kLongestRest{30};

std::chrono::seconds rest_after(unsigned failures) {
    auto rest = kFirstRest;
    for (unsigned i = 1; i < failures && rest < kLongestRest; ++i) {
        rest *= 2;
    }
    return std::min(rest, kLongestRest);
}

// Whether a URL begins with the server's, and goes on as a path.
bool is_of(std::string_view url, const KnownServer& server) {
    return url.starts_with(server.url) &&
           (url.size() == server.url.size() || url[server.url.size()] == '/');
}

}  // namespace

void ServerList::replace(std::vector<KnownServer> servers) {
    if (servers.empty()) {
        return;
    }
    std::vector<Entry> entries;
    for (KnownServer& server : servers) {
        const auto known = index_of(server.url);
        entries.push_back(known == entries_.size() ? Entry{} : entries_[known]);
        entries.back().server = std::move(server);
    }
    entries_ = std::move(entries);
}

std::size_t ServerList::index_of(std::string_view url) const {
    const auto found = std::ranges::find_if(
        entries_, [url](const Entry& entry) { return is_of(url, entry.server); });
    return static_cast<std::size_t>(found - entries_.begin());
}

const std::string& ServerList::choose(Time now, double chance) const {
    const Entry* best = nullptr;
    std::uint64_t weights = 0;
    for (const Entry& entry : entries_) {
        if (entry.rests_until > now) {
            continue;
        }
        const auto priority = entry.server.priority;
        if (best == nullptr || priority < best->server.priority) {
            best = &entry;
            weights = 0;
        }
        // A weight of 0 is a small chance and not none (RFC 2782).
        weights += priority == best->server.priority ? std::max(1U, entry.server.weight) : 0;
    }
    if (best == nullptr) {
        return std::ranges::min_element(entries_, {}, &Entry::rests_until)->server.url;
    }
    auto left = static_cast<std::uint64_t>(chance * static_cast<double>(weights));
    for (const Entry& entry : entries_) {
        if (entry.rests_until > now || entry.server.priority != best->server.priority) {
            continue;
        }
        const std::uint64_t weight = std::max(1U, entry.server.weight);
        if (left < weight) {
            return entry.server.url;
        }
        left -= weight;
    }
    return best->server.url;
}

void ServerList::note_failure(std::string_view url, Time now) {
    const auto index = index_of(url);
    // Parts that were under way when it failed are one failure.
    if (index == entries_.size() || entries_[index].rests_until > now) {
        return;
    }
    Entry& entry = entries_[index];
    entry.rests_until = now + rest_after(++entry.failures);
}

void ServerList::note_success(std::string_view url) {
    if (const auto index = index_of(url); index < entries_.size()) {
        entries_[index].failures = 0;
        entries_[index].rests_until = {};
    }
}

bool ServerList::rests(std::string_view url, Time now) const {
    const auto index = index_of(url);
    return entries_.size() > 1 && index < entries_.size() && entries_[index].rests_until > now;
}

}  // namespace slipway::cli

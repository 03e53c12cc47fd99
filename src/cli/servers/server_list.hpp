// ServerList: the servers of one service, and which of them is asked next: by weight among those of
// the best priority, but not one that has just failed. Pure: time and chance are handed in.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::cli {

// As DNS has it (RFC 2782): a lower priority is asked first. Without a slash at the URL's end.
struct KnownServer {
    std::string url;
    unsigned priority = 0;
    unsigned weight = 1;
};

class ServerList final {
 public:
    using Time = std::chrono::steady_clock::time_point;

    ServerList() = default;
    explicit ServerList(std::vector<KnownServer> servers) { replace(std::move(servers)); }

    // Those that stay keep what is known of them. An empty list changes nothing: old servers are
    // better than none.
    void replace(std::vector<KnownServer> servers);
    std::size_t size() const { return entries_.size(); }

    // The next to be asked; where all have failed, the one that may be asked again the soonest.
    // `chance` is uniform in [0, 1). Only where there is a server.
    const std::string& choose(Time now, double chance) const;

    // What came of asking a URL of one of them; of other URLs nothing is noted. After n failures in
    // a row a server rests for 1 s × 2^(n-1), 30 s at most.
    void note_failure(std::string_view url, Time now);
    void note_success(std::string_view url);
    // Whether the URL is of one of several servers, and that one rests.
    bool rests(std::string_view url, Time now) const;

 private:
    struct Entry {
        KnownServer server;
        unsigned failures = 0;
        Time rests_until = {};
    };
    // size() where the URL is of none.
    std::size_t index_of(std::string_view url) const;

    std::vector<Entry> entries_;
};

}  // namespace slipway::cli

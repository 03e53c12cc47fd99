#include "api/stages/peer_stage.hpp"

#include <algorithm>
#include <ranges>

#include "base/network.hpp"

namespace slipway::api {

namespace {

// Every address that the fields name, the last proxy's word last. Not trimmed: an entry that is no
// address as it stands is not believed.
std::vector<std::string> forwarded_for(const http::Headers& headers) {
    std::vector<std::string> addresses;
    for (const auto& [name, value] : headers.lines()) {
        if (!http::equals_ignoring_case(name, "X-Forwarded-For")) {
            continue;
        }
        for (const auto part : value | std::views::split(',')) {
            std::string_view entry(part.begin(), part.end());
            entry.remove_prefix(std::min(entry.find_first_not_of(' '), entry.size()));
            addresses.emplace_back(entry);
        }
    }
    return addresses;
}

}  // namespace

bool PeerStage::trusts(std::string_view address) const {
    return std::ranges::find(trusted_, address) != trusted_.end();
}

// From the last entry on, which the proxy itself has added: the first that is no proxy of ours.
Task<http::Response> PeerStage::run(Exchange& exchange, Inner inner) {
    std::string& peer = exchange.request.peer;
    const auto named =
        trusts(peer) ? forwarded_for(exchange.request.head.headers) : std::vector<std::string>();
    for (const std::string& address : named | std::views::reverse) {
        if (!trusts(peer) || !is_address(address)) {
            break;
        }
        peer = address;
    }
    return inner.run(exchange);
}

}  // namespace slipway::api

#include "cli/servers/srv_lookup.hpp"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <array>
#include <map>
#include <span>

namespace slipway::cli {

namespace {

constexpr std::size_t kLongestAnswer = 65'535;
constexpr std::size_t kSrvFixed = 6;

// The state of one look-up, closed with it.
class ResolverState final {
 public:
    ResolverState() { ready_ = ::res_ninit(&state_) == 0; }
    ~ResolverState() { ::res_nclose(&state_); }
    ResolverState(const ResolverState&) = delete;
    ResolverState& operator=(const ResolverState&) = delete;

    bool ready() const { return ready_; }
    void ask(const Resolver& resolver) {
        sockaddr_in& server = state_.nsaddr_list[0];
        server = {};
        server.sin_family = AF_INET;
        server.sin_port = htons(resolver.port);
        ::inet_pton(AF_INET, resolver.address.c_str(), &server.sin_addr);
        state_.nscount = 1;
    }
    res_state get() { return &state_; }
    int error() const { return state_.res_h_errno; }

 private:
    struct __res_state state_{};
    bool ready_ = false;
};

std::unexpected<Error> unusable(const std::string& name) {
    return failure(Errc::invalid, "the SRV records of " + name + " cannot be read");
}

std::string url_of(const std::string& host, unsigned port) {
    const bool is_v6 = host.find(':') != std::string::npos;
    return "http://" + (is_v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

// Name to address, of the additional section.
std::map<std::string, std::string> addresses_of(ns_msg& message) {
    std::map<std::string, std::string> addresses;
    for (int i = 0; i < ns_msg_count(message, ns_s_ar); ++i) {
        ns_rr record;
        if (::ns_parserr(&message, ns_s_ar, i, &record) != 0) {
            break;
        }
        const bool is_v4 = ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4;
        const bool is_v6 = ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == 16;
        std::array<char, INET6_ADDRSTRLEN> text{};
        if ((is_v4 || is_v6) && ::inet_ntop(is_v4 ? AF_INET : AF_INET6, ns_rr_rdata(record),
                                            text.data(), text.size()) != nullptr) {
            addresses.emplace(ns_rr_name(record), text.data());
        }
    }
    return addresses;
}

struct Target {
    std::string name;
    unsigned priority = 0;
    unsigned weight = 0;
    unsigned port = 0;
};

std::optional<Target> read_target(ns_msg& message, const ns_rr& record) {
    if (ns_rr_rdlen(record) <= kSrvFixed) {
        return std::nullopt;
    }
    const unsigned char* data = ns_rr_rdata(record);
    std::array<char, NS_MAXDNAME> name{};
    if (::ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), data + kSrvFixed,
                             name.data(), name.size()) < 0) {
        return std::nullopt;
    }
    return Target{.name = name.data(),
                  .priority = ns_get16(data),
                  .weight = ns_get16(data + 2),
                  .port = ns_get16(data + 4)};
}

Result<std::vector<KnownServer>> read_answer(std::span<const unsigned char> bytes,
                                             const std::string& name) {
    ns_msg message;
    if (::ns_initparse(bytes.data(), static_cast<int>(bytes.size()), &message) != 0) {
        return unusable(name);
    }
    const auto addresses = addresses_of(message);
    std::vector<KnownServer> servers;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record;
        if (::ns_parserr(&message, ns_s_an, i, &record) != 0) {
            return unusable(name);
        }
        if (ns_rr_type(record) != ns_t_srv) {
            continue;
        }
        const auto target = read_target(message, record);
        if (!target) {
            return unusable(name);
        }
        // "." says that there is no such service (RFC 2782).
        if (target->name.empty() || target->name == "." || target->port == 0) {
            continue;
        }
        const auto known = addresses.find(target->name);
        servers.push_back(
            {.url = url_of(known == addresses.end() ? target->name : known->second, target->port),
             .priority = target->priority,
             .weight = target->weight});
    }
    if (servers.empty()) {
        return failure(Errc::unavailable, "there are no servers at " + name);
    }
    return servers;
}

}  // namespace

Result<std::vector<KnownServer>> look_up_srv(const std::string& name,
                                             const std::optional<Resolver>& resolver) {
    ResolverState state;
    if (!state.ready()) {
        return failure(Errc::unavailable, "the resolver of this machine cannot be used");
    }
    if (resolver) {
        state.ask(*resolver);
    }
    std::vector<unsigned char> answer(kLongestAnswer);
    const int size = ::res_nquery(state.get(), name.c_str(), ns_c_in, ns_t_srv, answer.data(),
                                  static_cast<int>(answer.size()));
    if (size < 0) {
        const bool is_told = state.error() == HOST_NOT_FOUND || state.error() == NO_DATA;
        return is_told ? failure(Errc::unavailable, "there are no servers at " + name)
                       : failure(Errc::unavailable, "no name server answers for " + name);
    }
    return read_answer(std::span(answer).first(static_cast<std::size_t>(size)), name);
}

}  // namespace slipway::cli

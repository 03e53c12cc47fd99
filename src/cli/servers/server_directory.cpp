#include "cli/servers/server_directory.hpp"

#include <utility>

#include "cli/servers/srv_lookup.hpp"

namespace slipway::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenLookups{2};

KnownServer known_server(const adapters::consul::ServiceInstance& instance) {
    const bool is_v6 = instance.address.contains(':');
    const std::string host = is_v6 ? '[' + instance.address + ']' : instance.address;
    return {.url = "http://" + host + ':' + std::to_string(instance.port),
            .weight = instance.weight};
}

}  // namespace

ServerDirectory::ServerDirectory(ServerLocation location, DirectoryOptions options)
    : location_(std::move(location)), options_(std::move(options)) {
    if (const auto* one = std::get_if<OneServer>(&location_)) {
        list_.replace({{.url = one->url}});
        failed_since_ = false;
    } else if (const auto* service = std::get_if<ConsulService>(&location_)) {
        consul_ = std::make_unique<adapters::consul::ConsulClient>(adapters::consul::ConsulOptions{
            .address = service->address, .token = options_.consul_token, .ca = {}});
    } else {
        pool_ = std::make_unique<runtime::BlockingPool>(1);
    }
}

Task<Result<std::vector<KnownServer>>> ServerDirectory::look_up_consul() {
    const std::string service = std::get<ConsulService>(location_).service;
    const auto found = co_await consul_->passing(service, {});
    if (!found) {
        co_return std::unexpected(found.error());
    }
    std::vector<KnownServer> servers;
    for (const auto& instance : found->value) {
        servers.push_back(known_server(instance));
    }
    if (servers.empty()) {
        co_return failure(Errc::unavailable,
                          "Consul knows no server of " + service + " that is ready");
    }
    co_return servers;
}

Task<Result<std::vector<KnownServer>>> ServerDirectory::look_up() {
    if (consul_) {
        co_return co_await look_up_consul();
    }
    auto work = [name = std::get<SrvName>(location_).name, resolver = options_.resolver] {
        return look_up_srv(name, resolver);
    };
    co_return co_await pool_->run(std::move(work));
}

Task<Result<>> ServerDirectory::refresh() {
    const bool is_due = failed_since_ && Clock::now() - looked_up_at_ >= kBetweenLookups;
    const bool is_needed = list_.size() == 0;
    if (std::holds_alternative<OneServer>(location_) || !(is_needed || (is_due && !looking_))) {
        co_return Result<>();
    }
    looking_ = true;
    auto servers = co_await look_up();
    looking_ = false;
    looked_up_at_ = Clock::now();
    if (servers) {
        failed_since_ = false;
        list_.replace(*std::move(servers));
    }
    co_return list_.size() > 0 ? Result<>() : std::unexpected(std::move(servers.error()));
}

const std::string& ServerDirectory::choose(double chance) const {
    return list_.choose(Clock::now(), chance);
}

void ServerDirectory::note(std::string_view url, bool failed) {
    if (failed) {
        failed_since_ = true;
        list_.note_failure(url, Clock::now());
    } else {
        list_.note_success(url);
    }
}

bool ServerDirectory::rests(std::string_view url) const {
    return list_.rests(url, Clock::now());
}

}  // namespace slipway::cli

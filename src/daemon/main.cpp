// slipwayd: the server. Reads its configuration, then serves until it is told to stop.
#include <cstdio>
#include <exception>
#include <string>

#include "daemon/built_in.hpp"
#include "daemon/command_line.hpp"
#include "daemon/config_loader.hpp"
#include "daemon/consul/overrides.hpp"
#include "daemon/node.hpp"
#include "daemon/open_catalog.hpp"
#include "telemetry/log.hpp"

namespace {

using namespace slipway;

constexpr int kFailed = 1;
constexpr int kWrongConfiguration = 2;

int complain(const std::string& detail, int status) {
    std::fprintf(stderr, "slipwayd: %s\n", detail.c_str());
    return status;
}

int serve(const daemon::Config& config, daemon::ConfigSources sources) {
    telemetry::set_log_level(config.log.level);
    const auto node = daemon::Node::open(config, std::move(sources));
    if (!node) {
        return complain(node.error().detail,
                        node.error().code == Errc::invalid ? kWrongConfiguration : kFailed);
    }
    if (const auto served = (*node)->serve(); !served) {
        return complain(served.error().detail, kFailed);
    }
    return 0;
}

int migrate(const daemon::Config& config) {
    telemetry::set_log_level(config.log.level);
    const auto said = daemon::migrate_catalog(config, daemon::process_environment());
    if (!said) {
        return complain(said.error().detail,
                        said.error().code == Errc::invalid ? kWrongConfiguration : kFailed);
    }
    std::puts(said->c_str());
    return 0;
}

int run(int argc, char** argv) {
    auto parsed = daemon::parse_command_line(argc, argv);
    if (const int* status = std::get_if<int>(&parsed)) {
        return *status;
    }
    const auto& line = std::get<daemon::CommandLine>(parsed);
    const daemon::ConfigSources sources{.file = line.config_file,
                                        .environment = daemon::process_environment(),
                                        .command_line = line.settings};
    const auto config = daemon::load_with_overrides(sources);
    if (!config) {
        return complain(config.error().detail, kWrongConfiguration);
    }
    const std::string absent = daemon::find_absent_backend(*config);
    if (!absent.empty() && line.action != daemon::Action::print_config) {
        return complain(absent, kWrongConfiguration);
    }
    switch (line.action) {
        case daemon::Action::check_config:
            std::puts("configuration is valid");
            return 0;
        case daemon::Action::print_config:
            std::fputs(daemon::print_config(*config).c_str(), stdout);
            return 0;
        case daemon::Action::migrate:
            return migrate(*config);
        case daemon::Action::serve:
            return serve(*config, sources);
    }
    return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        return complain(error.what(), kFailed);
    }
}

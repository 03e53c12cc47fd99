#include "daemon/announcement.hpp"

#include <cstdio>
#include <string>
#include <system_error>

#include "daemon/durable_file.hpp"
#include "daemon/node_options.hpp"
#include "daemon/values.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace fs = std::filesystem;

namespace {

constexpr const char* kServerFile = "slipwayd.addr";
constexpr const char* kAdminFile = "slipwayd.admin.addr";

Result<> announce_admin(const Config& config, std::uint16_t port) {
    const std::string address = format_address({config.server.admin_listen->host, port});
    if (auto written =
            write_durably(fs::path(config.storage.data_dir) / kAdminFile, address + "\n");
        !written) {
        return written;
    }
    telemetry::log(telemetry::Level::info, "listening_for_administration", {{"address", address}});
    return {};
}

}  // namespace

Result<> announce(const Config& config, BoundPorts ports, const AdministratorKey& administrator) {
    if (config.server.admin_listen) {
        if (auto announced = announce_admin(config, ports.admin); !announced) {
            return announced;
        }
    }
    ListenAddress address = config.server.listen;
    address.port = ports.port;
    const std::string text = format_address(address);
    if (auto written = write_durably(fs::path(config.storage.data_dir) / kServerFile, text + "\n");
        !written) {
        return written;
    }
    telemetry::log(telemetry::Level::info, "listening",
                   {{"address", text},
                    {"data_dir", config.storage.data_dir},
                    {"version", SLIPWAY_VERSION},
                    {"threads", std::uint64_t{loop_count(config)}}});
    std::printf("slipwayd listens on http://%s\n", text.c_str());
    if (administrator.generated) {
        std::printf(
            "API key (shown once): %s\n\n  export SLIPWAY_URL=http://%s\n  export "
            "SLIPWAY_API_KEY=%s\n",
            administrator.generated->c_str(), text.c_str(), administrator.generated->c_str());
    }
    std::fflush(stdout);
    return {};
}

void withdraw_announcement(const fs::path& data_dir) {
    std::error_code ignored;
    fs::remove(data_dir / kServerFile, ignored);
    fs::remove(data_dir / kAdminFile, ignored);
}

}  // namespace slipway::daemon

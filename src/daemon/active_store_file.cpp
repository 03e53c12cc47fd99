#include "daemon/active_store_file.hpp"

#include "daemon/durable_file.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kFile = "active-store";

}  // namespace

Result<> keep_active_store(const std::filesystem::path& data_dir, const std::string& name) {
    return write_durably(data_dir / kFile, name + "\n");
}

Result<> apply_active_store(const std::filesystem::path& data_dir, engine::Stores& stores) {
    auto text = read_small_file(data_dir / kFile);
    if (!text && text.error().code == Errc::not_found) {
        return {};
    }
    if (!text) {
        return std::unexpected(text.error());
    }
    const std::string name = text->substr(0, text->find('\n'));
    if (name.empty()) {
        return {};
    }
    if (!stores.has(name)) {
        return failure(Errc::invalid, "store: \"" + name + "\" has taken over (" +
                                          (data_dir / kFile).string() +
                                          "), and the configuration does not have it");
    }
    stores.take_over(&stores.at(name));
    telemetry::log(telemetry::Level::warn, "store_has_taken_over", {{"store", name}});
    return {};
}

}  // namespace slipway::daemon

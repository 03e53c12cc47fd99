#include "daemon/small_parts.hpp"

#include "daemon/metadata_settings.hpp"

namespace slipway::daemon {

adapters::s3::SmallParts small_parts_of(const Config& config) {
    const std::string& where = config.storage.small_parts;
    const bool in_store =
        where == "store" || (where == "auto" && config.metadata.kind == kMariaDbMetadata);
    return in_store ? adapters::s3::SmallParts::in_store : adapters::s3::SmallParts::on_disk;
}

std::string find_small_parts_contradiction(const Config& config) {
    const bool is_lost_on_others = config.storage.small_parts == "disk" &&
                                   config.metadata.kind == kMariaDbMetadata &&
                                   !config.stores.empty();
    return is_lost_on_others
               ? "storage.small_parts: \"disk\" keeps acknowledged parts on this node alone, and "
                 "every "
                 "node over the same MariaDB completes uploads: leave it out, or say \"store\""
               : "";
}

}  // namespace slipway::daemon

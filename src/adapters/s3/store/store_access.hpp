// StoreAccess: what the parts of an S3Store share: how the store is reached, what it can do, and
// where the blobs lie in it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/s3/capability_probe.hpp"
#include "adapters/s3/store/downloads.hpp"
#include "adapters/s3/store/loop_clients.hpp"
#include "adapters/s3/store/patience.hpp"
#include "adapters/s3/store/sizes.hpp"
#include "base/ids.hpp"

namespace slipway::adapters::s3 {

// The metadata that says whose bytes an object holds.
inline constexpr std::string_view kOwnerField = "slipway-upload";

struct StoreAccess {
    std::unique_ptr<LoopClients> clients;
    std::string bucket;
    std::string prefix;
    Capabilities can;
    Patience patience;
    Sizes sizes;
    Downloads downloads = Downloads::through;
    bool states_checksums = true;  // false: none are sent, whatever the store can do

    // Whether a digest goes along with every body that streams. Without one, there are stores that
    // take what came of it for the whole, of the right length (versitygw 1.7).
    bool sends_digests() const { return states_checksums && can.trailing_checksums; }
    // Whether the store checks a CRC64-NVME of every part, that travels behind it, and keeps that
    // of the whole.
    bool has_whole_checksums() const { return sends_digests() && can.whole_checksums; }

    std::string files() const { return prefix + "files/"; }
    std::string trash() const { return prefix + "trash/"; }
    std::string parts() const { return prefix + "parts/"; }
    ObjectName object(std::string key) const { return {bucket, std::move(key)}; }
    ObjectName file(UploadId id) const { return object(files() + id.to_string()); }
    // The blob whose object has this key; nothing for anything else.
    std::optional<UploadId> id_of(std::string_view key) const {
        return key.starts_with(files()) ? UploadId::parse(key.substr(files().size()))
                                        : std::nullopt;
    }
    static ObjectAttributes attributes_of(UploadId id) {
        return {.content_type = "application/octet-stream",
                .metadata = {{std::string(kOwnerField), id.to_string()}}};
    }
};

}  // namespace slipway::adapters::s3

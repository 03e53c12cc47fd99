// The records of API keys (docs/on-disk-format.md, "Catalog"), like those of records.hpp.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/api_key.hpp"

namespace slipway::records {

// Nothing when the key has another length.
std::optional<KeyId> parse_api_key_key(std::string_view key);

std::string encode_api_key(const core::ApiKey& key);
// corrupted: as decode_upload.
Result<core::ApiKey> decode_api_key(KeyId id, std::string_view record);

}  // namespace slipway::records

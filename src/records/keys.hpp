// The keys under which records stand, and which their checksums cover (record_codec.hpp): an id; an
// id and a part's number, or a position, in network order.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace slipway::records {

// Of an upload, and of a file.
std::string id_key(UploadId id);
std::string part_key(UploadId id, PartNumber number);
std::string task_key(TaskId id);
std::string api_key_key(KeyId id);
// Of an event in the outbox.
std::string position_key(std::uint64_t position);

}  // namespace slipway::records

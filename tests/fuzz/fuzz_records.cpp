// The catalog's records: whatever lies on the disk is decoded without harm, and what is decoded has
// one form. The first byte chooses the record; the rest is its body, sealed here, since no mutation
// would find a checksum.
#include <string>

#include "adapters/rocksdb/keys.hpp"
#include "core/delivery.hpp"
#include "fuzz/require.hpp"
#include "records/key_records.hpp"
#include "records/keys.hpp"
#include "records/record_codec.hpp"
#include "records/records.hpp"
#include "records/task_records.hpp"

namespace {

using namespace slipway;
using namespace slipway::records;
using fuzz::require;

const UploadId kId = *UploadId::parse("0123456789abcdef0123456789abcdef");
const KeyId kKey = *KeyId::parse("0123456789abcdef0123456789abcdef");
const TaskId kTask = *TaskId::parse("0123456789abcdef0123456789abcdef");

void upload(std::string_view body) {
    const auto record = seal_record(id_key(kId), body);
    if (const auto decoded = decode_upload(kId, record)) {
        require(encode_upload(*decoded) == record, "an upload has one form");
    }
}

void part(std::string_view body) {
    const PartNumber number(7);
    const auto record = seal_record(part_key(kId, number), body);
    if (const auto decoded = decode_part(kId, number, record)) {
        require(encode_part(kId, *decoded) == record, "a part has one form");
    }
}

void file(std::string_view body) {
    const auto record = seal_record(id_key(kId), body);
    if (const auto decoded = decode_file(kId, record)) {
        require(encode_file(*decoded) == record, "a file has one form");
    }
}

void task(std::string_view body) {
    const auto record = seal_record(task_key(kTask), body);
    if (const auto decoded = decode_task(kTask, record)) {
        require(encode_task(*decoded) == record, "a task has one form");
    }
}

void api_key(std::string_view body) {
    const auto record = seal_record(api_key_key(kKey), body);
    if (const auto decoded = decode_api_key(kKey, record)) {
        require(encode_api_key(*decoded) == record, "an API key has one form");
    }
}

void event(std::string_view body) {
    constexpr std::uint64_t kPosition = 9;
    const auto record = seal_record(position_key(kPosition), body);
    if (const auto decoded = decode_event(kPosition, record)) {
        require(encode_event(*decoded) == record, "an event has one form");
    }
}

void delivery(std::string_view payload) {
    if (const auto parsed = core::parse_delivery(payload)) {
        require(core::encode_delivery(*parsed) == payload, "a delivery has one form");
    }
}

void unsealed(std::string_view record) {
    require(!decode_upload(kId, record) || !decode_file(kId, record), "a record is of one kind");
    (void)decode_part(kId, PartNumber(7), record);
    (void)decode_task(kTask, record);
    (void)decode_api_key(kKey, record);
    (void)adapters::rocksdb::id_of_key(record);
    (void)adapters::rocksdb::part_number_of_key(record);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    auto body = fuzz::text_of(data, size);
    switch (fuzz::take_choice(body) % 8) {
        case 0:
            upload(body);
            break;
        case 1:
            part(body);
            break;
        case 2:
            file(body);
            break;
        case 3:
            task(body);
            break;
        case 4:
            api_key(body);
            break;
        case 5:
            event(body);
            break;
        case 6:
            delivery(body);
            break;
        default:
            unsealed(body);
            break;
    }
    return 0;
}

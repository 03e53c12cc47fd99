#include "records/record_codec.hpp"

#include "records/crc32c.hpp"

namespace slipway::records {
namespace {

constexpr std::size_t kChecksumSize = 4;

std::uint32_t checksum_of(std::string_view key, std::string_view record) {
    return extend_crc32c(extend_crc32c(0, key), record);
}

}  // namespace

std::string seal_record(std::string_view key, std::string_view body) {
    RecordWriter record;
    record.integer(std::uint8_t{kRecordVersion});
    record.raw(body);
    record.integer(checksum_of(key, record.written()));
    return record.take();
}

Result<std::string_view> unseal_record(std::string_view key, std::string_view record) {
    if (record.size() < 1 + kChecksumSize) {
        return failure(Errc::corrupted, "record is too short");
    }
    const auto version = static_cast<std::uint8_t>(record.front());
    if (version != kRecordVersion) {
        return failure(Errc::corrupted, "record has version " + std::to_string(version) +
                                            ", this program reads " +
                                            std::to_string(kRecordVersion));
    }
    const auto covered = record.substr(0, record.size() - kChecksumSize);
    if (RecordReader(record.substr(covered.size())).integer<std::uint32_t>() !=
        checksum_of(key, covered)) {
        return failure(Errc::corrupted, "record does not match its checksum");
    }
    return covered.substr(1);
}

std::unexpected<Error> malformed(std::string_view what) {
    return failure(Errc::corrupted, std::string(what) + " record is malformed");
}

}  // namespace slipway::records

#include "adapters/rocksdb/record_form.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "adapters/rocksdb/keys.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::rocksdb {
namespace {

// Records of every shape, from a seed.
class Shapes {
 public:
    explicit Shapes(std::uint64_t seed) : random_(seed) {}

    UploadId id() {
        UploadId::Bytes bytes;
        for (auto& byte : bytes) {
            byte = static_cast<std::uint8_t>(random_());
        }
        return UploadId(bytes);
    }
    core::Upload upload() {
        core::Upload out;
        out.id = id();
        out.epoch = static_cast<core::Epoch>(random_());
        out.state = static_cast<core::UploadState>(1 + random_() % 5);
        out.owner = text();
        out.file_name = text();
        out.content_type = text();
        out.plan = plan();
        out.checksum = static_cast<DigestKind>(random_() % 4);
        out.declared = {.sha256 = maybe<Sha256>(), .md5 = maybe<Md5>()};
        out.complete_when_full = random_() % 2 == 0;
        out.metadata = metadata();
        if (random_() % 2 == 0) {
            out.idempotency = {.key = text(), .fingerprint = digest<Sha256>()};
        }
        if (random_() % 2 == 0) {
            out.completed_by = {.key = digest<Sha256>(), .fingerprint = digest<Sha256>()};
        }
        out.blobs = {{text(), text()}};
        if (random_() % 2 == 0) {
            out.blobs.push_back({text(), text()});
            out.blobs.push_back({text(), text()});
            out.home = static_cast<std::uint32_t>(random_() % 3);
        }
        out.direct = random_() % 2 == 0;
        out.created_at = time();
        out.expires_at = time();
        out.ended_at = time();
        out.failure = random_() % 2 == 0 ? "" : text() + "!";
        out.events = random_() % 2 == 0 ? 0 : static_cast<std::uint32_t>(random_());
        return out;
    }
    core::Part part() {
        core::Part out;
        out.number = PartNumber(static_cast<std::uint32_t>(random_()));
        out.size = ByteCount(random_());
        out.digests = {.sha256 = digest<Sha256>(),
                       .crc64nvme = maybe<Crc64Nvme>(),
                       .md5 = maybe<Md5>(),
                       .crc32c = maybe<Crc32c>()};
        out.stored_at = time();
        if (random_() % 2 == 0) {
            out.extent = ByteOffset(random_());
        }
        out.copies = {{0, text()}};
        if (random_() % 2 == 0) {
            out.copies = {{static_cast<std::uint32_t>(random_() % 3), text()}, {7, text()}};
        }
        return out;
    }
    core::File file() {
        core::File out;
        out.id = id();
        out.owner = text();
        out.storage_node = text();
        if (random_() % 2 == 0) {
            out.copies = {{text(), time()}, {text(), {}}};
        }
        out.name = text();
        out.content_type = text();
        out.size = ByteCount(random_());
        out.plan = plan();
        out.chain = digest<Sha256>();
        out.crc64nvme = maybe<Crc64Nvme>();
        out.sha256 = maybe<Sha256>();
        out.md5 = maybe<Md5>();
        out.metadata = metadata();
        out.completed_at = time();
        if (random_() % 2 == 0) {
            out.damaged_at = time();
        }
        out.events = random_() % 2 == 0 ? 0 : static_cast<std::uint32_t>(random_());
        if (random_() % 2 == 0) {
            out.expires_at = time();
        }
        return out;
    }

 private:
    std::string text() {
        std::string out(random_() % 20, '\0');
        for (auto& c : out) {
            c = static_cast<char>(random_());
        }
        return out;
    }
    WallTime time() { return from_unix_millis(static_cast<std::int64_t>(random_())); }
    core::PartPlan plan() {
        core::PartPlan out;
        out.total_parts = static_cast<std::uint32_t>(random_());
        out.part_size = ByteCount(random_());
        if (random_() % 2 == 0) {
            out.file_size = ByteCount(random_());
        }
        out.sizes = random_() % 2 == 0 ? core::PartSizes::fixed : core::PartSizes::free;
        return out;
    }
    template <class Digest>
    Digest digest() {
        Digest out;
        for (auto& byte : out.bytes) {
            byte = static_cast<std::byte>(random_());
        }
        return out;
    }
    template <class Digest>
    std::optional<Digest> maybe() {
        return random_() % 2 == 0 ? std::optional(digest<Digest>()) : std::nullopt;
    }
    std::map<std::string, std::string> metadata() {
        std::map<std::string, std::string> out;
        for (auto left = random_() % 4; left > 0; --left) {
            out.emplace(text(), text());
        }
        return out;
    }

    std::mt19937_64 random_;
};

class RecordsOfEveryShape : public testing::TestWithParam<std::uint64_t> {
 protected:
    Shapes shapes_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Seeds, RecordsOfEveryShape, testing::Range<std::uint64_t>(1, 41));

TEST_P(RecordsOfEveryShape, ComeBackAsTheyWere) {
    const auto upload = shapes_.upload();
    EXPECT_EQ(decode_upload(upload.id, encode_upload(upload)), upload);
    const auto id = shapes_.id();
    const auto part = shapes_.part();
    EXPECT_EQ(decode_part(id, part.number, encode_part(id, part)), part);
    const auto file = shapes_.file();
    EXPECT_EQ(decode_file(file.id, encode_file(file)), file);
}

// A kind of record, seen as bytes only.
struct Sample {
    std::string key;
    std::string record;
    std::function<bool(std::string_view)> decodes;
};

template <class T>
bool is_good(const Result<T>& decoded) {
    if (!decoded) {
        EXPECT_EQ(decoded.error().code, Errc::corrupted);
    }
    return decoded.has_value();
}

std::vector<Sample> samples(Shapes& shapes) {
    const auto upload = shapes.upload();
    const auto id = shapes.id();
    const auto part = shapes.part();
    const auto file = shapes.file();
    return {
        {id_key(upload.id), encode_upload(upload),
         [id = upload.id](std::string_view in) { return is_good(decode_upload(id, in)); }},
        {part_key(id, part.number), encode_part(id, part),
         [id, number = part.number](std::string_view in) {
             return is_good(decode_part(id, number, in));
         }},
        {id_key(file.id), encode_file(file),
         [id = file.id](std::string_view in) { return is_good(decode_file(id, in)); }},
    };
}

TEST_P(RecordsOfEveryShape, EveryTruncationIsRefused) {
    for (const auto& [key, record, decodes] : samples(shapes_)) {
        ASSERT_TRUE(decodes(record));
        for (std::size_t size = 0; size < record.size(); ++size) {
            EXPECT_FALSE(decodes(std::string_view(record).substr(0, size))) << size;
        }
    }
}

TEST_P(RecordsOfEveryShape, EverySingleBitFlipIsRefused) {
    for (const auto& [key, record, decodes] : samples(shapes_)) {
        for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
            std::string damaged = record;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
            EXPECT_FALSE(decodes(damaged)) << bit;
        }
    }
}

// The checksum hides the structure: with a right one behind them, shorter and longer bodies are
// refused as well.
TEST_P(RecordsOfEveryShape, ASealedBodyOfAnotherLengthIsRefused) {
    for (const auto& [key, record, decodes] : samples(shapes_)) {
        const std::string body = record.substr(1, record.size() - 5);
        ASSERT_TRUE(decodes(seal_record(key, body)));
        for (std::size_t size = 0; size < body.size(); ++size) {
            EXPECT_FALSE(decodes(seal_record(key, body.substr(0, size)))) << size;
        }
        EXPECT_FALSE(decodes(seal_record(key, body + '\0')));
        EXPECT_FALSE(decodes(seal_record(key, body + body)));
    }
}

TEST_P(RecordsOfEveryShape, ARecordUnderAnotherKeyIsRefused) {
    const auto upload = shapes_.upload();
    const auto file = shapes_.file();
    const auto id = shapes_.id();
    const auto part = shapes_.part();
    EXPECT_FALSE(is_good(decode_upload(id, encode_upload(upload))));
    EXPECT_FALSE(is_good(decode_file(id, encode_file(file))));
    EXPECT_FALSE(is_good(decode_part(file.id, part.number, encode_part(id, part))));
    EXPECT_FALSE(
        is_good(decode_part(id, PartNumber(part.number.value() ^ 1U), encode_part(id, part))));
}

TEST_P(RecordsOfEveryShape, RandomBytesAreRefused) {
    std::mt19937_64 random(GetParam());
    for (int round = 0; round < 200; ++round) {
        std::string body(random() % 200, '\0');
        for (auto& c : body) {
            // Small values: lengths and counts that are nearly right.
            c = static_cast<char>(random() % 3);
        }
        const UploadId id;
        const auto sealed = seal_record(id_key(id), body);
        // Some of these may be records; none may do harm, and what decodes has one form only.
        if (const auto upload = decode_upload(id, sealed); upload) {
            EXPECT_EQ(encode_upload(*upload), sealed);
        }
        if (const auto file = decode_file(id, sealed); file) {
            EXPECT_EQ(encode_file(*file), sealed);
        }
        EXPECT_FALSE(is_good(decode_upload(id, body)));
    }
}

TEST(Records, UnknownVersionsAreRefusedByName) {
    const core::Upload upload;
    std::string record = encode_upload(upload);
    record.front() = 2;
    const auto decoded = decode_upload(upload.id, record);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, Errc::corrupted);
    EXPECT_EQ(decoded.error().detail, "record has version 2, this program reads 1");
}

struct BadByte {
    const char* what;
    std::size_t offset;
    std::uint8_t value;
};

TEST(Records, ValuesOutOfRangeAreRefused) {
    const core::Upload upload;
    const std::string record = encode_upload(upload);
    const std::string body = record.substr(1, record.size() - 5);
    for (const auto& [what, offset, value] : std::vector<BadByte>{
             {"unknown flag", 0, 0x80},
             {"state 0", 5, 0},
             {"state 6", 5, 6},
             {"checksum kind 0", 6, 0},
             {"checksum kind 5", 6, 5},
             {"length of the owner", 7 + 4 + 8 + 24, 0xFF},
             {"number of metadata", body.size() - 1, 1},
             {"huge number of metadata", body.size() - 4, 0xFF},
         }) {
        std::string bad = body;
        bad[offset] = static_cast<char>(value);
        EXPECT_FALSE(decode_upload(upload.id, seal_record(id_key(upload.id), bad))) << what;
    }
}

TEST(Records, MetadataHasOneOrder) {
    core::Upload upload;
    upload.metadata = {{"a", "1"}, {"b", "2"}};
    const std::string record = encode_upload(upload);
    std::string body = record.substr(1, record.size() - 5);
    const std::string a("\0\0\0\1a\0\0\0\1", 9);
    const std::string b("\0\0\0\1b\0\0\0\1", 9);
    ASSERT_TRUE(body.ends_with(a + "1" + b + "2"));
    body.resize(body.size() - 20);
    EXPECT_TRUE(decode_upload(upload.id, seal_record(id_key(upload.id), body + a + "1" + b + "2")));
    EXPECT_FALSE(
        decode_upload(upload.id, seal_record(id_key(upload.id), body + b + "2" + a + "1")));
    EXPECT_FALSE(
        decode_upload(upload.id, seal_record(id_key(upload.id), body + a + "1" + a + "2")));
}

std::string hex(std::string_view bytes) {
    return encode_hex(std::as_bytes(std::span(bytes)));
}

// The form on disk is fixed: these are written out by hand from docs/on-disk-format.md.
TEST(Records, HaveTheDocumentedForm) {
    UploadId::Bytes bytes{};
    bytes.fill(0x11);
    core::Part part;
    part.number = PartNumber(258);
    part.size = ByteCount(0x0102030405060708);
    part.stored_at = from_unix_millis(-2);
    part.digests.sha256.bytes.fill(std::byte{0xAA});
    part.digests.crc64nvme.emplace().bytes.fill(std::byte{0xBB});
    part.digests.crc32c.emplace().bytes.fill(std::byte{0xCC});
    EXPECT_EQ(hex(part_key(UploadId(bytes), part.number)),
              "11111111111111111111111111111111"
              "00000102");
    const auto record = hex(encode_part(UploadId(bytes), part));
    EXPECT_EQ(record.substr(0, record.size() - 8),
              "01"
              "02"
              "0102030405060708"
              "fffffffffffffffe"
              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
              "bbbbbbbbbbbbbbbb"
              "cccccccc");
    // CRC32C over key and record, computed apart from this code.
    EXPECT_EQ(record.substr(record.size() - 8), "500fddb7");
    part.extent = ByteOffset(0x1122334455667000);
    const auto with_extent = hex(encode_part(UploadId(bytes), part));
    EXPECT_EQ(with_extent.substr(0, 4), "0106");
    EXPECT_EQ(with_extent.substr(with_extent.size() - 24, 16), "1122334455667000");
    part.copies.front().receipt = "abc";
    const auto with_receipt = hex(encode_part(UploadId(bytes), part));
    EXPECT_EQ(with_receipt.substr(0, 4), "010e");
    EXPECT_EQ(with_receipt.substr(with_receipt.size() - 38, 30),
              "1122334455667000"
              "00000003616263");
    part.copies = {{0, "abc"}, {2, ""}};
    const auto with_copies = hex(encode_part(UploadId(bytes), part));
    EXPECT_EQ(with_copies.substr(0, 4), "0116");
    EXPECT_EQ(with_copies.substr(with_copies.size() - 70, 62),
              "1122334455667000"
              "00000002"
              "0000000000000003616263"
              "0000000200000000");
    part.digests.crc64nvme.reset();
    const auto without_crc64 = hex(encode_part(UploadId(bytes), part));
    EXPECT_EQ(without_crc64.substr(0, 4), "0136");
    EXPECT_EQ(without_crc64.size(), with_copies.size() - 16);
    EXPECT_EQ(hex(owner_key("al", UploadId(bytes))),
              "00000002"
              "616c"
              "11111111111111111111111111111111");
    EXPECT_EQ(hex(state_key(core::UploadState::expired, UploadId(bytes))),
              "05"
              "11111111111111111111111111111111");
}

core::Upload small_upload() {
    UploadId::Bytes bytes{};
    bytes.fill(0x11);
    core::Upload upload;
    upload.id = UploadId(bytes);
    upload.epoch = 7;
    upload.owner = "al";
    upload.blobs.front().storage_node = "n";
    upload.file_name = "f";
    upload.content_type = "t";
    upload.plan = {.total_parts = 3, .part_size = ByteCount(4096), .file_size = std::nullopt};
    upload.created_at = from_unix_millis(1);
    upload.expires_at = from_unix_millis(2);
    upload.ended_at = from_unix_millis(0);
    return upload;
}

TEST(Records, AnUploadWithAnIdempotencyKeyHasTheDocumentedForm) {
    core::Upload upload = small_upload();
    upload.idempotency.emplace().key = "key";
    upload.idempotency->fingerprint.bytes.fill(std::byte{0xDD});
    const auto record = hex(encode_upload(upload));
    EXPECT_EQ(record.substr(0, record.size() - 8),
              "01"
              "80"
              "00000007"
              "01"
              "02"
              "00000003"
              "0000000000001000"
              "0000000000000001"
              "0000000000000002"
              "0000000000000000"
              "00000002616c"
              "000000016e"
              "0000000166"
              "0000000174"
              "00000000"
              "01"
              "000000036b6579"
              "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd");
    // CRC32C over key and record, computed apart from this code.
    EXPECT_EQ(record.substr(record.size() - 8), "9d768b25");
    upload.blobs.front().placement = "abc";
    const auto placed = hex(encode_upload(upload));
    const std::size_t before = record.size() - 8 - 64 - 14 - 2;
    EXPECT_EQ(placed.substr(0, before), record.substr(0, before));
    EXPECT_EQ(placed.substr(before, placed.size() - before - 8),
              "05"
              "000000036b6579"
              "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
              "00000003616263");
    upload.idempotency.reset();
    const auto without_key = hex(encode_upload(upload));
    EXPECT_EQ(without_key.substr(before, without_key.size() - before - 8), "0400000003616263");
}

TEST(Records, ADirectUploadIsToldByAFlagAlone) {
    core::Upload upload = small_upload();
    const auto usual = hex(encode_upload(upload));
    upload.direct = true;
    const auto direct = hex(encode_upload(upload));
    EXPECT_EQ(direct.substr(0, 4), "0180");
    EXPECT_EQ(direct.substr(4, direct.size() - 4 - 8),
              usual.substr(4, usual.size() - 4 - 8) + "10");
}

TEST(Records, AFileWithoutACrc64HasZerosInItsPlace) {
    core::File file;
    file.crc64nvme.emplace();
    const auto zero = hex(encode_file(file));
    file.crc64nvme.reset();
    const auto unknown = hex(encode_file(file));
    EXPECT_EQ(unknown.substr(0, 4), "0180");
    EXPECT_EQ(unknown.substr(4, unknown.size() - 4 - 8),
              zero.substr(4, zero.size() - 4 - 8) + "02");
    // One value has one form.
    file.crc64nvme.emplace().bytes.fill(std::byte{1});
    std::string body = encode_file(file);
    body = body.substr(1, body.size() - 5) + '\x02';
    body[0] = '\x80';
    EXPECT_FALSE(decode_file(file.id, seal_record(id_key(file.id), body)));
}

TEST(Records, TheKeyOfACompleteStandsBehindThatOfInit) {
    core::Upload upload = small_upload();
    core::CompletionKey& key = upload.completed_by.emplace();
    key.key.bytes.fill(std::byte{0xEE});
    key.fingerprint.bytes.fill(std::byte{0xFF});
    const auto digests = std::string(64, 'e') + std::string(64, 'f');
    const auto alone = hex(encode_upload(upload));
    EXPECT_EQ(alone.substr(0, 4), "0180");
    EXPECT_EQ(alone.substr(alone.size() - 8 - 130, 130), "02" + digests);
    upload.idempotency.emplace().key = "k";
    const auto both = hex(encode_upload(upload));
    EXPECT_EQ(both.substr(both.size() - 8 - 204, 204),
              "03"
              "000000016b" +
                  std::string(64, '0') + digests);
}

TEST(Records, TheBlobsOfAnUploadStandBehindItsKeys) {
    core::Upload upload = small_upload();
    upload.blobs = {{"n", ""}, {"m", "abc"}};
    upload.home = 1;
    const auto record = hex(encode_upload(upload));
    EXPECT_EQ(record.substr(0, 4), "0180");
    EXPECT_EQ(record.substr(record.size() - 8 - 42, 42),
              "08"
              "00000001"
              "00000002"
              "000000016d"
              "00000003616263");
}

TEST(Records, ACopyOfAFileStandsBehindItsMetadata) {
    core::File file;
    file.crc64nvme.emplace();
    file.copies = {{"abc", from_unix_millis(258)}};
    const auto record = hex(encode_file(file));
    EXPECT_EQ(record.substr(0, 4), "0180");
    EXPECT_EQ(record.substr(record.size() - 8 - 40, 40),
              "01"
              "00000001"
              "00000003616263"
              "0000000000000102");
}

// One value has one form.
TEST(Records, CopiesThatAreNoneOrOutOfOrderAreRefused) {
    const UploadId id(UploadId::Bytes{1});
    core::Part part;
    part.number = PartNumber(1);
    for (const std::vector<core::PartCopy>& copies :
         std::vector<std::vector<core::PartCopy>>{{}, {{1, ""}, {1, ""}}, {{1, ""}, {0, ""}}}) {
        part.copies = copies;
        EXPECT_FALSE(decode_part(id, part.number, encode_part(id, part)));
    }
    part.copies = {{1, ""}};
    EXPECT_EQ(decode_part(id, part.number, encode_part(id, part)), part);
}

TEST(Records, KeysThatAreFlaggedAndNotThereAreRefused) {
    core::Upload upload = small_upload();
    upload.completed_by.emplace();
    const auto sealed = encode_upload(upload);
    // Behind the record's version and in front of its checksum.
    const auto body = sealed.substr(1, sealed.size() - 5);
    for (const char keys : {'\x00', '\x01', '\x04', '\x06'}) {
        auto changed = body;
        changed[changed.size() - 65] = keys;
        const auto record = seal_record(id_key(upload.id), changed);
        EXPECT_FALSE(decode_upload(upload.id, record)) << static_cast<int>(keys);
    }
}

}  // namespace
}  // namespace slipway::adapters::rocksdb

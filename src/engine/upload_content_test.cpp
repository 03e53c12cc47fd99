#include "engine/upload_content.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "core/chain.hpp"
#include "hash/crc_combine.hpp"
#include "hash/digester.hpp"

namespace slipway::engine {
namespace {

UploadId id_of(std::uint8_t first) {
    UploadId::Bytes bytes{};
    bytes[0] = first;
    return UploadId(bytes);
}

std::vector<core::Part> parts_of(std::uint32_t count) {
    std::vector<core::Part> parts;
    for (std::uint32_t number = 1; number <= count; ++number) {
        core::Part part;
        part.number = PartNumber(number);
        part.size = ByteCount(4096 + number);
        part.digests.sha256.bytes.fill(static_cast<std::byte>(number));
        part.digests.crc64nvme.emplace().bytes.fill(static_cast<std::byte>(number * 3));
        parts.push_back(part);
    }
    return parts;
}

// As Complete worked it out before anything was remembered.
ContentSummary worked_out(const std::vector<core::Part>& parts) {
    core::Chain chain([](std::span<const std::byte> bytes) { return hash::sha256(bytes); });
    ContentSummary summary{.size = {}, .chain = {}, .crc64nvme = Crc64Nvme{}};
    for (const core::Part& part : parts) {
        chain.add(part.digests.sha256);
        summary.crc64nvme =
            hash::combine_crc64nvme(*summary.crc64nvme, *part.digests.crc64nvme, part.size);
        summary.size += part.size;
    }
    summary.chain = chain.value();
    return summary;
}

void expect_equal(const std::optional<ContentSummary>& actual, const ContentSummary& expected) {
    ASSERT_TRUE(actual);
    EXPECT_EQ(actual->size, expected.size);
    EXPECT_EQ(actual->chain, expected.chain);
    EXPECT_EQ(actual->crc64nvme, expected.crc64nvme);
}

TEST(UploadContent, HasNoCrc64WhereThatOfAPartIsNotKnown) {
    auto parts = parts_of(3);
    parts[1].digests.crc64nvme.reset();
    const auto summary = summarise(parts);
    EXPECT_FALSE(summary.crc64nvme);
    EXPECT_EQ(summary.chain, worked_out(parts_of(3)).chain);
}

TEST(UploadContent, IsTheSameInWhateverOrderThePartsCome) {
    const auto parts = parts_of(40);
    std::mt19937 order(20261122);
    for (int round = 0; round < 50; ++round) {
        auto shuffled = parts;
        std::ranges::shuffle(shuffled, order);
        UploadContent content;
        for (const core::Part& part : shuffled) {
            EXPECT_FALSE(content.whole(40));
            content.add(part);
        }
        expect_equal(content.whole(40), worked_out(parts));
        EXPECT_EQ(content.waiting(), 0U);
    }
}

TEST(UploadContent, OfNoPartsIsTheBeginningOfTheChain) {
    expect_equal(UploadContent().whole(0), worked_out({}));
    expect_equal(summarise({}), worked_out({}));
}

TEST(UploadContents, KnowsOnlyWhatBeganHere) {
    UploadContents contents;
    const auto parts = parts_of(2);
    contents.add(id_of(1), parts[0]);
    contents.add(id_of(1), parts[1]);
    EXPECT_FALSE(contents.whole(id_of(1), 2));
    contents.begin(id_of(2));
    contents.add(id_of(2), parts[1]);
    EXPECT_FALSE(contents.whole(id_of(2), 2));
    contents.add(id_of(2), parts[0]);
    expect_equal(contents.whole(id_of(2), 2), worked_out(parts));
    contents.forget(id_of(2));
    EXPECT_FALSE(contents.whole(id_of(2), 2));
}

TEST(UploadContents, ForgetsTheOldestBeyondItsLimit) {
    UploadContents contents({.uploads = 2, .waiting_parts = 100});
    for (const auto id : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
        contents.begin(id_of(id));
    }
    EXPECT_FALSE(contents.whole(id_of(1), 0));
    EXPECT_TRUE(contents.whole(id_of(2), 0));
    EXPECT_TRUE(contents.whole(id_of(3), 0));
}

TEST(UploadContents, ForgetsAnUploadWhosePartsComeTooFarOutOfOrder) {
    UploadContents contents({.uploads = 10, .waiting_parts = 5});
    const auto parts = parts_of(8);
    contents.begin(id_of(1));
    contents.begin(id_of(2));
    for (std::size_t index = 2; index < 7; ++index) {
        contents.add(id_of(1), parts[index]);
    }
    contents.add(id_of(2), parts[1]);
    // The one that went beyond the limit goes; its room is free again.
    contents.begin(id_of(3));
    contents.add(id_of(3), parts[0]);
    EXPECT_TRUE(contents.whole(id_of(3), 1));
    EXPECT_FALSE(contents.whole(id_of(2), 2));
    contents.add(id_of(1), parts[0]);
    contents.add(id_of(1), parts[1]);
    contents.add(id_of(1), parts[7]);
    expect_equal(contents.whole(id_of(1), 8), worked_out(parts));
}

}  // namespace
}  // namespace slipway::engine

// Records of parts worked out from what lies in an S3 store.
#include "engine/stores/rebuild_parts.hpp"

#include <gtest/gtest.h>

#include "hash/part_hasher.hpp"
#include "stores/s3_store_rig.hpp"
#include "support/engine_rig.hpp"

namespace slipway::stores {
namespace {

class RebuildPartsTest : public ::testing::Test {
 protected:
    RebuildPartsTest() {
        blob_ = rig_.create_apart(id_of(1), pattern(2 * kPart + 9, 1)).value();
        upload_.id = blob_.ref.id;
        upload_.blobs = {{"s3", blob_.ref.placement}};
        upload_.plan = {.total_parts = 3,
                        .part_size = ByteCount(kPart),
                        .file_size = ByteCount(blob_.bytes.size())};
    }
    Result<std::vector<core::Part>> rebuild(std::vector<core::Part> recorded = {}) {
        testing_rig_.emplace(std::vector<engine::StoreUse>{{.store = rig_.store()}});
        engine::RebuildParts parts(testing_rig_->world, upload_);
        return run(parts.run(std::move(recorded)));
    }
    bool can_rebuild() {
        engine::Stores stores(std::vector<engine::StoreUse>{{.store = rig_.store()}});
        return engine::can_rebuild_parts(stores, upload_);
    }
    static PartDigests digests_of(const Bytes& bytes, hash::DigestSelection selection) {
        hash::PartHasher hasher(selection);
        hasher.update(bytes);
        return hasher.finish();
    }
    unsigned reads() { return rig_.faults().calls("GetObject"); }

    S3StoreRig rig_;
    Blob blob_;
    core::Upload upload_;
    std::optional<testing::EngineRig> testing_rig_;
};

TEST_F(RebuildPartsTest, WhatLiesThereIsRecordedAsItWasReceived) {
    upload_.checksum = DigestKind::crc32c;
    ASSERT_TRUE(rig_.put(blob_, 3));
    ASSERT_TRUE(rig_.put(blob_, 1));
    const auto parts = rebuild();
    ASSERT_TRUE(parts) << parts.error().detail;
    ASSERT_EQ(parts->size(), 2U);
    for (const core::Part& part : *parts) {
        const std::uint32_t number = part.number.value();
        EXPECT_EQ(part.size, blob_.region_of(number).length);
        EXPECT_EQ(part.digests, digests_of(blob_.part(number), {.md5 = false, .crc32c = true}));
        ASSERT_EQ(part.copies.size(), 1U);
        EXPECT_EQ(part.copies.front(), (core::PartCopy{0, blob_.pieces[number - 1].receipt}));
        EXPECT_EQ(part.extent, std::nullopt);
    }
    EXPECT_EQ(parts->back().number, PartNumber(3));
}

TEST_F(RebuildPartsTest, TheFileIsMadeOfThem) {
    ASSERT_TRUE(rig_.put_all(blob_));
    const auto parts = rebuild();
    ASSERT_TRUE(parts);
    Blob rebuilt = blob_;
    for (const core::Part& part : *parts) {
        rebuilt.pieces[part.number.value() - 1].receipt = part.copies.front().receipt;
    }
    ASSERT_TRUE(rig_.publish(rebuilt));
    EXPECT_EQ(rig_.read(blob_.ref.id), blob_.bytes);
}

TEST_F(RebuildPartsTest, WhatIsRecordedIsNotRead) {
    ASSERT_TRUE(rig_.put_all(blob_));
    core::Part known;
    known.number = PartNumber(2);
    const unsigned before = reads();
    const auto parts = rebuild({known});
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->size(), 2U);
    EXPECT_EQ(parts->front().number, PartNumber(1));
    EXPECT_EQ(parts->back().number, PartNumber(3));
    EXPECT_EQ(reads() - before, 2U);
}

TEST_F(RebuildPartsTest, OfAPartThatWasSentTwiceEitherWillDoAndOfDifferentOnesNone) {
    ASSERT_TRUE(rig_.put(blob_, 1));
    ASSERT_TRUE(rig_.put(blob_, 1));
    ASSERT_TRUE(rig_.put(blob_, 2));
    ASSERT_TRUE(rig_.write(blob_, blob_.region_of(2), pattern(kPart, 77)));
    const auto parts = rebuild();
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 1U);
    EXPECT_EQ(parts->front().number, PartNumber(1));
    EXPECT_EQ(parts->front().copies.size(), 1U);
}

TEST_F(RebuildPartsTest, WhatThePlanDoesNotTakeIsNone) {
    ASSERT_TRUE(rig_.put_all(blob_));
    // By another plan of the same room.
    upload_.plan.total_parts = 2;
    upload_.plan.file_size = ByteCount(2 * kPart - 1);
    const auto parts = rebuild();
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 1U) << "the second is too long, the third is none of it";
    EXPECT_EQ(parts->front().number, PartNumber(1));
}

TEST_F(RebuildPartsTest, AStoreThatIsAwayIsNotTakenForAnEmptyOne) {
    ASSERT_TRUE(rig_.put_all(blob_));
    rig_.faults().by_chance(1, 1, {s3fake::Fault::internal_error});
    EXPECT_FALSE(rebuild());
}

TEST_F(RebuildPartsTest, NotEveryUploadCanBeRebuilt) {
    EXPECT_TRUE(can_rebuild());
    const core::Upload whole = upload_;
    upload_.direct = true;
    EXPECT_FALSE(can_rebuild());
    upload_ = whole;
    upload_.complete_when_full = true;
    EXPECT_FALSE(can_rebuild());
    upload_ = whole;
    upload_.plan.sizes = core::PartSizes::free;
    EXPECT_FALSE(can_rebuild());
    upload_ = whole;
    upload_.blobs.push_back({"elsewhere", ""});
    EXPECT_FALSE(can_rebuild());
    upload_ = whole;
    upload_.blobs[0].placement = rig_.create_through(id_of(2), pattern(9, 1)).value().ref.placement;
    EXPECT_FALSE(can_rebuild());
}

}  // namespace
}  // namespace slipway::stores

#include "core/completion.hpp"

#include <gtest/gtest.h>

namespace slipway::core {
namespace {

Sha256 sha(int n) {
    Sha256 digest;
    digest.bytes[0] = static_cast<std::byte>(n);
    return digest;
}

Part stored(std::uint32_t number, ByteCount size) {
    Part part;
    part.number = PartNumber(number);
    part.size = size;
    part.digests.sha256 = sha(static_cast<int>(number));
    return part;
}

StatedPart stated(std::uint32_t number, int digest) {
    return {.number = PartNumber(number), .sha256 = sha(digest), .md5 = {}};
}

const PartPlan kPlan{3, 4_KiB, 8_KiB + 100_B};

std::vector<Part> all_parts() {
    return {stored(1, 4_KiB), stored(2, 4_KiB), stored(3, 100_B)};
}

std::vector<PartMismatch> mismatches(
    const std::expected<Completable, CompletionRefusal>& decision) {
    return std::get<std::vector<PartMismatch>>(decision.error());
}

TEST(Completion, AllPartsMakeTheFile) {
    const auto parts = all_parts();
    const auto decision = decide_completion(kPlan, parts, std::nullopt);
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->size, 8_KiB + 100_B);
    EXPECT_TRUE(
        decide_completion(kPlan, parts, std::vector{stated(3, 3), stated(1, 1), stated(2, 2)}));
}

TEST(Completion, EveryGapIsTold) {
    const auto parts = std::vector{stored(2, 4_KiB)};
    const auto found = mismatches(decide_completion(kPlan, parts, std::nullopt));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].number, PartNumber(1));
    EXPECT_EQ(found[1].number, PartNumber(3));
    EXPECT_EQ(found[0].fault, PartFault::missing);
}

TEST(Completion, OtherDigestsAreTold) {
    const auto parts = all_parts();
    const auto found = mismatches(
        decide_completion(kPlan, parts, std::vector{stated(1, 1), stated(2, 9), stated(3, 3)}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].fault, PartFault::mismatch);
    EXPECT_EQ(found[0].stated->sha256, sha(9));
    EXPECT_EQ(found[0].stored->digests.sha256, sha(2));
}

TEST(Completion, AListMustNameEveryPart) {
    const auto parts = all_parts();
    const auto found =
        mismatches(decide_completion(kPlan, parts, std::vector{stated(1, 1), stated(3, 3)}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].fault, PartFault::unlisted);
}

TEST(Completion, AListThatNamesStrangePartsCannotBeDecided) {
    const auto parts = all_parts();
    const auto unknown = decide_completion(kPlan, parts, std::vector{stated(4, 4)});
    EXPECT_EQ(std::get<CompletionError>(unknown.error()), CompletionError::unknown_part);
    const auto zero = decide_completion(kPlan, parts, std::vector{stated(0, 4)});
    EXPECT_EQ(std::get<CompletionError>(zero.error()), CompletionError::unknown_part);
    const auto twice = decide_completion(kPlan, parts, std::vector{stated(1, 1), stated(1, 1)});
    EXPECT_EQ(std::get<CompletionError>(twice.error()), CompletionError::duplicate_part);
}

TEST(Completion, AnMd5NeedsOneToCompareWith) {
    auto parts = all_parts();
    auto list = std::vector{stated(1, 1), stated(2, 2), stated(3, 3)};
    list[1].md5.emplace();
    const auto without = decide_completion(kPlan, parts, list);
    EXPECT_EQ(std::get<CompletionError>(without.error()), CompletionError::md5_not_available);
    parts[1].digests.md5.emplace();
    EXPECT_TRUE(decide_completion(kPlan, parts, list));
    parts[1].digests.md5->bytes[0] = std::byte{1};
    EXPECT_EQ(mismatches(decide_completion(kPlan, parts, list)).size(), 1U);
}

TEST(Completion, APartOfWrongLengthIsTold) {
    auto parts = all_parts();
    parts[2].size = 99_B;
    EXPECT_EQ(mismatches(decide_completion(kPlan, parts, std::nullopt))[0].fault,
              PartFault::wrong_size);
}

TEST(Completion, NoPartsAreAnEmptyFile) {
    const auto decision = decide_completion(PartPlan{0, 4_KiB, 0_B}, {}, std::nullopt);
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->size, 0_B);
}

const PartPlan kFree{0, 4_KiB, std::nullopt, PartSizes::free};

TEST(Completion, FreePartsAreCountedByAListOrANumber) {
    EXPECT_EQ(counted_plan(kFree, std::nullopt, 3)->total_parts, 3U);
    EXPECT_EQ(counted_plan(kFree, std::nullopt, 0)->total_parts, 0U);
    const std::vector list{stated(1, 1), stated(2, 2)};
    EXPECT_EQ(counted_plan(kFree, list, std::nullopt)->total_parts, 2U);
    EXPECT_EQ(counted_plan(kFree, list, 2)->total_parts, 2U);
    EXPECT_EQ(counted_plan(kFree, list, 3).error(), CompletionError::count_differs);
    EXPECT_EQ(counted_plan(kFree, std::nullopt, std::nullopt).error(),
              CompletionError::count_not_stated);
    EXPECT_EQ(*counted_plan(kPlan, std::nullopt, std::nullopt), kPlan);
    EXPECT_EQ(*counted_plan(kPlan, std::nullopt, 3), kPlan);
    EXPECT_EQ(counted_plan(kPlan, std::nullopt, 2).error(), CompletionError::count_differs);
}

TEST(Completion, FreePartsBeyondTheCountAreTold) {
    const std::vector parts{stored(1, 1_B), stored(2, 4_KiB), stored(3, 7_B)};
    EXPECT_EQ(decide_completion(*counted_plan(kFree, std::nullopt, 3), parts, std::nullopt)->size,
              4_KiB + 8_B);
    const auto found =
        mismatches(decide_completion(*counted_plan(kFree, std::nullopt, 2), parts, std::nullopt));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].number, PartNumber(3));
    EXPECT_EQ(found[0].fault, PartFault::unlisted);
    const auto missing =
        mismatches(decide_completion(*counted_plan(kFree, std::nullopt, 4), parts, std::nullopt));
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing[0].fault, PartFault::missing);
}

}  // namespace
}  // namespace slipway::core

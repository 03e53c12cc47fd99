// The part of the catalog's contract that is about uploads whose parts lie in several stores.
#include <atomic>

#include "contract/catalog_contract.hpp"

namespace slipway::contract {

using core::PartCopy;
using core::StagedCopy;
using core::UploadState;

TEST_P(CatalogContract, ABlobIsAddedBehindTheOthersAndTheEpochStays) {
    const auto upload = create(1);
    const StagedCopy other{"other", "there"};
    ASSERT_TRUE(succeeds(run(catalog().add_blob(upload.id, upload.epoch, 1, other))));
    auto expected = upload;
    expected.blobs.push_back(other);
    EXPECT_EQ(*run(catalog().find_upload(upload.id)), expected);
    const auto add = [&](core::Epoch epoch, std::size_t seen) {
        return run(catalog().add_blob(upload.id, epoch, seen, StagedCopy{"third", ""}));
    };
    EXPECT_TRUE(fails_with(add(upload.epoch, 1), Errc::conflict)) << "another was quicker";
    EXPECT_TRUE(fails_with(add(upload.epoch + 1, 2), Errc::conflict));
    EXPECT_TRUE(fails_with(run(catalog().add_blob(id_of(2), 1, 1, other)), Errc::not_found));
}

// Whoever advances the upload may have read it before the blob came.
TEST_P(CatalogContract, AdvancingAnUploadTakesNoBlobAway) {
    const auto upload = create(1);
    const StagedCopy other{"other", ""};
    ASSERT_TRUE(succeeds(run(catalog().add_blob(upload.id, upload.epoch, 1, other))));
    auto completing = advanced(upload, UploadState::completing);
    ASSERT_TRUE(succeeds(run(catalog().advance_upload(upload.epoch, completing))));
    EXPECT_EQ(run(catalog().find_upload(upload.id))->blobs.size(), 2U);
    const auto complete = advanced(completing, UploadState::complete);
    ASSERT_TRUE(
        succeeds(run(catalog().complete_upload(completing.epoch, complete, file_of(complete)))));
    EXPECT_EQ(run(catalog().find_upload(upload.id))->blobs.back(), other);
    EXPECT_TRUE(
        fails_with(run(catalog().add_blob(upload.id, complete.epoch, 2, other)), Errc::conflict))
        << "it has ended";
}

TEST_P(CatalogContract, CopiesAreAddedToAPartAndWhatIsKnownStays) {
    const auto upload = create(1);
    auto part = part_of(1, 1);
    ASSERT_TRUE(succeeds(run(catalog().put_part(upload.id, upload.epoch, part))));
    const auto add = [&](core::Epoch epoch, std::uint32_t number, std::vector<PartCopy> copies) {
        return run(catalog().add_copies(upload.id, epoch, PartNumber(number), std::move(copies)));
    };
    ASSERT_TRUE(succeeds(add(upload.epoch, 1, {{2, "c"}})));
    ASSERT_TRUE(succeeds(add(upload.epoch, 1, {{0, "another"}, {1, "b"}})));
    part.copies.push_back({1, "b"});
    part.copies.push_back({2, "c"});
    EXPECT_EQ(*run(catalog().find_part(upload.id, PartNumber(1))), part);
    EXPECT_TRUE(fails_with(add(upload.epoch, 2, {{1, ""}}), Errc::not_found));
    EXPECT_TRUE(fails_with(add(upload.epoch + 1, 1, {{3, ""}}), Errc::conflict));
    const auto completing = advanced(upload, UploadState::completing);
    ASSERT_TRUE(succeeds(run(catalog().advance_upload(upload.epoch, completing))));
    EXPECT_TRUE(succeeds(add(completing.epoch, 1, {{3, "d"}}))) << "they are gathered then";
    ASSERT_TRUE(succeeds(run(
        catalog().advance_upload(completing.epoch, advanced(completing, UploadState::aborted)))));
    EXPECT_TRUE(fails_with(add(completing.epoch + 1, 1, {{4, ""}}), Errc::conflict));
}

TEST_P(CatalogContract, OneOfManyAddsTheBlob) {
    const auto upload = create(1);
    constexpr unsigned kThreads = 8;
    for (std::size_t seen = 1; seen <= 20; ++seen) {
        std::atomic<unsigned> added = 0;
        race(kThreads, [&](unsigned i) {
            const auto result = runtime::run_blocking(catalog().add_blob(
                upload.id, upload.epoch, seen, StagedCopy{std::to_string(i), ""}));
            added += result ? 1U : 0U;
        });
        ASSERT_EQ(added, 1U);
        ASSERT_EQ(run(catalog().find_upload(upload.id))->blobs.size(), seen + 1);
    }
}

}  // namespace slipway::contract

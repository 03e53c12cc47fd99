#include "engine/upkeep/scrub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using testing::PassRig;

class ScrubTest : public ::testing::Test {
 protected:
    ScrubTest() { rig_.world.options.scrub_rate = 0_B; }

    bool is_damaged(UploadId id) {
        return PassRig::run(rig_.memory_catalog.find_file(id))->damaged_at.has_value();
    }
    std::uint64_t passes() const { return rig_.metrics.scrub_passes.value(); }

    PassRig rig_;
    Scrub scrub_{rig_.world};
};

TEST_F(ScrubTest, LeavesWholeFilesAlone) {
    const auto one = rig_.file_of(3, 'a');
    const auto empty = rig_.file_of(0, 'b');
    ASSERT_TRUE(rig_.run_pass(scrub_));
    EXPECT_FALSE(is_damaged(one.id));
    EXPECT_FALSE(is_damaged(empty.id));
    EXPECT_EQ(rig_.metrics.scrubbed_bytes.value(), 3U * 4096U);
    EXPECT_EQ(passes(), 1U);
}

TEST_F(ScrubTest, FindsEveryFlippedBitAndTheFileIsNotServedAnyMore) {
    std::vector<core::File> files;
    for (char seed = 'a'; seed < 'k'; ++seed) {
        files.push_back(rig_.file_of(2, seed));
    }
    const std::vector<std::uint64_t> places{0, 1, 4095, 4096, 8191};
    for (std::size_t n = 0; n < places.size(); ++n) {
        rig_.memory_store.flip_bit(files[2 * n].id, ByteOffset(places[n]));
    }
    ASSERT_TRUE(rig_.run_pass(scrub_));
    for (std::size_t n = 0; n < files.size(); ++n) {
        EXPECT_EQ(is_damaged(files[n].id), n % 2 == 0) << n;
        const auto open = PassRig::run(Files(rig_.world).open(PassRig::context(), files[n].id));
        EXPECT_EQ(open.has_value(), n % 2 != 0);
        if (!open) {
            EXPECT_EQ(open.error().reason, Reason::file_damaged);
        }
    }
    EXPECT_EQ(rig_.metrics.files_damaged.value(), 5U);
    // Known already: neither read nor counted again.
    ASSERT_TRUE(rig_.run_pass(scrub_));
    EXPECT_EQ(rig_.metrics.files_damaged.value(), 5U);
    // It can still be deleted.
    EXPECT_TRUE(PassRig::run(Files(rig_.world).remove(PassRig::context(), files[0].id)));
}

TEST_F(ScrubTest, FindsABlobThatIsTooShortTooLongOrGone) {
    const auto cut = rig_.file_of(2, 'a');
    const auto gone = rig_.file_of(2, 'b');
    rig_.memory_store.cut(cut.id, ByteCount(8191));
    ASSERT_TRUE(PassRig::run(rig_.memory_store.remove(gone.id)));
    ASSERT_TRUE(rig_.run_pass(scrub_));
    EXPECT_TRUE(is_damaged(cut.id));
    EXPECT_TRUE(is_damaged(gone.id));
}

TEST_F(ScrubTest, GoesOnFromItsCheckpoint) {
    std::vector<core::File> files;
    for (char seed = 'a'; seed < 'f'; ++seed) {
        files.push_back(rig_.file_of(3, seed));
    }
    std::ranges::sort(files, {}, &core::File::id);
    rig_.checkpoint =
        ScrubPosition{.after = files[1].id, .file = files[2].id, .parts = 2}.to_string();
    ASSERT_TRUE(rig_.run_pass(scrub_));
    // One part of the third file, and all of the last two.
    EXPECT_EQ(rig_.metrics.scrubbed_bytes.value(), 7U * 4096U);
    // Then from the beginning.
    ASSERT_TRUE(rig_.run_pass(scrub_));
    EXPECT_EQ(rig_.metrics.scrubbed_bytes.value(), 22U * 4096U);
    // Parts that were counted for a file that is gone are not taken off the next one.
    rig_.checkpoint =
        ScrubPosition{.after = files[1].id, .file = UploadId(), .parts = 2}.to_string();
    ASSERT_TRUE(rig_.run_pass(scrub_));
    EXPECT_EQ(rig_.metrics.scrubbed_bytes.value(), 31U * 4096U);
}

TEST_F(ScrubTest, StopsWhenItIsTold) {
    rig_.file_of(3, 'a');
    rig_.stopping = true;
    ASSERT_TRUE(rig_.run_pass(scrub_));
    EXPECT_EQ(rig_.metrics.scrubbed_bytes.value(), 0U);
    EXPECT_EQ(passes(), 0U);
}

TEST_F(ScrubTest, ReadsNoFasterThanAllowed) {
    rig_.file_of(4, 'a');
    rig_.world.options.scrub_rate = 16_KiB;
    const SteadyTime before = rig_.clock.steady();
    {
        const std::jthread time([this](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                rig_.clock.advance(std::chrono::milliseconds(20));
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        });
        ASSERT_TRUE(rig_.run_pass(scrub_));
    }
    EXPECT_GE(rig_.clock.steady() - before, std::chrono::seconds(1));
}

TEST(ScrubPosition, IsReadBackAsItWasWritten) {
    const UploadId id(UploadId::Bytes{7});
    for (const ScrubPosition& position :
         {ScrubPosition{}, ScrubPosition{.after = id, .file = std::nullopt, .parts = 0},
          ScrubPosition{.after = std::nullopt, .file = id, .parts = 3},
          ScrubPosition{.after = id, .file = id, .parts = 4'000'000'000}}) {
        EXPECT_EQ(ScrubPosition::parse(position.to_string()), position);
    }
    for (const char* text : {"", "x", "- -", "- - x", "- - -1", "- - 1 ", "1 2 3"}) {
        EXPECT_EQ(ScrubPosition::parse(text), ScrubPosition{}) << text;
    }
}

}  // namespace
}  // namespace slipway::engine

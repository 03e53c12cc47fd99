#include "core/quota.hpp"

#include <gtest/gtest.h>

namespace slipway::core {
namespace {

Upload upload_in(UploadState state) {
    Upload upload;
    upload.state = state;
    upload.plan = {.total_parts = 3, .part_size = 100_B, .file_size = std::nullopt};
    return upload;
}

TEST(Usage, AnUploadCountsAsWhatItMayBecomeUntilItEnds) {
    const Usage whole{.bytes = 300, .files = 1, .open_uploads = 1};
    EXPECT_EQ(usage_of(upload_in(UploadState::open)), whole);
    EXPECT_EQ(usage_of(upload_in(UploadState::completing)), whole);
    for (const auto state : {UploadState::complete, UploadState::aborted, UploadState::expired}) {
        EXPECT_EQ(usage_of(upload_in(state)), Usage());
    }
    auto sized = upload_in(UploadState::open);
    sized.plan.file_size = 250_B;
    EXPECT_EQ(usage_of(sized).bytes, 250U);
    File file;
    file.size = 7_B;
    EXPECT_EQ(usage_of(file), (Usage{.bytes = 7, .files = 1, .open_uploads = 0}));
}

TEST(Usage, NeverFallsBelowNothing) {
    const Usage all{.bytes = 5, .files = 2, .open_uploads = 1};
    EXPECT_EQ(without(all, all), Usage());
    EXPECT_EQ(without(all, {.bytes = 1, .files = 1, .open_uploads = 1}),
              (Usage{.bytes = 4, .files = 1, .open_uploads = 0}));
    EXPECT_FALSE(without(all, {.bytes = 6, .files = 0, .open_uploads = 0}));
    EXPECT_FALSE(without(all, {.bytes = 0, .files = 3, .open_uploads = 0}));
    EXPECT_FALSE(without(all, {.bytes = 0, .files = 0, .open_uploads = 2}));
}

TEST(Quota, IsExceededByOneMoreThanItAllows) {
    const Usage used{.bytes = 90, .files = 4, .open_uploads = 2};
    const Usage added{.bytes = 10, .files = 1, .open_uploads = 1};
    EXPECT_FALSE(find_excess({}, used, added));
    EXPECT_FALSE(find_excess({.bytes = 100, .files = 5, .open_uploads = 3}, used, added));
    EXPECT_EQ(find_excess({.bytes = 99, .files = {}, .open_uploads = {}}, used, added),
              (QuotaExcess{QuotaKind::bytes, 99, 90}));
    EXPECT_EQ(find_excess({.bytes = {}, .files = 4, .open_uploads = {}}, used, added),
              (QuotaExcess{QuotaKind::files, 4, 4}));
    EXPECT_EQ(find_excess({.bytes = {}, .files = {}, .open_uploads = 2}, used, added),
              (QuotaExcess{QuotaKind::open_uploads, 2, 2}));
    EXPECT_TRUE(find_excess({.bytes = 0, .files = {}, .open_uploads = {}}, {}, added));
}

TEST(Quota, ThatWasLoweredStopsOnlyWhatAddsToIt) {
    const Usage used{.bytes = 90, .files = 4, .open_uploads = 2};
    const Quota lowered{.bytes = 10, .files = {}, .open_uploads = {}};
    EXPECT_TRUE(find_excess(lowered, used, {.bytes = 1, .files = 0, .open_uploads = 0}));
    EXPECT_FALSE(find_excess(lowered, used, {.bytes = 0, .files = 1, .open_uploads = 1}));
}

TEST(Quota, DoesNotOverflow) {
    EXPECT_TRUE(find_excess({.bytes = UINT64_MAX, .files = {}, .open_uploads = {}},
                            {.bytes = 2, .files = 0, .open_uploads = 0},
                            {.bytes = UINT64_MAX - 1, .files = 0, .open_uploads = 0}));
}

}  // namespace
}  // namespace slipway::core

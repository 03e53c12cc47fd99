// The part of the catalog's contract that is about the usage of uploads whose parts have free
// sizes.
#include <atomic>

#include "contract/catalog_contract.hpp"
#include "support/usage_check.hpp"

namespace slipway::contract {
namespace {

using core::Quota;
using core::UploadState;
using core::Usage;
using ports::PartAlreadyStored;
using ports::PartStored;
using ports::PutPartOutcome;
using ports::QuotaRefused;

constexpr Usage kOpen{.bytes = 0, .files = 1, .open_uploads = 1};

Usage with_bytes(Usage usage, std::uint64_t bytes) {
    usage.bytes = bytes;
    return usage;
}

core::Upload free_upload(std::uint64_t number) {
    auto upload = upload_of(number);
    upload.plan = {.total_parts = 0,
                   .part_size = 64_MiB,
                   .file_size = std::nullopt,
                   .sizes = core::PartSizes::free};
    return upload;
}

core::Part sized(std::uint32_t number, std::uint64_t size) {
    auto part = part_of(number);
    part.size = ByteCount(size);
    return part;
}

Quota quota_of_bytes(std::uint64_t bytes) {
    return {.bytes = bytes, .files = {}, .open_uploads = {}};
}

template <class Kind>
bool is(const Result<PutPartOutcome>& outcome) {
    return outcome && std::holds_alternative<Kind>(*outcome);
}

}  // namespace

TEST_P(CatalogContract, PartsOfFreeSizesAreCountedUntilTheUploadEnds) {
    const auto usage = [this] { return *run(catalog().find_usage("alice")); };
    auto upload = free_upload(1);
    ASSERT_TRUE(run(catalog().create_upload(upload)));
    EXPECT_EQ(usage(), kOpen);
    put(upload, sized(1, 10));
    put(upload, sized(3, 200));
    EXPECT_EQ(usage(), with_bytes(kOpen, 210));
    ASSERT_TRUE(is<PartAlreadyStored>(
        run(catalog().put_part(upload.id, upload.epoch, sized(3, 5), quota_of_bytes(0)))));
    EXPECT_EQ(usage(), with_bytes(kOpen, 210)) << "each once";
    const auto completing = advance(upload, UploadState::completing);
    EXPECT_EQ(usage(), with_bytes(kOpen, 210));
    auto file = file_of(completing);
    file.size = 10_B;
    ASSERT_TRUE(run(catalog().complete_upload(completing.epoch,
                                              advanced(completing, UploadState::complete), file)));
    EXPECT_EQ(usage(), (Usage{.bytes = 10, .files = 1, .open_uploads = 0}));
    ASSERT_TRUE(run(catalog().remove_file(upload.id)));
    EXPECT_EQ(usage(), Usage());
}

TEST_P(CatalogContract, AnEndedUploadGivesTheBytesOfItsPartsBackOnce) {
    for (const auto state : {UploadState::aborted, UploadState::expired}) {
        const auto upload = free_upload(static_cast<std::uint64_t>(state));
        const auto other = free_upload(100 + static_cast<std::uint64_t>(state));
        ASSERT_TRUE(run(catalog().create_upload(upload)));
        ASSERT_TRUE(run(catalog().create_upload(other)));
        put(upload, sized(1, 10));
        put(other, sized(1, 7));
        advance(upload, state);
        EXPECT_EQ(run(catalog().find_usage("alice")), with_bytes(kOpen, 7));
        ASSERT_TRUE(run(catalog().forget_upload(upload.id)));
        EXPECT_EQ(run(catalog().find_usage("alice")), with_bytes(kOpen, 7));
        EXPECT_EQ(run(slipway::testing::complaint_about_usage(catalog())), "");
        advance(other, state);
        EXPECT_EQ(run(catalog().find_usage("alice")), Usage());
    }
}

TEST_P(CatalogContract, APartOfAFreeSizeMustFitInTheQuota) {
    const auto upload = free_upload(1);
    ASSERT_TRUE(run(catalog().create_upload(upload)));
    const auto put_sized = [&](std::uint32_t number, std::uint64_t size, std::uint64_t quota) {
        return run(catalog().put_part(upload.id, upload.epoch, sized(number, size),
                                      quota_of_bytes(quota)));
    };
    EXPECT_TRUE(is<QuotaRefused>(put_sized(1, 11, 10)));
    EXPECT_TRUE(is<PartStored>(put_sized(1, 10, 10)));
    const auto refused = put_sized(2, 1, 10);
    ASSERT_TRUE(is<QuotaRefused>(refused));
    EXPECT_EQ(std::get<QuotaRefused>(*refused).excess,
              (core::QuotaExcess{.kind = core::QuotaKind::bytes, .limit = 10, .used = 10}));
    EXPECT_TRUE(fails_with(run(catalog().find_part(upload.id, PartNumber(2))), Errc::not_found));
    EXPECT_TRUE(is<PartStored>(put_sized(2, 0, 10))) << "an empty one adds nothing";
    ASSERT_TRUE(run(catalog().set_quota("alice", quota_of_bytes(12))));
    EXPECT_TRUE(is<PartStored>(put_sized(3, 2, 10))) << "the one that was set";
    EXPECT_EQ(run(catalog().find_usage("alice")), with_bytes(kOpen, 12));

    const auto fixed = create(2, "bob");
    EXPECT_TRUE(is<PartStored>(
        run(catalog().put_part(fixed.id, fixed.epoch, part_of(1), quota_of_bytes(0)))))
        << "its room was reserved";
}

TEST_P(CatalogContract, RacingPartsOfFreeSizesKeepToTheQuota) {
    constexpr unsigned kRacers = 64;
    constexpr unsigned kAllowed = 5;
    const auto upload = free_upload(1);
    ASSERT_TRUE(run(catalog().create_upload(upload)));
    std::atomic<unsigned> stored = 0;
    race(kRacers, [&](unsigned i) {
        stored += is<PartStored>(runtime::run_blocking(catalog().put_part(
                      upload.id, upload.epoch, sized(i + 1, 100), quota_of_bytes(599))))
                      ? 1U
                      : 0U;
    });
    EXPECT_EQ(stored, kAllowed);
    EXPECT_EQ(run(catalog().find_usage("alice")), with_bytes(kOpen, kAllowed * 100));
    EXPECT_EQ(run(slipway::testing::complaint_about_usage(catalog())), "");
}

}  // namespace slipway::contract

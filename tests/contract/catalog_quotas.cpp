// The part of the catalog's contract that is about usage, quotas and idempotency keys.
#include <atomic>
#include <utility>

#include "contract/catalog_contract.hpp"
#include "support/usage_check.hpp"

namespace slipway::contract {
namespace {

using core::Quota;
using core::QuotaKind;
using core::UploadState;
using core::Usage;
using ports::AlreadyCreated;
using ports::CreateUploadOutcome;
using ports::QuotaRefused;
using ports::UploadCreated;

constexpr std::uint64_t kSize = std::uint64_t{20} << 20U;  // of upload_of() and of file_of()
constexpr Usage kOpen{.bytes = kSize, .files = 1, .open_uploads = 1};
constexpr Usage kFile{.bytes = kSize, .files = 1, .open_uploads = 0};

Quota quota_of(std::optional<std::uint64_t> bytes, std::optional<std::uint64_t> files,
               std::optional<std::uint64_t> open_uploads) {
    return {.bytes = bytes, .files = files, .open_uploads = open_uploads};
}

core::Upload keyed(std::uint64_t number, std::string key, std::string owner = "alice") {
    auto upload = upload_of(number, std::move(owner));
    upload.idempotency = {.key = std::move(key), .fingerprint = {}};
    return upload;
}

template <class Kind>
::testing::AssertionResult is(const Result<CreateUploadOutcome>& outcome) {
    return outcome && std::holds_alternative<Kind>(*outcome)
               ? ::testing::AssertionSuccess()
               : ::testing::AssertionFailure()
                     << (outcome ? "another outcome: " + std::to_string(outcome->index())
                                 : outcome.error().detail);
}

}  // namespace

TEST_P(CatalogContract, UsageFollowsTheRecords) {
    const auto usage = [this] { return *run(catalog().find_usage("alice")); };
    EXPECT_EQ(usage(), Usage());
    const auto first = create(1);
    create(2, "bob");
    EXPECT_EQ(usage(), kOpen);
    const auto second = create(3);
    EXPECT_EQ(usage(), kOpen + kOpen);
    put(first, part_of(1));
    const auto completing = advance(first, UploadState::completing);
    EXPECT_EQ(usage(), kOpen + kOpen) << "reserved until it is a file";
    complete(completing);
    EXPECT_EQ(usage(), kFile + kOpen);
    advance(second, UploadState::aborted);
    EXPECT_EQ(usage(), kFile);
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(second.id))));
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(first.id))));
    EXPECT_EQ(usage(), kFile) << "given back once";
    ASSERT_TRUE(succeeds(run(catalog().remove_file(first.id))));
    EXPECT_EQ(usage(), Usage());
    EXPECT_TRUE(fails_with(run(catalog().remove_file(first.id)), Errc::not_found));
    EXPECT_EQ(usage(), Usage());
    EXPECT_EQ(run(catalog().find_usage("bob")), kOpen);
    EXPECT_EQ(run(slipway::testing::complaint_about_usage(catalog(), {"alice", "bob"})), "");
}

TEST_P(CatalogContract, AFileCountsItsRealSize) {
    const auto upload = create(1);
    auto file = file_of(upload);
    file.size = 5_B;
    ASSERT_TRUE(succeeds(run(
        catalog().complete_upload(upload.epoch, advanced(upload, UploadState::complete), file))));
    EXPECT_EQ(run(catalog().find_usage("alice")),
              (Usage{.bytes = 5, .files = 1, .open_uploads = 0}));
}

TEST_P(CatalogContract, WhatFailsCountsNothing) {
    const auto upload = create(1);
    EXPECT_TRUE(fails_with(run(catalog().create_upload(upload)), Errc::conflict));
    const auto next = advanced(upload, UploadState::aborted);
    EXPECT_TRUE(fails_with(
        run(catalog().advance_upload(upload.epoch + 1, advanced(next, UploadState::aborted))),
        Errc::conflict));
    EXPECT_EQ(run(catalog().find_usage("alice")), kOpen);
}

TEST_P(CatalogContract, AQuotaIsNeverExceeded) {
    const struct {
        Quota quota;
        QuotaKind kind;
        std::uint64_t limit;
        std::uint64_t used;
    } cases[] = {
        {quota_of(2 * kSize, {}, {}), QuotaKind::bytes, 2 * kSize, 2 * kSize},
        {quota_of(3 * kSize - 1, {}, {}), QuotaKind::bytes, 3 * kSize - 1, 2 * kSize},
        {quota_of({}, 2, {}), QuotaKind::files, 2, 2},
        {quota_of({}, {}, 2), QuotaKind::open_uploads, 2, 2},
    };
    std::uint64_t number = 0;
    for (const auto& [quota, kind, limit, used] : cases) {
        const std::string owner = "owner " + std::to_string(++number);
        const auto wanted = [&] { return upload_of(++number, owner); };
        EXPECT_TRUE(is<UploadCreated>(run(catalog().preview_upload(wanted(), quota))));
        EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(wanted(), quota))));
        EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(wanted(), quota))));
        const auto refused = wanted();
        for (const auto& outcome : {run(catalog().preview_upload(refused, quota)),
                                    run(catalog().create_upload(refused, quota))}) {
            ASSERT_TRUE(is<QuotaRefused>(outcome));
            EXPECT_EQ(std::get<QuotaRefused>(*outcome).excess,
                      (core::QuotaExcess{.kind = kind, .limit = limit, .used = used}));
        }
        EXPECT_TRUE(fails_with(run(catalog().find_upload(refused.id)), Errc::not_found));
        EXPECT_EQ(run(catalog().find_usage(owner)), kOpen + kOpen);
    }
}

TEST_P(CatalogContract, AnEndedUploadMakesRoomForTheNext) {
    const auto quota = quota_of(kSize, 1, 1);
    const auto first = upload_of(1);
    ASSERT_TRUE(is<UploadCreated>(run(catalog().create_upload(first, quota))));
    ASSERT_TRUE(is<QuotaRefused>(run(catalog().create_upload(upload_of(2), quota))));
    advance(first, UploadState::expired);
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(upload_of(2), quota))));
}

TEST_P(CatalogContract, AQuotaThatWasSetIsInTheStandardsPlace) {
    const auto tight = quota_of({}, 0, {});
    EXPECT_EQ(run(catalog().find_quota("alice")), std::nullopt);
    const auto own = quota_of(kSize, {}, 1);
    ASSERT_TRUE(succeeds(run(catalog().set_quota("alice", own))));
    EXPECT_EQ(run(catalog().find_quota("alice")), own);
    EXPECT_EQ(run(catalog().find_quota("alic")), std::nullopt);
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(upload_of(1), tight))));
    EXPECT_TRUE(is<QuotaRefused>(run(catalog().create_upload(upload_of(2), quota_of({}, {}, {})))));
    EXPECT_TRUE(is<QuotaRefused>(run(catalog().create_upload(upload_of(3, "bob"), tight))));
    ASSERT_TRUE(succeeds(run(catalog().set_quota("alice", std::nullopt))));
    EXPECT_EQ(run(catalog().find_quota("alice")), std::nullopt);
    EXPECT_TRUE(is<QuotaRefused>(run(catalog().create_upload(upload_of(4), tight))));
}

TEST_P(CatalogContract, SixtyFourRacingCreationsKeepToTheQuota) {
    constexpr unsigned kRacers = 64;
    constexpr unsigned kAllowed = 5;
    std::atomic<unsigned> created = 0;
    std::atomic<unsigned> refused = 0;
    race(kRacers, [&](unsigned i) {
        const auto outcome = runtime::run_blocking(
            catalog().create_upload(upload_of(i), quota_of(kAllowed * kSize + 1, {}, {})));
        created += is<UploadCreated>(outcome) ? 1U : 0U;
        refused += is<QuotaRefused>(outcome) ? 1U : 0U;
    });
    EXPECT_EQ(created, kAllowed);
    EXPECT_EQ(refused, kRacers - kAllowed);
    EXPECT_EQ(run(catalog().find_usage("alice"))->bytes, kAllowed * kSize);
    EXPECT_EQ(run(slipway::testing::complaint_about_usage(catalog())), "");
}

// Abort, expiry and Complete at once: the room is given back, or kept, exactly once.
TEST_P(CatalogContract, RacingEndsGiveBackOnce) {
    create(1000);  // what is given back twice is missed here
    for (std::uint64_t number = 1; number <= 25; ++number) {
        const auto upload = create(number);
        race(3, [&](unsigned i) {
            if (i == 0) {
                runtime::run_blocking(catalog().complete_upload(
                    upload.epoch, advanced(upload, UploadState::complete), file_of(upload)));
            } else {
                const auto state = i == 1 ? UploadState::aborted : UploadState::expired;
                runtime::run_blocking(
                    catalog().advance_upload(upload.epoch, advanced(upload, state)));
            }
        });
        ASSERT_EQ(run(slipway::testing::complaint_about_usage(catalog(), {"alice"})), "");
        race(2, [&](unsigned) { runtime::run_blocking(catalog().remove_file(upload.id)); });
        race(2, [&](unsigned) { runtime::run_blocking(catalog().forget_upload(upload.id)); });
        ASSERT_EQ(run(catalog().find_usage("alice")), kOpen);
    }
}

TEST_P(CatalogContract, AnIdempotencyKeyIsTakenWhileItsUploadIsOnRecord) {
    const auto first = keyed(1, "k");
    ASSERT_TRUE(is<UploadCreated>(run(catalog().create_upload(first))));
    EXPECT_EQ(run(catalog().find_upload(first.id)), first);
    for (const auto& outcome : {run(catalog().create_upload(keyed(2, "k"))),
                                run(catalog().preview_upload(keyed(2, "k"), quota_of(0, 0, 0)))}) {
        ASSERT_TRUE(is<AlreadyCreated>(outcome)) << "before any quota";
        EXPECT_EQ(std::get<AlreadyCreated>(*outcome).existing, first);
    }
    EXPECT_TRUE(fails_with(run(catalog().find_upload(id_of(2))), Errc::not_found));
    // Neither another's, nor another key, nor one that reads alike.
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(keyed(3, "k", "bob")))));
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(keyed(4, "K")))));
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(keyed(5, "ek", "alic")))));
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(upload_of(6)))));
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(upload_of(7)))));

    const auto ended = advance(first, UploadState::aborted);
    const auto again = run(catalog().create_upload(keyed(2, "k")));
    ASSERT_TRUE(is<AlreadyCreated>(again));
    EXPECT_EQ(std::get<AlreadyCreated>(*again).existing, ended);
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(first.id))));
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(keyed(2, "k")))));
}

TEST_P(CatalogContract, RemovingAFileFreesItsIdempotencyKey) {
    const auto upload = keyed(1, "k");
    ASSERT_TRUE(is<UploadCreated>(run(catalog().create_upload(upload))));
    complete(upload);
    ASSERT_TRUE(is<AlreadyCreated>(run(catalog().create_upload(keyed(2, "k")))));
    ASSERT_TRUE(succeeds(run(catalog().remove_file(upload.id))));
    EXPECT_TRUE(is<UploadCreated>(run(catalog().create_upload(keyed(2, "k")))));
}

TEST_P(CatalogContract, OneOfManyWithTheSameKeyCreates) {
    for (std::uint64_t round = 0; round < 10; ++round) {
        constexpr unsigned kRacers = 8;
        std::atomic<unsigned> created = 0;
        std::atomic<unsigned> already = 0;
        race(kRacers, [&](unsigned i) {
            const auto outcome = runtime::run_blocking(catalog().create_upload(
                keyed(round * kRacers + i, "key " + std::to_string(round))));
            created += is<UploadCreated>(outcome) ? 1U : 0U;
            already += is<AlreadyCreated>(outcome) ? 1U : 0U;
        });
        ASSERT_EQ(created, 1U);
        ASSERT_EQ(already, kRacers - 1);
    }
}

}  // namespace slipway::contract

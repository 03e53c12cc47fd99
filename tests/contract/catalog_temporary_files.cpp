// The part of the catalog's contract that is about files without an upload, and about those that
// expire.
#include <utility>

#include "contract/catalog_contract.hpp"
#include "support/usage_check.hpp"

namespace slipway::contract {
namespace {

constexpr auto kLater = std::chrono::seconds(1);
const WallTime kExpiry = from_unix_millis(1'767'312'000'456);
const WallTime kBefore = kExpiry - std::chrono::milliseconds(1);

core::File temporary_file(std::uint64_t number, WallTime expires_at = kExpiry) {
    core::File file = file_of(upload_of(number));
    file.expires_at = expires_at;
    return file;
}

ports::NewFile new_file(std::uint64_t number, WallTime expires_at = kExpiry) {
    return {temporary_file(number, expires_at), {part_of(1), part_of(2)}};
}

core::FileClaim named(std::string name) {
    return {.name = std::move(name), .content_type = std::nullopt, .metadata = std::nullopt};
}

::testing::AssertionResult created(const Result<ports::CreateFilesOutcome>& outcome) {
    return outcome && std::holds_alternative<ports::FilesCreated>(*outcome)
               ? ::testing::AssertionSuccess()
               : ::testing::AssertionFailure()
                     << (outcome ? "refused by a quota" : outcome.error().detail);
}

}  // namespace

TEST_P(CatalogContract, FilesComeIntoBeingTogether) {
    ASSERT_TRUE(created(run(catalog().create_files({new_file(2), new_file(1)}))));
    EXPECT_EQ(run(catalog().find_file(id_of(1))), temporary_file(1));
    EXPECT_EQ(run(catalog().list_parts(id_of(2))), (std::vector{part_of(1), part_of(2)}));
    EXPECT_EQ(ids_of(run(catalog().list_files("alice", {}))->items),
              (std::vector{id_of(1), id_of(2)}));
    EXPECT_EQ(ids_of(run(catalog().list_all_files({}))->items), (std::vector{id_of(1), id_of(2)}));
    EXPECT_TRUE(fails_with(run(catalog().find_upload(id_of(1))), Errc::not_found));
    // It need not expire.
    core::File lasting = temporary_file(3);
    lasting.expires_at = std::nullopt;
    ASSERT_TRUE(created(run(catalog().create_files({{lasting, {}}}))));
    EXPECT_EQ(run(catalog().find_file(id_of(3))), lasting);
}

TEST_P(CatalogContract, WhereOneIdIsTakenNoFileIsCreated) {
    create(1);
    complete(create(2));
    ASSERT_TRUE(created(run(catalog().create_files({new_file(3)}))));
    for (const std::uint64_t taken : {1U, 2U, 3U, 9U}) {
        std::vector<ports::NewFile> files{new_file(9), new_file(taken)};
        EXPECT_TRUE(fails_with(run(catalog().create_files(std::move(files))), Errc::conflict));
        EXPECT_TRUE(fails_with(run(catalog().find_file(id_of(9))), Errc::not_found));
        EXPECT_TRUE(run(catalog().list_parts(id_of(9)))->empty());
    }
    EXPECT_TRUE(fails_with(run(catalog().create_upload(upload_of(3))), Errc::conflict));
}

TEST_P(CatalogContract, AClaimedFileStays) {
    ASSERT_TRUE(created(run(catalog().create_files({new_file(1)}))));
    const core::FileClaim claim{.name = "kept", .content_type = {}, .metadata = {{{"a", "b"}}}};
    const core::File kept = core::claim(temporary_file(1), claim);
    EXPECT_EQ(run(catalog().claim_file(id_of(1), claim, kBefore)), kept);
    EXPECT_EQ(run(catalog().find_file(id_of(1))), kept);
    EXPECT_EQ(run(catalog().list_parts(id_of(1)))->size(), 2U);
    // A later claim, and time, change nothing.
    EXPECT_EQ(run(catalog().claim_file(id_of(1), named("other"), kExpiry + kLater)), kept);
    EXPECT_TRUE(run(catalog().list_expired_files(kExpiry + kLater, 10))->empty());
    EXPECT_TRUE(
        fails_with(run(catalog().remove_expired_file(id_of(1), kExpiry + kLater)), Errc::conflict));
    EXPECT_TRUE(fails_with(run(catalog().claim_file(id_of(2), {}, kBefore)), Errc::not_found));
    EXPECT_TRUE(succeeds(run(catalog().remove_file(id_of(1)))));
}

TEST_P(CatalogContract, AnExpiredFileIsNotClaimed) {
    ASSERT_TRUE(created(run(catalog().create_files({new_file(1)}))));
    EXPECT_EQ(run(catalog().claim_file(id_of(1), named("late"), kExpiry)), temporary_file(1));
    EXPECT_EQ(run(catalog().find_file(id_of(1))), temporary_file(1));
    EXPECT_TRUE(fails_with(run(catalog().remove_expired_file(id_of(1), kBefore)), Errc::conflict));
    EXPECT_TRUE(succeeds(run(catalog().remove_expired_file(id_of(1), kExpiry))));
    EXPECT_TRUE(fails_with(run(catalog().find_file(id_of(1))), Errc::not_found));
    EXPECT_TRUE(run(catalog().list_parts(id_of(1)))->empty());
    EXPECT_TRUE(run(catalog().list_files("alice", {}))->items.empty());
    EXPECT_TRUE(fails_with(run(catalog().remove_expired_file(id_of(1), kExpiry)), Errc::not_found));
    // The id is free again.
    EXPECT_TRUE(created(run(catalog().create_files({new_file(1)}))));
}

TEST_P(CatalogContract, ExpiredFilesAreListedInTheOrderOfTheirTimes) {
    const WallTime old = from_unix_millis(-5000);
    ASSERT_TRUE(created(run(catalog().create_files(
        {new_file(1, kExpiry + kLater), new_file(2), new_file(3, old), new_file(4)}))));
    const auto listed = [this](WallTime now, std::size_t limit) {
        return *run(catalog().list_expired_files(now, limit));
    };
    EXPECT_EQ(listed(kExpiry, 10), (std::vector{id_of(3), id_of(2), id_of(4)}));
    EXPECT_EQ(listed(kBefore, 10), std::vector{id_of(3)});
    EXPECT_EQ(listed(kExpiry, 2), (std::vector{id_of(3), id_of(2)}));
    EXPECT_TRUE(listed(kExpiry, 0).empty());
    EXPECT_EQ(listed(kExpiry + kLater, 10).size(), 4U);
    // One that was deleted, and one that is marked as damaged.
    EXPECT_TRUE(succeeds(run(catalog().remove_file(id_of(3)))));
    EXPECT_TRUE(succeeds(run(catalog().mark_damaged(id_of(2), kBefore))));
    EXPECT_EQ(listed(kExpiry, 10), (std::vector{id_of(2), id_of(4)}));
    EXPECT_TRUE(succeeds(run(catalog().remove_expired_file(id_of(2), kExpiry))));
    EXPECT_EQ(listed(kExpiry, 10), std::vector{id_of(4)});
}

TEST_P(CatalogContract, OneOfClaimAndExpiryWins) {
    for (std::uint64_t number = 1; number <= 25; ++number) {
        ASSERT_TRUE(created(run(catalog().create_files({new_file(number)}))));
        Result<core::File> claimed;
        Result<> removed;
        // Each by a clock of its own: the claimer's is behind.
        race(2, [&](unsigned i) {
            if (i == 0) {
                claimed = runtime::run_blocking(catalog().claim_file(id_of(number), {}, kBefore));
            } else {
                removed =
                    runtime::run_blocking(catalog().remove_expired_file(id_of(number), kExpiry));
            }
        });
        ASSERT_NE(claimed.has_value(), removed.has_value());
        EXPECT_EQ(run(catalog().find_file(id_of(number))).has_value(), claimed.has_value());
        EXPECT_TRUE(claimed ? fails_with(removed, Errc::conflict)
                            : fails_with(claimed, Errc::not_found));
    }
}

TEST_P(CatalogContract, UsageFollowsTemporaryFiles) {
    const auto usage = [this] { return *run(catalog().find_usage("alice")); };
    const core::Usage one = core::usage_of(temporary_file(1));
    ASSERT_TRUE(created(run(catalog().create_files({new_file(1), new_file(2), new_file(3)}))));
    EXPECT_EQ(usage(), one + one + one);
    EXPECT_FALSE(run(catalog().create_files({new_file(4), new_file(1)})));
    ASSERT_TRUE(succeeds(run(catalog().claim_file(id_of(1), named("kept"), kBefore))));
    EXPECT_EQ(usage(), one + one + one);
    ASSERT_TRUE(succeeds(run(catalog().remove_expired_file(id_of(2), kExpiry))));
    EXPECT_FALSE(run(catalog().remove_expired_file(id_of(2), kExpiry)));
    EXPECT_EQ(usage(), one + one);
    ASSERT_TRUE(succeeds(run(catalog().remove_file(id_of(3)))));
    EXPECT_EQ(usage(), one);
    EXPECT_EQ(run(slipway::testing::complaint_about_usage(catalog())), "");
}

TEST_P(CatalogContract, FilesKeepToTheQuotaTogether) {
    const auto create_three = [this](std::optional<std::uint64_t> standard) {
        return run(catalog().create_files({new_file(1), new_file(2), new_file(3)},
                                          {.bytes = {}, .files = standard, .open_uploads = {}}));
    };
    create(9);
    const auto refused = create_three(3);
    ASSERT_TRUE(refused && std::holds_alternative<ports::QuotaRefused>(*refused));
    EXPECT_EQ(std::get<ports::QuotaRefused>(*refused).excess,
              (core::QuotaExcess{.kind = core::QuotaKind::files, .limit = 3, .used = 1}));
    EXPECT_TRUE(run(catalog().list_all_files({}))->items.empty());
    EXPECT_TRUE(run(catalog().list_parts(id_of(1)))->empty());
    // One's own quota stands in the standard one's place.
    const core::Quota own{.bytes = {}, .files = 4, .open_uploads = {}};
    ASSERT_TRUE(succeeds(run(catalog().set_quota("alice", own))));
    EXPECT_TRUE(created(create_three(0)));
    EXPECT_EQ(run(slipway::testing::complaint_about_usage(catalog())), "");
}

TEST_P(CatalogContract, FilesOfSeveralOwnersDoNotComeTogether) {
    auto other = new_file(2);
    other.file.owner = "bob";
    EXPECT_TRUE(fails_with(run(catalog().create_files({new_file(1), other})), Errc::invalid));
    EXPECT_TRUE(created(run(catalog().create_files({}))));
    EXPECT_TRUE(run(catalog().list_all_files({}))->items.empty());
}

}  // namespace slipway::contract

// Grouping, bounds, stopping: what the writer promises, seen through the catalog.
#include "adapters/rocksdb/group_writer.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "adapters/rocksdb/catalog_fixture.hpp"

namespace slipway::adapters::rocksdb {
namespace {

using contract::advanced;
using contract::fails_with;
using contract::id_of;
using contract::part_of;
using contract::run;
using contract::succeeds;
using contract::upload_of;
using core::UploadState;

class GroupWriterTest : public CatalogFixture {
 protected:
    std::unique_ptr<RocksDbCatalog> open_gated(GroupWriterOptions options = {}) {
        options.on_commit = [this](std::size_t requests, double) { gate_.pass(requests); };
        return open(path(), {.writer = std::move(options)});
    }
    // The writer stands at the gate with this upload committed and its caller not answered.
    void hold_writer(RocksDbCatalog& catalog, std::uint64_t number) {
        gate_.shut();
        holding_ = calls_.begin(catalog.create_upload(upload_of(number)));
        gate_.wait_for_writer();
    }
    void let_go() {
        gate_.open();
        calls_.finish();
    }

    CommitGate gate_;
    Calls calls_;
    Calls::Answer<Result<ports::CreateUploadOutcome>> holding_;
};

TEST_F(GroupWriterTest, WhatWaitsIsCommittedTogether) {
    auto catalog = open_gated();
    hold_writer(*catalog, 0);
    std::vector<Calls::Answer<Result<ports::CreateUploadOutcome>>> answers;
    for (std::uint64_t number = 1; number <= 64; ++number) {
        answers.push_back(calls_.begin(catalog->create_upload(upload_of(number))));
    }
    EXPECT_EQ(catalog->queue_depth(), 65U);
    EXPECT_TRUE(std::ranges::none_of(answers, [](const auto& at) { return at->has_value(); }));
    let_go();
    EXPECT_TRUE(std::ranges::all_of(answers, [](const auto& at) { return succeeds(**at); }));
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{1, 64}));
    EXPECT_EQ(catalog->queue_depth(), 0U);
}

TEST_F(GroupWriterTest, AGroupWaitsForWhatIsKnownToCome) {
    std::atomic<std::size_t> expected{1};
    GroupWriterOptions options;
    options.expected = [&expected] { return expected.load(); };
    options.gather_requests = 3;
    options.gather_time = std::chrono::minutes(1);
    auto catalog = open_gated(std::move(options));
    std::vector<Calls::Answer<Result<ports::CreateUploadOutcome>>> answers;
    for (std::uint64_t number = 1; number <= 3; ++number) {
        answers.push_back(calls_.begin(catalog->create_upload(upload_of(number))));
    }
    calls_.finish();
    EXPECT_TRUE(std::ranges::all_of(answers, [](const auto& at) { return succeeds(**at); }));
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{3}));
    // Nothing is to come: a group of one goes at once.
    expected = 0;
    calls_.begin(catalog->create_upload(upload_of(4)));
    calls_.finish();
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{3, 1}));
}

TEST_F(GroupWriterTest, AGroupDoesNotWaitForLong) {
    GroupWriterOptions options;
    options.expected = [] { return std::size_t{1}; };
    options.gather_time = std::chrono::milliseconds(1);
    auto catalog = open_gated(std::move(options));
    calls_.begin(catalog->create_upload(upload_of(1)));
    calls_.finish();
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{1}));
}

TEST_F(GroupWriterTest, AGroupHasAtMost512Requests) {
    auto catalog = open_gated();
    hold_writer(*catalog, 0);
    for (std::uint64_t number = 1; number <= 1025; ++number) {
        calls_.begin(catalog->create_upload(upload_of(number)));
    }
    let_go();
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{1, 512, 512, 1}));
}

TEST_F(GroupWriterTest, AGroupEndsAtAMebibyte) {
    auto catalog = open_gated();
    hold_writer(*catalog, 0);
    auto upload = upload_of(1);
    for (std::uint64_t number = 1; number <= 4; ++number) {
        upload.id = id_of(number);
        upload.metadata["large"] = std::string(std::size_t{600} << 10U, 'x');
        calls_.begin(catalog->create_upload(upload));
    }
    let_go();
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{1, 2, 2}));
    EXPECT_EQ(run(catalog->find_upload(upload.id)), upload);
}

TEST_F(GroupWriterTest, ARequestSeesThoseBeforeItInItsGroup) {
    auto catalog = open_gated();
    hold_writer(*catalog, 0);
    const auto upload = upload_of(1);
    const auto ended = advanced(upload, UploadState::aborted);
    const auto created = calls_.begin(catalog->create_upload(upload));
    const auto created_twice = calls_.begin(catalog->create_upload(upload));
    const auto stored = calls_.begin(catalog->put_part(upload.id, 1, part_of(1, 10)));
    const auto stored_twice = calls_.begin(catalog->put_part(upload.id, 1, part_of(1, 11)));
    const auto advance = calls_.begin(catalog->advance_upload(1, ended));
    const auto late = calls_.begin(catalog->put_part(upload.id, 1, part_of(2)));
    const auto forgotten = calls_.begin(catalog->forget_upload(upload.id));
    const auto gone = calls_.begin(catalog->put_part(upload.id, 1, part_of(1)));
    const auto again = calls_.begin(catalog->create_upload(upload));
    const auto stored_again = calls_.begin(catalog->put_part(upload.id, 1, part_of(1, 12)));
    let_go();
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{1, 10}));
    EXPECT_TRUE(succeeds(**created));
    EXPECT_TRUE(fails_with(**created_twice, Errc::conflict));
    EXPECT_TRUE(std::holds_alternative<ports::PartStored>(***stored));
    EXPECT_EQ(std::get<ports::PartAlreadyStored>(***stored_twice).existing, part_of(1, 10));
    EXPECT_TRUE(succeeds(**advance));
    EXPECT_EQ(std::get<ports::PartRefused>(***late).upload, ended);
    EXPECT_TRUE(succeeds(**forgotten));
    EXPECT_TRUE(fails_with(**gone, Errc::not_found));
    EXPECT_TRUE(succeeds(**again));
    EXPECT_TRUE(std::holds_alternative<ports::PartStored>(***stored_again));
    EXPECT_EQ(run(catalog->list_parts(upload.id)), std::vector{part_of(1, 12)});
    EXPECT_EQ(run(catalog->find_upload(upload.id)), upload);
    EXPECT_EQ(run(catalog->list_open_uploads("alice", {}))->items.size(), 2U);
    EXPECT_TRUE(run(catalog->list_uploads(UploadState::aborted, {}))->items.empty());
}

// The same with so many parts that they are erased as a range.
TEST_F(GroupWriterTest, ARangeThatWasErasedInTheGroupIsNotSeen) {
    auto catalog = open_gated();
    const auto upload = upload_of(1);
    ASSERT_TRUE(succeeds(run(catalog->create_upload(upload))));
    constexpr std::uint32_t kParts = 1100;
    for (std::uint32_t number = 1; number <= kParts; ++number) {
        calls_.begin(catalog->put_part(upload.id, 1, part_of(number)));
    }
    calls_.finish();
    ASSERT_EQ(run(catalog->list_parts(upload.id))->size(), kParts);
    hold_writer(*catalog, 0);
    calls_.begin(catalog->put_part(upload.id, 1, part_of(kParts + 1)));
    calls_.begin(catalog->advance_upload(1, advanced(upload, UploadState::expired)));
    calls_.begin(catalog->forget_upload(upload.id));
    calls_.begin(catalog->create_upload(upload));
    const auto stored = calls_.begin(catalog->put_part(upload.id, 1, part_of(7, 70)));
    let_go();
    EXPECT_TRUE(std::holds_alternative<ports::PartStored>(***stored));
    EXPECT_EQ(run(catalog->list_parts(upload.id)), std::vector{part_of(7, 70)});
}

TEST_F(GroupWriterTest, OneRequestTooManyIsRefusedAndChangesNothing) {
    auto catalog = open_gated({.queue_capacity = 3});
    hold_writer(*catalog, 0);
    const auto second = calls_.begin(catalog->create_upload(upload_of(1)));
    const auto third = calls_.begin(catalog->create_upload(upload_of(2)));
    const auto refused = calls_.begin(catalog->create_upload(upload_of(3)));
    ASSERT_TRUE(refused->has_value());
    EXPECT_TRUE(fails_with(**refused, Errc::unavailable));
    let_go();
    EXPECT_TRUE(succeeds(**second));
    EXPECT_TRUE(succeeds(**third));
    EXPECT_TRUE(fails_with(run(catalog->find_upload(id_of(3))), Errc::not_found));
    EXPECT_TRUE(succeeds(run(catalog->create_upload(upload_of(3))))) << "there is room again";
}

TEST_F(GroupWriterTest, StoppingCommitsWhatWaitsAndRefusesTheRest) {
    auto catalog = open_gated();
    hold_writer(*catalog, 0);
    std::vector<Calls::Answer<Result<ports::CreateUploadOutcome>>> answers;
    for (std::uint64_t number = 1; number <= 20; ++number) {
        answers.push_back(calls_.begin(catalog->create_upload(upload_of(number))));
    }
    std::jthread stopper([&catalog] { catalog->stop(); });
    // Refused as soon as stopping has begun, while the writer still has work.
    Calls::Answer<Result<core::Upload>> late;
    do {
        late = calls_.begin(catalog->find_upload(id_of(0)));
    } while ((*late)->has_value());
    EXPECT_TRUE(fails_with(**late, Errc::unavailable));
    let_go();
    stopper.join();
    for (const auto& answer : answers) {
        EXPECT_TRUE(succeeds(**answer));
    }
    catalog->stop();
    EXPECT_TRUE(fails_with(run(catalog->create_upload(upload_of(99))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(catalog->find_upload(id_of(1))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(catalog->find_file(id_of(1))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(catalog->find_part(id_of(1), PartNumber(1))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(catalog->list_parts(id_of(1))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(catalog->list_files("alice", {})), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(catalog->list_open_uploads("alice", {})), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(catalog->list_uploads(UploadState::open, {})), Errc::unavailable));
    catalog.reset();
    catalog = open();
    EXPECT_EQ(run(catalog->list_open_uploads("alice", {}))->items.size(), 21U);
}

TEST_F(GroupWriterTest, DestroyingItAnswersWhatWaits) {
    auto catalog = open_gated();
    hold_writer(*catalog, 0);
    const auto answer = calls_.begin(catalog->create_upload(upload_of(1)));
    gate_.open();
    catalog.reset();
    calls_.finish();
    EXPECT_TRUE(succeeds(**holding_));
    EXPECT_TRUE(succeeds(**answer));
}

TEST_F(GroupWriterTest, CallsThatChangeNothingNeedNoSync) {
    auto catalog = open_gated();
    ASSERT_TRUE(succeeds(run(catalog->create_upload(upload_of(1)))));
    EXPECT_TRUE(fails_with(run(catalog->create_upload(upload_of(1))), Errc::conflict));
    EXPECT_TRUE(succeeds(run(catalog->forget_upload(id_of(2)))));
    EXPECT_EQ(gate_.groups(), (std::vector<std::size_t>{1}));
}

}  // namespace
}  // namespace slipway::adapters::rocksdb

#include "engine/temporary/receive_files.hpp"

#include <gtest/gtest.h>

#include "hash/digester.hpp"
#include "support/engine_rig.hpp"
#include "support/failing_ports.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;

constexpr auto kTtl = std::chrono::hours(24);

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

// Begins, writes in pieces and ends one file.
Task<Outcome<>> receive(ReceiveFiles& files, FileToReceive wanted, std::string content) {
    auto done = co_await files.begin(std::move(wanted));
    for (std::size_t at = 0; done && at < content.size(); at += 100'000) {
        done = co_await files.write(bytes_of(std::string_view(content).substr(at, 100'000)));
    }
    co_return done ? co_await files.end() : done;
}

// The whole of a request with one file.
Task<Outcome<std::vector<core::File>>> receive_one(World& world, FileToReceive wanted,
                                                   std::string content) {
    ReceiveFiles files(world, EngineRig::context(), 10_MiB);
    auto received = co_await receive(files, std::move(wanted), std::move(content));
    if (!received) {
        co_await files.discard();
        co_return std::unexpected(received.error());
    }
    auto kept = co_await files.keep({{"a", "1"}});
    if (!kept) {
        co_await files.discard();
    }
    co_return kept;
}

FileToReceive named(std::string name) {
    return {.name = std::move(name),
            .content_type = "text/plain",
            .stated = {},
            .id = {},
            .at_most = {}};
}

TEST(ReceiveFiles, AFileIsTemporaryAndHasItsDigests) {
    EngineRig rig;
    const std::string content = testing::text_of_size(2'500'000, 'a');
    for (const auto at_most : {std::optional<ByteCount>(), std::optional(3_MiB),
                               std::optional(ByteCount(content.size()))}) {
        auto wanted = named("n");
        wanted.at_most = at_most;
        wanted.stated.sha256 = hash::sha256(bytes_of(content));
        const auto kept = rig.run(receive_one(rig.world, wanted, content));
        ASSERT_TRUE(kept);
        const core::File& file = kept->front();
        EXPECT_EQ(rig.content(file.id), content);
        EXPECT_EQ(file.sha256, hash::sha256(bytes_of(content)));
        EXPECT_EQ(file.md5, std::nullopt);
        EXPECT_EQ(file.owner, "alice");
        EXPECT_EQ(file.expires_at, rig.clock.wall() + kTtl);
        const auto parts = *rig.run(rig.memory_catalog.list_parts(file.id));
        ASSERT_EQ(parts.size(), 1U);
        EXPECT_EQ(summarise(parts).chain, file.chain);
        EXPECT_EQ(summarise(parts).crc64nvme, file.crc64nvme);
        EXPECT_FALSE(rig.world.making->holds(file.id));
    }
}

TEST(ReceiveFiles, AnEmptyFileIsAFile) {
    EngineRig rig;
    const auto kept = rig.run(receive_one(rig.world, named("empty"), ""));
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->front().size, 0_B);
    EXPECT_EQ(rig.content(kept->front().id), "");
}

TEST(ReceiveFiles, OneIdIsOneFile) {
    EngineRig rig;
    auto wanted = named("n");
    wanted.id = UploadId(UploadId::Bytes{7});
    ASSERT_TRUE(rig.run(receive_one(rig.world, wanted, "first")));
    const auto again = rig.run(receive_one(rig.world, wanted, "second"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().reason, Reason::url_used);
    EXPECT_EQ(rig.content(*wanted.id), "first");
}

TEST(ReceiveFiles, WhereThereIsNoRoomForTheWholeItIsToldFirst) {
    EngineRig rig(nullptr, [](ports::Store&) {
        return std::make_unique<adapters::memory::MemoryStore>("small", 3_MiB);
    });
    auto wanted = named("n");
    wanted.at_most = 4_MiB;
    EXPECT_EQ(rig.run(receive_one(rig.world, wanted, "x")).error().reason,
              Reason::insufficient_storage);
    // Room that doubles does not fit in the end, but what is needed does.
    EXPECT_TRUE(rig.run(receive_one(rig.world, named("n"), std::string(2'900'000, 'x'))));
    EXPECT_EQ(
        rig.run(receive_one(rig.world, named("n"), std::string(1'000'000, 'x'))).error().reason,
        Reason::insufficient_storage);
}

TEST(ReceiveFiles, AStoreIsToldWhereItPutThem) {
    using adapters::memory::StoreManner;
    EngineRig rig(nullptr, [](ports::Store&) {
        return std::make_unique<adapters::memory::MemoryStore>("remote", 1_GiB,
                                                               StoreManner::like_a_remote_one);
    });
    const std::string content = testing::text_of_size(2'500'000, 'a');
    const auto kept = rig.run(receive_one(rig.world, named("n"), content));
    ASSERT_TRUE(kept);
    EXPECT_EQ(rig.content(kept->front().id), content);
}

// Every call of the store and of the catalog fails once, before or after its work: nothing is
// acknowledged that is not there, and what is not there leaves no record.
TEST(ReceiveFiles, EveryFailureLeavesAllOrNothing) {
    for (const auto moment : {testing::FaultMoment::before, testing::FaultMoment::after}) {
        bool untouched = false;
        for (int nth = 1; !untouched; ++nth) {
            testing::Faults faults;
            EngineRig rig(
                [&](ports::Catalog& inner) {
                    return std::make_unique<testing::FailingCatalog>(inner, faults);
                },
                [&](ports::Store& inner) {
                    return std::make_unique<testing::FailingStore>(inner, faults);
                });
            faults.moment = moment;
            faults.at = nth;
            const auto kept =
                rig.run(receive_one(rig.world, named("n"), testing::text_of_size(1'500'000, 'a')));
            untouched = !faults.fired();
            faults.at = 0;
            const auto files = rig.run(rig.memory_catalog.list_all_files({}))->items;
            const auto blobs = *rig.run(rig.memory_store.list_published(std::nullopt, 10));
            EXPECT_EQ(untouched, kept.has_value());
            for (const core::File& file : files) {
                EXPECT_EQ(blobs, std::vector{file.id});
                EXPECT_EQ(rig.content(file.id).size(), 1'500'000U);
            }
            EXPECT_TRUE(!kept || files.size() == 1);
        }
    }
}

TEST(ReceiveFiles, AClaimIsRepeatedAndDecidedOnce) {
    EngineRig rig;
    const UploadId id = rig.run(receive_one(rig.world, named("n"), "x"))->front().id;
    Files files(rig.world);
    const core::FileClaim claim{.name = "kept", .content_type = {}, .metadata = {}};
    const auto first = rig.run(files.claim(EngineRig::context(), id, claim));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->name, "kept");
    EXPECT_EQ(first->metadata.at("a"), "1");
    rig.clock.advance(kTtl * 2);
    EXPECT_EQ(*rig.run(files.claim(EngineRig::context(), id, claim)), *first);
    EXPECT_EQ(rig.run(files.claim(EngineRig::context(), id,
                                  {.name = "other", .content_type = {}, .metadata = {}}))
                  .error()
                  .reason,
              Reason::file_claimed);
    EXPECT_EQ(rig.run(files.claim({.request_id = "r", .owner = "bob"}, id, claim)).error().reason,
              Reason::file_not_found);
    EXPECT_EQ(rig.run(Sweep(rig.world).run()).files, 0U);
    EXPECT_EQ(rig.content(id), "x");
}

TEST(ReceiveFiles, WhatIsBeyondAQuotaLeavesNothing) {
    EngineRig rig;
    rig.world.options.quota = {.bytes = 10, .files = {}, .open_uploads = {}};
    ASSERT_TRUE(rig.run(receive_one(rig.world, named("n"), "123456")));
    const auto refused = rig.run(receive_one(rig.world, named("n"), "12345"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::quota_exceeded);
    EXPECT_EQ(refused.error().excess,
              (core::QuotaExcess{.kind = core::QuotaKind::bytes, .limit = 10, .used = 6}));
    EXPECT_EQ(rig.run(rig.memory_store.list_published(std::nullopt, 10))->size(), 1U);
    EXPECT_TRUE(rig.run(receive_one(rig.world, named("n"), "1234")));
}

TEST(ReceiveFiles, WhatNobodyClaimsExpires) {
    EngineRig rig;
    const UploadId id = rig.run(receive_one(rig.world, named("n"), "x"))->front().id;
    Files files(rig.world);
    rig.clock.advance(kTtl - std::chrono::milliseconds(1));
    EXPECT_EQ(rig.run(Sweep(rig.world).run()).files, 0U);
    EXPECT_EQ(rig.content(id), "x");
    rig.clock.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(rig.run(files.open(EngineRig::context(), id)).error().reason, Reason::file_expired);
    EXPECT_EQ(rig.run(files.parts(EngineRig::context(), id)).error().reason, Reason::file_expired);
    EXPECT_EQ(rig.run(files.claim(EngineRig::context(), id, {})).error().reason,
              Reason::file_expired);
    EXPECT_TRUE(rig.run(files.list(EngineRig::context(), {}))->items.empty());
    EXPECT_EQ(rig.run(Sweep(rig.world).run()).files, 1U);
    EXPECT_EQ(rig.run(files.open(EngineRig::context(), id)).error().reason, Reason::file_not_found);
    EXPECT_TRUE(rig.run(rig.memory_store.list_published(std::nullopt, 10))->empty());
    EXPECT_EQ(rig.run(rig.memory_store.list_trash())->size(), 1U);
}

}  // namespace
}  // namespace slipway::engine

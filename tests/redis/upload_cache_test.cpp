// The cache of uploads over a real Redis: what it spares the catalog, and that it never hides what
// was acknowledged.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "redis/cache_rig.hpp"

namespace slipway::redis_tests {
namespace {

using namespace adapters::redis;
using contract::fails_with;
using contract::part_of;
using contract::run;
using contract::succeeds;
using std::chrono::milliseconds;
using Numbers = std::vector<std::uint32_t>;

struct UploadCacheTest : ::testing::Test {
    UploadCacheTest() {
        wait_for_session(node.client);
        wait_for_session(other.client);
    }
    std::string field(const core::Upload& upload, const std::string& name) const {
        return redis.ask("hget 'file:meta:{" + upload.id.to_string() + "}' " + name);
    }
    // How often the catalog is asked by this.
    int questions_of(const std::function<void()>& work) {
        const int before = truth.questions();
        work();
        return truth.questions() - before;
    }

    RealRedis redis{Access::guarded};
    Truth truth;
    CacheNode node{redis.options(), truth};
    CacheNode other{redis.options(), truth};
};

TEST_F(UploadCacheTest, AnEntryTellsWhatItIsSupposedTo) {
    const auto upload = node.create(1);
    EXPECT_EQ(node.parts_of(upload.id), Numbers());
    node.put(upload, 1);
    node.put(upload, 10);
    EXPECT_EQ(field(upload, "uploadStatus"), "open");
    EXPECT_EQ(field(upload, "chunkSize"), std::to_string(upload.plan.part_size.value()));
    EXPECT_EQ(field(upload, "storageNode"), core::home_of(upload).storage_node);
    EXPECT_EQ(field(upload, "progress"), "2");
    EXPECT_EQ(field(upload, "epoch"), std::to_string(upload.epoch));
    // Part 1 is the first bit, part 10 the tenth.
    EXPECT_EQ(redis.ask("--no-raw hget 'file:meta:{" + upload.id.to_string() + "}' chunkIndex"),
              "\"\\x80@\"");
    const auto left = std::stol(redis.ask("ttl 'file:meta:{" + upload.id.to_string() + "}'"));
    EXPECT_LE(left, 7L * 24 * 3600);
    EXPECT_GT(left, 6L * 24 * 3600);
}

TEST_F(UploadCacheTest, TheCatalogIsAskedOnceForAllNodes) {
    const auto upload = node.create(1);
    EXPECT_EQ(questions_of([&] { node.parts_of(upload.id); }), 2) << "the upload and its parts";
    EXPECT_EQ(questions_of([&] {
                  EXPECT_EQ(*run(node.catalog.find_upload(upload.id)), upload);
                  EXPECT_EQ(*run(other.catalog.find_upload(upload.id)), upload);
                  EXPECT_EQ(other.parts_of(upload.id), Numbers());
              }),
              0);
    EXPECT_EQ(questions_of([&] { other.put(upload, 3); }), 1);
    EXPECT_EQ(questions_of([&] {
                  EXPECT_EQ(*run(node.catalog.list_parts(upload.id)),
                            std::vector<core::Part>{part_of(3)});
              }),
              0);
}

TEST_F(UploadCacheTest, WhoDecidesReadsTheCatalog) {
    const auto upload = node.create(1);
    node.parts_of(upload.id);
    node.put(upload, 3);
    const auto is_asked = [&](const std::function<void()>& question) {
        return questions_of(question) == 1;
    };
    EXPECT_TRUE(is_asked([&] { EXPECT_EQ(*run(node.current.find_upload(upload.id)), upload); }));
    EXPECT_TRUE(is_asked([&] { EXPECT_EQ(run(node.current.list_parts(upload.id))->size(), 1U); }));
    for (auto* const catalog : {&node.current, &node.catalog}) {
        EXPECT_TRUE(is_asked(
            [&] { EXPECT_EQ(*run(catalog->find_part(upload.id, PartNumber(3))), part_of(3)); }));
        EXPECT_TRUE(is_asked([&] {
            EXPECT_TRUE(
                fails_with(run(catalog->find_part(upload.id, PartNumber(4))), Errc::not_found));
        })) << "by this it is known whether its bytes may be written";
    }
}

TEST_F(UploadCacheTest, WhatANodeDidNotTellBeforeItsEndIsTakenFromTheCatalogByWhoAnswersForIt) {
    const auto upload = node.create(1);
    EXPECT_EQ(node.parts_of(upload.id), Numbers());
    // Committed, and gone before it told Redis: the client sends the part again to another node.
    EXPECT_TRUE(succeeds(run(truth.memory.put_part(upload.id, upload.epoch, part_of(3)))));
    EXPECT_EQ(other.parts_of(upload.id), Numbers()) << "nobody was told of it";
    EXPECT_TRUE(succeeds(run(other.current.find_part(upload.id, PartNumber(3)))));
    EXPECT_EQ(node.parts_of(upload.id), Numbers{3});
    // The same, of its end.
    const auto next = contract::advanced(upload, core::UploadState::aborted);
    EXPECT_TRUE(succeeds(run(truth.memory.advance_upload(upload.epoch, next))));
    EXPECT_EQ(run(other.current.find_upload(upload.id))->state, core::UploadState::aborted);
    EXPECT_EQ(run(node.catalog.find_upload(upload.id))->state, core::UploadState::aborted);
}

TEST_F(UploadCacheTest, AFillerThatIsLateHidesNothing) {
    const auto upload = node.create(1);
    const std::vector<std::function<void()>> changes = {
        [&] { other.put(upload, 1); },
        [&] {
            const auto added = run(other.catalog.add_copies(upload.id, upload.epoch, PartNumber(1),
                                                            {{.blob = 1, .receipt = "r"}}));
            EXPECT_TRUE(succeeds(added));
        },
        [&] {
            EXPECT_TRUE(succeeds(run(other.catalog.advance_upload(
                upload.epoch, contract::advanced(upload, core::UploadState::aborted)))));
        }};
    for (const auto& change : changes) {
        const auto ticket = node.ticket_for(upload.id);
        const auto seen = run(truth.memory.find_upload(upload.id));
        const auto parts = run(truth.memory.list_parts(upload.id));
        change();
        node.fill(ticket, *seen, *parts);
        EXPECT_EQ(*run(other.catalog.list_parts(upload.id)),
                  *run(truth.memory.list_parts(upload.id)));
        EXPECT_EQ(*run(other.catalog.find_upload(upload.id)),
                  *run(truth.memory.find_upload(upload.id)));
        redis.ask("flushall");
    }
}

TEST_F(UploadCacheTest, AFillerThatIsLateDoesNotFillByTheTicketOfAnother) {
    const auto upload = node.create(1);
    const auto late = node.ticket_for(upload.id);
    other.put(upload, 1);
    const auto valid = other.ticket_for(upload.id);
    node.fill(late, upload, {});
    EXPECT_EQ(field(upload, "progress"), "");
    other.fill(valid, upload, {part_of(1)});
    EXPECT_EQ(questions_of([&] { EXPECT_EQ(node.parts_of(upload.id), Numbers{1}); }), 0);
}

TEST_F(UploadCacheTest, ATicketDoesNotOutliveFlushAll) {
    const auto upload = node.create(1);
    const auto ticket = node.ticket_for(upload.id);
    redis.ask("flushall");
    other.put(upload, 1);
    node.fill(ticket, upload, {});
    EXPECT_EQ(other.parts_of(upload.id), Numbers{1});
}

TEST_F(UploadCacheTest, OneAtATimeFillsAnEntry) {
    const auto upload = node.create(1);
    const auto ticket = node.ticket_for(upload.id);
    const auto look = run(other.cache->list_parts(upload.id));
    EXPECT_FALSE(std::get<UploadCache::Miss>(look).has_value());
    node.fill(ticket, upload, {});
    EXPECT_EQ(questions_of([&] { EXPECT_EQ(other.parts_of(upload.id), Numbers()); }), 0);
}

TEST_F(UploadCacheTest, APartOfAnotherEpochTakesTheEntryAway) {
    const auto upload = node.create(1);
    node.parts_of(upload.id);
    const auto add = [](UploadCache& cache, UploadId id) -> Task<bool> {
        co_await cache.add_part(id, 77, part_of(5));
        co_return true;
    };
    run(add(*other.cache, upload.id));
    EXPECT_EQ(redis.ask("exists 'file:meta:{" + upload.id.to_string() + "}'"), "0");
    EXPECT_EQ(node.parts_of(upload.id), Numbers());
}

TEST_F(UploadCacheTest, FlushAllAtAnyTimeHidesNothing) {
    const auto upload = node.create(1);
    Numbers put;
    for (std::uint32_t number = 1; number <= 200; ++number) {
        node.put(upload, number);
        put.push_back(number);
        if (number % 7 == 0) {
            redis.ask("flushall");
        }
        ASSERT_EQ(other.parts_of(upload.id), put);
    }
    EXPECT_GT(other.cache->counts().hits, 100U);
}

TEST_F(UploadCacheTest, WhatARestartBroughtBackDoesNotCount) {
    redis.ask("config set appendfsync always");
    const auto upload = node.create(1);
    node.put(upload, 1);
    EXPECT_EQ(node.parts_of(upload.id), Numbers{1});
    redis.kill();
    wait_for([&] { return !node.client.session() && !other.client.session(); });
    node.put(upload, 2);
    EXPECT_EQ(node.parts_of(upload.id), (Numbers{1, 2})) << "Redis is away, and nobody waits";
    redis.start();
    wait_for_session(other.client);
    EXPECT_EQ(field(upload, "progress"), "1") << "the old entry is there again";
    EXPECT_EQ(other.parts_of(upload.id), (Numbers{1, 2}));
    wait_for_session(node.client);
    EXPECT_EQ(node.parts_of(upload.id), (Numbers{1, 2}));
}

TEST_F(UploadCacheTest, WhoCouldNotTellOfAChangeTellsThatAllIsInDoubt) {
    auto impatient = redis.options();
    impatient.connect = impatient.answer = milliseconds(200);
    CacheNode cut_off(impatient, truth);
    wait_for_session(cut_off.client);
    const auto upload = node.create(1);
    EXPECT_EQ(node.parts_of(upload.id), Numbers());
    redis.pause();
    Numbers put;
    for (std::uint32_t number = 1; number <= 5; ++number) {
        cut_off.put(upload, number);
        put.push_back(number);
    }
    EXPECT_EQ(cut_off.client.session(), nullptr);
    redis.resume();
    const auto before = redis.ask("get file:generation");
    wait_for([&] {
        EXPECT_EQ(cut_off.parts_of(upload.id), put);
        return redis.ask("get file:generation") != before;
    });
    // The others have been connected all the time, and what they had in Redis is void.
    EXPECT_EQ(other.parts_of(upload.id), put);
}

TEST_F(UploadCacheTest, AnEntryCountsForAWhileOnly) {
    CacheNode brief(redis.options(), truth,
                    {.counts = milliseconds(50), .settles = milliseconds(0)});
    wait_for_session(brief.client);
    const auto upload = node.create(1);
    EXPECT_EQ(brief.parts_of(upload.id), Numbers());
    // As by a node that is gone for good before it could tell.
    ASSERT_TRUE(run(truth.memory.put_part(upload.id, upload.epoch, part_of(1))));
    wait_for([&] { return brief.parts_of(upload.id) == Numbers{1}; });
}

TEST_F(UploadCacheTest, ANewConnectionHasToSettle) {
    CacheNode late(redis.options(), truth,
                   {.counts = std::chrono::hours(1), .settles = std::chrono::hours(1)});
    wait_for_session(late.client);
    const auto upload = node.create(1);
    node.parts_of(upload.id);
    EXPECT_EQ(questions_of([&] { late.parts_of(upload.id); }), 1);
    late.put(upload, 1);
    EXPECT_EQ(questions_of([&] { EXPECT_EQ(node.parts_of(upload.id), Numbers{1}); }), 0)
        << "but it tells the others at once";
}

TEST_F(UploadCacheTest, WithoutMemoryForAPartTheEntryGoes) {
    const auto upload = node.create(1);
    EXPECT_EQ(node.parts_of(upload.id), Numbers());
    redis.ask("config set maxmemory 1");
    node.put(upload, 1);
    redis.ask("config set maxmemory 0");
    EXPECT_EQ(other.parts_of(upload.id), Numbers{1});
}

TEST_F(UploadCacheTest, WhatIsDamagedOrHalfGoneIsReadFromTheCatalog) {
    const auto upload = node.create(1);
    node.put(upload, 1);
    const std::string id = "{" + upload.id.to_string() + "}'";
    for (const std::string& damage :
         {"hset 'file:meta:" + id + " record garbage", "del 'file:parts:" + id,
          "hset 'file:parts:" + id + " 1 garbage", "hset 'file:parts:" + id + " x y",
          std::string("del file:generation")}) {
        EXPECT_EQ(node.parts_of(upload.id), Numbers{1});
        EXPECT_EQ(field(upload, "progress"), "1");
        redis.ask(damage);
        EXPECT_EQ(*run(node.catalog.find_upload(upload.id)), upload) << damage;
        EXPECT_EQ(node.parts_of(upload.id), Numbers{1}) << damage;
    }
}

TEST_F(UploadCacheTest, AListAsLongAsTheyGetComesBackWhole) {
    auto upload = contract::upload_of(1);
    constexpr std::uint32_t kMost = 10'000;
    upload.plan.total_parts = kMost;
    std::vector<core::Part> parts;
    for (std::uint32_t number = 1; number <= kMost; ++number) {
        parts.push_back(part_of(number));
    }
    node.fill(node.ticket_for(upload.id), upload, parts);
    const auto look = run(other.cache->list_parts(upload.id));
    ASSERT_TRUE(std::holds_alternative<std::vector<core::Part>>(look));
    EXPECT_EQ(std::get<std::vector<core::Part>>(look), parts);
}

}  // namespace
}  // namespace slipway::redis_tests

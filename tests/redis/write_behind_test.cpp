// Parts that Redis acknowledges, over a real Redis and a real MariaDB: that nothing acknowledged is
// contradicted or left out, whatever is lost in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "catalogs/mariadb_target.hpp"
#include "contract/race.hpp"
#include "redis/behind_rig.hpp"

namespace slipway::redis_tests {
namespace {

using namespace adapters::redis;
using contract::advanced;
using contract::fails_with;
using contract::part_of;
using contract::run;
using contract::succeeds;
using Numbers = std::vector<std::uint32_t>;

Numbers numbers_of(const Result<std::vector<core::Part>>& parts) {
    EXPECT_TRUE(succeeds(parts));
    Numbers numbers;
    for (const core::Part& part : parts.value_or(std::vector<core::Part>())) {
        numbers.push_back(part.number.value());
    }
    return numbers;
}

struct WriteBehind : ::testing::Test {
    WriteBehind() {
        wait_for_session(node.client);
        wait_for_session(other.client);
        // Of an even number: it does not complete by itself.
        EXPECT_TRUE(succeeds(run(node.catalog.create_upload(upload))));
    }
    ports::PutPartOutcome put(BehindNode& by, core::Part part) {
        auto outcome = run(by.catalog.put_part(upload.id, upload.epoch, part));
        EXPECT_TRUE(succeeds(outcome));
        if (outcome && std::holds_alternative<ports::PartStored>(*outcome)) {
            stores.put(upload.id, std::move(part));
        }
        return outcome.value_or(ports::PutPartOutcome(ports::PartRefused{upload}));
    }
    bool is_stored(BehindNode& by, std::uint32_t number, std::uint8_t content = 1) {
        return std::holds_alternative<ports::PartStored>(put(by, part_of(number, content)));
    }
    Numbers recorded() { return numbers_of(run(truth->list_parts(upload.id))); }
    Numbers listed(BehindNode& by) { return numbers_of(run(by.catalog.list_parts(upload.id))); }
    bool is_lent() { return run(truth->find_loan(upload.id))->has_value(); }
    std::string key(const std::string& kind) const {
        return "'file:" + kind + ":{" + upload.id.to_string() + "}'";
    }
    void let_loans_be_over() {
        catalogs::run_sql(
            "UPDATE uploads SET loan_ends_at=UTC_TIMESTAMP(6) WHERE loan_ends_at IS "
            "NOT NULL");
    }

    const std::shared_ptr<adapters::mariadb::MariaDbCatalog> truth =
        *adapters::mariadb::MariaDbCatalog::open(catalogs::open_empty());
    RealRedis redis{Access::guarded};
    BehindStores stores;
    BehindNode node{redis.options(), truth, stores};
    BehindNode other{redis.options(), truth, stores};
    const core::Upload upload = contract::upload_of(2);
};

TEST_F(WriteBehind, APartIsAcknowledgedByRedisAndWrittenDownThen) {
    EXPECT_TRUE(is_stored(node, 2));
    EXPECT_TRUE(is_stored(other, 1));
    EXPECT_EQ(recorded(), Numbers());
    EXPECT_EQ(redis.ask("xlen file:unwritten"), "2");
    EXPECT_EQ(*run(other.catalog.find_part(upload.id, PartNumber(2))), part_of(2));
    EXPECT_TRUE(
        fails_with(run(other.catalog.find_part(upload.id, PartNumber(3))), Errc::not_found));
    EXPECT_TRUE(succeeds(run(other.writer.write_some())));
    EXPECT_EQ(recorded(), (Numbers{1, 2}));
    EXPECT_EQ(*run(truth->find_part(upload.id, PartNumber(2))), part_of(2));
    EXPECT_EQ(redis.ask("xlen file:unwritten"), "0");
    EXPECT_EQ(other.writer.unwritten().parts, 0U);
    EXPECT_EQ(other.writer.written(), 2U);
}

TEST_F(WriteBehind, WhoeverListsPartsHasAllOfThem) {
    EXPECT_TRUE(is_stored(node, 2));
    EXPECT_EQ(listed(other), Numbers{2});
    EXPECT_EQ(recorded(), Numbers{2});
    EXPECT_FALSE(is_lent());
    EXPECT_EQ(redis.ask("exists " + key("loan")), "0");
    EXPECT_TRUE(is_stored(node, 3));
    EXPECT_EQ(recorded(), Numbers{2}) << "lent anew";
    EXPECT_EQ(listed(other), (Numbers{2, 3}));
    EXPECT_EQ(stores.rebuilt, 0);
}

TEST_F(WriteBehind, APartThatIsThereIsAnsweredByRedisAsByTheCatalog) {
    EXPECT_TRUE(is_stored(node, 1));
    EXPECT_EQ(listed(node), Numbers{1});
    EXPECT_TRUE(is_stored(node, 2));
    for (const std::uint32_t number : {1U, 2U}) {
        const auto outcome = put(other, part_of(number, 9));
        const auto* const existing = std::get_if<ports::PartAlreadyStored>(&outcome);
        ASSERT_NE(existing, nullptr);
        EXPECT_EQ(existing->existing, part_of(number));
    }
}

TEST_F(WriteBehind, NothingOfALentUploadIsChangedBesides) {
    EXPECT_TRUE(is_stored(node, 1));
    ASSERT_TRUE(is_lent());
    EXPECT_TRUE(fails_with(run(truth->put_part(upload.id, upload.epoch, part_of(1, 9))),
                           Errc::unavailable));
    EXPECT_TRUE(
        fails_with(run(truth->put_part(upload.id, upload.epoch, part_of(2))), Errc::unavailable));
    EXPECT_TRUE(fails_with(
        run(truth->advance_upload(upload.epoch, advanced(upload, core::UploadState::aborted))),
        Errc::unavailable));
    EXPECT_TRUE(fails_with(run(truth->add_copies(upload.id, upload.epoch, PartNumber(1), {})),
                           Errc::unavailable));
    EXPECT_TRUE(fails_with(run(truth->lend({.upload = upload.id,
                                            .epoch = upload.epoch,
                                            .name = "another",
                                            .length = std::chrono::hours(1)})),
                           Errc::conflict));
    EXPECT_EQ(recorded(), Numbers());
}

TEST_F(WriteBehind, WhatEndsAnUploadHasItsPartsAndThenNoneIsTaken) {
    EXPECT_TRUE(is_stored(node, 1));
    EXPECT_TRUE(is_stored(node, 2));
    const auto next = advanced(upload, core::UploadState::completing);
    EXPECT_TRUE(succeeds(run(other.catalog.advance_upload(upload.epoch, next))));
    EXPECT_EQ(recorded(), (Numbers{1, 2}));
    EXPECT_TRUE(std::holds_alternative<ports::PartRefused>(put(node, part_of(3))));
    EXPECT_EQ(recorded(), (Numbers{1, 2}));
}

TEST_F(WriteBehind, UrlsOfAnotherEpochAreTakenByNobody) {
    EXPECT_TRUE(is_stored(node, 1));
    const auto late = run(node.catalog.put_part(upload.id, upload.epoch + 1, part_of(2)));
    ASSERT_TRUE(succeeds(late));
    EXPECT_TRUE(std::holds_alternative<ports::PartRefused>(*late));
    EXPECT_EQ(listed(node), Numbers{1});
}

TEST_F(WriteBehind, WhatAServerTookBeforeItsDeathAnotherWritesDown) {
    EXPECT_TRUE(is_stored(node, 1));
    EXPECT_EQ(run(node.lent.take(std::chrono::hours(1), 10))->parts.size(), 1U);
    EXPECT_EQ(run(other.lent.take(std::chrono::hours(1), 10))->parts.size(), 0U)
        << "it may be about to write it";
    EXPECT_TRUE(succeeds(run(other.writer.write_some())));
    EXPECT_EQ(recorded(), Numbers{1});
}

TEST_F(WriteBehind, ALoanForWhichNoMorePartsComeIsTakenBack) {
    EXPECT_TRUE(is_stored(node, 1));
    EXPECT_EQ(*run(other.writer.end_overdue()), 0U);
    EXPECT_TRUE(is_lent());
    EXPECT_EQ(other.writer.unwritten().loans, 1U);
    let_loans_be_over();
    EXPECT_EQ(*run(other.writer.end_overdue()), 1U);
    EXPECT_FALSE(is_lent());
    EXPECT_EQ(recorded(), Numbers{1});
    EXPECT_EQ(stores.rebuilt, 0);
}

TEST_F(WriteBehind, WhatFlushAllTookIsRebuiltFromTheStores) {
    EXPECT_TRUE(is_stored(node, 1));
    EXPECT_TRUE(is_stored(node, 2));
    EXPECT_TRUE(succeeds(run(node.writer.write_some())));
    EXPECT_TRUE(is_stored(node, 3));
    redis.ask("flushall");
    EXPECT_EQ(recorded(), (Numbers{1, 2}));
    // A client that sends it again, with other bytes, is told what is there.
    EXPECT_TRUE(std::holds_alternative<ports::PartAlreadyStored>(put(other, part_of(3, 9))));
    EXPECT_EQ(*run(other.catalog.find_part(upload.id, PartNumber(3))), part_of(3));
    EXPECT_EQ(listed(other), (Numbers{1, 2, 3}));
    EXPECT_EQ(other.keeper.counts().rebuilt_parts, 1U);
    EXPECT_TRUE(succeeds(run(other.writer.write_some()))) << "the group is made anew";
}

TEST_F(WriteBehind, WhatIsEvictedIsRebuiltFromTheStores) {
    for (const char* kind : {"lent", "loan"}) {
        const std::uint32_t number = kind == std::string("lent") ? 1 : 2;
        EXPECT_TRUE(is_stored(node, number));
        redis.ask("del " + key(kind));
        redis.ask("del file:unwritten");
        EXPECT_TRUE(
            std::holds_alternative<ports::PartAlreadyStored>(put(other, part_of(number, 9))));
        EXPECT_EQ(*run(other.catalog.find_part(upload.id, PartNumber(number))), part_of(number));
    }
    EXPECT_EQ(listed(other), (Numbers{1, 2}));
}

TEST_F(WriteBehind, ARestartOfRedisIsNotTakenForTheSameRedis) {
    redis.ask("config set appendfsync always");
    EXPECT_TRUE(is_stored(node, 1));
    redis.kill();
    wait_for([&] { return !node.client.session() && !other.client.session(); });
    EXPECT_TRUE(fails_with(run(node.catalog.list_parts(upload.id)), Errc::unavailable))
        << "somebody may reach the Redis that has it";
    EXPECT_TRUE(fails_with(run(node.catalog.put_part(upload.id, upload.epoch, part_of(1, 9))),
                           Errc::unavailable));
    redis.start();
    wait_for_session(node.client);
    EXPECT_EQ(redis.ask("hget " + key("loan") + " state"), "open") << "it is there again";
    EXPECT_TRUE(fails_with(run(node.catalog.put_part(upload.id, upload.epoch, part_of(1, 9))),
                           Errc::unavailable));
    let_loans_be_over();
    EXPECT_EQ(listed(node), Numbers{1});
    EXPECT_EQ(stores.rebuilt, 1) << "what it brought back may lack the last second";
    EXPECT_TRUE(is_stored(node, 2));
    EXPECT_EQ(recorded(), Numbers{1}) << "Redis acknowledges again";
}

TEST_F(WriteBehind, WithoutRedisTheCatalogAcknowledges) {
    redis.kill();
    wait_for([&] { return !node.client.session(); });
    EXPECT_TRUE(is_stored(node, 1));
    EXPECT_EQ(recorded(), Numbers{1});
    EXPECT_FALSE(is_lent());
}

TEST_F(WriteBehind, WhoOpensALoanLateOpensNone) {
    auto asked = run(node.lent.ask(upload.id, std::chrono::hours(1)));
    ASSERT_TRUE(asked);
    const std::string name = asked->name;
    ASSERT_TRUE(succeeds(run(truth->lend({.upload = upload.id,
                                          .epoch = upload.epoch,
                                          .name = name,
                                          .length = std::chrono::hours(1)}))));
    // It is taken back before it was opened.
    EXPECT_EQ(listed(other), Numbers());
    EXPECT_FALSE(run(node.lent.open(*asked, upload.id, upload.epoch, {})));
    EXPECT_TRUE(is_stored(other, 1));
    EXPECT_FALSE(run(node.lent.open(*asked, upload.id, upload.epoch, {})));
    EXPECT_EQ(*run(node.catalog.find_part(upload.id, PartNumber(1))), part_of(1));
}

TEST_F(WriteBehind, WhoBringsBackPartsLateBringsNone) {
    EXPECT_TRUE(is_stored(node, 1));
    const auto loan = *run(truth->find_loan(upload.id));
    EXPECT_EQ(listed(other), Numbers{1});
    const ports::LentPart late{upload.id, upload.epoch, part_of(2), loan->name};
    EXPECT_TRUE(fails_with(run(truth->put_lent(late)), Errc::conflict));
    EXPECT_TRUE(is_stored(other, 2, 5));
    EXPECT_TRUE(fails_with(run(truth->put_lent(late)), Errc::conflict)) << "it is lent anew";
    EXPECT_TRUE(succeeds(run(truth->end_loan(upload.id, loan->name))));
    EXPECT_TRUE(is_lent());
    EXPECT_EQ(run(node.keeper.write({late})), std::vector<bool>{true}) << "nothing is left to do";
    EXPECT_EQ(listed(node), (Numbers{1, 2}));
    EXPECT_EQ(run(truth->find_part(upload.id, PartNumber(2)))->digests, part_of(2, 5).digests);
}

TEST_F(WriteBehind, AnEntryThatNobodyCanReadHoldsUpNothing) {
    EXPECT_TRUE(is_stored(node, 1));
    redis.ask("xadd file:unwritten '*' upload nobody number 1 epoch 1 loan x record y");
    EXPECT_TRUE(succeeds(run(node.writer.write_some())));
    EXPECT_EQ(recorded(), Numbers{1});
    EXPECT_EQ(redis.ask("xlen file:unwritten"), "0");
}

TEST_F(WriteBehind, OfTwoDifferentPartsAtOnceOneCounts) {
    std::array<ports::PutPartOutcome, 2> outcomes;
    for (std::uint32_t number = 1; number <= 40; ++number) {
        contract::race(2, [&](unsigned index) {
            outcomes[index] = put(index == 0 ? node : other,
                                  part_of(number, static_cast<std::uint8_t>(index + 1)));
        });
        const auto stored = std::ranges::count_if(outcomes, [](const auto& outcome) {
            return std::holds_alternative<ports::PartStored>(outcome);
        });
        ASSERT_EQ(stored, 1);
        const std::size_t winner = std::holds_alternative<ports::PartStored>(outcomes[0]) ? 0 : 1;
        const auto* const told = std::get_if<ports::PartAlreadyStored>(&outcomes[1 - winner]);
        ASSERT_NE(told, nullptr);
        const auto part = part_of(number, static_cast<std::uint8_t>(winner + 1));
        EXPECT_EQ(told->existing, part);
        if (number % 3 == 0) {
            EXPECT_EQ(listed(node).size(), number);
        } else if (number % 7 == 0) {
            redis.ask("flushall");
        }
        EXPECT_EQ(*run(other.catalog.find_part(upload.id, part.number)), part);
    }
    EXPECT_EQ(listed(other).size(), 40U);
    EXPECT_EQ(node.keeper.counts().contradicted_parts + other.keeper.counts().contradicted_parts,
              0U);
}

// Parts and the upload's end race: whoever was told "stored" finds the part in the catalog.
TEST_F(WriteBehind, AnEndLeavesNoAcknowledgedPartOut) {
    for (std::uint64_t round = 2; round <= 20; round += 2) {
        auto racing = contract::upload_of(100 + round);
        ASSERT_TRUE(succeeds(run(node.catalog.create_upload(racing))));
        std::array<bool, 4> stored{};
        contract::race(5, [&](unsigned index) {
            if (index == 4) {
                const auto next = advanced(racing, core::UploadState::completing);
                EXPECT_TRUE(succeeds(run(other.catalog.advance_upload(racing.epoch, next))));
                return;
            }
            const auto outcome =
                run((index % 2 == 0 ? node : other)
                        .catalog.put_part(racing.id, racing.epoch, part_of(index + 1)));
            stored[index] = outcome && std::holds_alternative<ports::PartStored>(*outcome);
        });
        const Numbers there = numbers_of(run(truth->list_parts(racing.id)));
        for (std::uint32_t index = 0; index < 4; ++index) {
            EXPECT_EQ(stored[index], std::ranges::count(there, index + 1) == 1) << index;
        }
    }
}

}  // namespace
}  // namespace slipway::redis_tests

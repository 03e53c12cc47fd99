// Uploads over two stores of which one goes away, and comes back or not. Both are like stores on
// other machines: they take no placement and no receipts but their own, and read nothing back
// before it is published.
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "engine/upload_tasks/assembly_task.hpp"
#include "hash/digester.hpp"
#include "support/failing_ports.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using adapters::memory::MemoryStore;
using adapters::memory::StoreManner;
using core::UploadState;
using testing::FailingStore;
using testing::FaultMoment;
using testing::Faults;
using testing::PassRig;
using testing::text_of_size;

constexpr std::uint32_t kParts = 4;
const core::PartPlan kPlan{.total_parts = kParts, .part_size = 4_KiB, .file_size = 13_KiB};

std::string text(std::uint32_t number) {
    return text_of_size(number == kParts ? 1024 : 4096, static_cast<char>('a' + number));
}

std::string whole() {
    std::string all;
    for (std::uint32_t number = 1; number <= kParts; ++number) {
        all += text(number);
    }
    return all;
}

// A store and the switch that takes it away.
struct Place {
    explicit Place(std::string name) : memory(name, 1_GiB, StoreManner::like_a_remote_one) {}

    bool has(UploadId id) { return PassRig::run(memory.open_published(id)).has_value(); }
    bool is_empty() {
        return PassRig::run(memory.list_staged())->empty() &&
               PassRig::run(memory.list_published(std::nullopt, 10))->empty();
    }

    MemoryStore memory;
    Faults faults{};
    FailingStore store{memory, faults};
};

class FailOver : public ::testing::Test {
 protected:
    FailOver() {
        rig_.world.options.complete_wait = std::chrono::milliseconds(0);
        rig_.world.options.trash_keep = std::chrono::seconds(0);
    }

    void set_down(Place& place, bool down) {
        place.faults.is_down = down;
        rig_.stores.note_probe(place.store.name(), !down, "");
    }
    core::Upload create() { return *rig_.create(kPlan); }
    void put(const core::Upload& upload, std::initializer_list<std::uint32_t> numbers) {
        for (const std::uint32_t number : numbers) {
            const auto stored = rig_.put(upload, number, text(number));
            ASSERT_TRUE(stored) << stored.error().detail;
        }
    }
    core::Upload record_of(const core::Upload& upload) {
        return *PassRig::run(rig_.memory_catalog.find_upload(upload.id));
    }
    std::size_t parts_told(const core::Upload& upload) {
        return rig_.status(upload.id)->parts.size();
    }
    std::optional<TaskOutcome> run_task() {
        rig_.clock.advance(std::chrono::minutes(1));
        return rig_.run_due(core::TaskKind::assemble, assembly_);
    }
    // Complete, by the task.
    void complete(const core::Upload& upload) {
        ASSERT_EQ(rig_.complete(upload.id).error().reason, Reason::assembling);
        const auto outcome = run_task();
        ASSERT_TRUE(outcome && std::holds_alternative<TaskDone>(*outcome)) << told(*outcome);
        ASSERT_TRUE(rig_.content(upload.id) == whole());
    }
    static std::string told(const TaskOutcome& outcome) {
        const auto* failed = std::get_if<TaskFailed>(&outcome);
        const auto* given_up = std::get_if<TaskGivenUp>(&outcome);
        return failed ? failed->error.detail : given_up ? given_up->error.detail : "it waits";
    }
    core::File file_of(const core::Upload& upload) {
        return *PassRig::run(rig_.memory_catalog.find_file(upload.id));
    }

    Place one_{"one"};
    Place two_{"two"};
    // What is new goes to the first while it is up.
    PassRig rig_{std::vector<StoreUse>{{.store = one_.store}, {.store = two_.store, .weight = 0}}};
    AssemblyTask assembly_{rig_.world};
};

TEST_F(FailOver, NewUploadsGoWhereAStoreIsUp) {
    EXPECT_EQ(create().blobs.front().storage_node, "one");
    one_.faults.is_down = true;
    EXPECT_EQ(create().blobs.front().storage_node, "two") << "that it is down was not known yet";
    set_down(one_, true);
    EXPECT_EQ(create().blobs.front().storage_node, "two");
    set_down(two_, true);
    EXPECT_EQ(rig_.create(kPlan).error().reason, Reason::busy);
    set_down(one_, false);
    EXPECT_EQ(create().blobs.front().storage_node, "one");
}

TEST_F(FailOver, FailuresInARowTakeAStoreAwayAndAProbeBringsItBack) {
    const auto upload = create();
    one_.faults.is_down = true;
    for (unsigned i = 0; i < StoreHealth::kFailuresInARow; ++i) {
        EXPECT_TRUE(rig_.stores.is_up("one"));
        EXPECT_FALSE(rig_.put(upload, 1, text(1)));
    }
    EXPECT_FALSE(rig_.stores.is_up("one"));
    put(upload, {1});
    EXPECT_EQ(record_of(upload).blobs.size(), 2U);
    set_down(one_, false);
    EXPECT_TRUE(rig_.stores.is_up("one"));
}

TEST_F(FailOver, OnlyWhatLiesInTheDeadStoreAloneIsSentAgain) {
    const auto upload = create();
    put(upload, {1, 2});
    set_down(one_, true);
    put(upload, {3});
    EXPECT_EQ(parts_told(upload), 1U);
    const auto refused = rig_.complete(upload.id);
    ASSERT_EQ(refused.error().reason, Reason::parts_mismatch);
    EXPECT_EQ(refused.error().parts.size(), 3U);
    EXPECT_EQ(rig_.put(upload, 1, text(2)).error().reason, Reason::part_conflict)
        << "what was acknowledged stays what it is";
    put(upload, {1, 2, 4});
    EXPECT_EQ(rig_.metrics.parts_sent_again.value(), 2U);
    EXPECT_TRUE(rig_.put(upload, 1, text(1))->already_stored);
    EXPECT_EQ(record_of(upload).blobs.size(), 2U);
    complete(upload);
    EXPECT_EQ(file_of(upload).storage_node, "two");
    EXPECT_EQ(rig_.metrics.parts_gathered.value(), 0U);
}

TEST_F(FailOver, AStoreThatReturnsHasItsPartsAgainAndTheyAreGathered) {
    const auto upload = create();
    put(upload, {1, 2});
    set_down(one_, true);
    put(upload, {4});
    set_down(one_, false);
    EXPECT_EQ(parts_told(upload), 3U);
    put(upload, {3});
    complete(upload);
    EXPECT_EQ(file_of(upload).storage_node, "one");
    EXPECT_EQ(rig_.metrics.parts_gathered.value(), 1U);
    EXPECT_EQ(rig_.metrics.parts_sent_again.value(), 0U);
    EXPECT_TRUE(two_.is_empty());
}

TEST_F(FailOver, PartsThatAreWaitedForCountAsThere) {
    rig_.world.options.lost_parts = LostParts::wait;
    const auto upload = create();
    put(upload, {1, 2});
    set_down(one_, true);
    put(upload, {3, 4});
    EXPECT_EQ(parts_told(upload), 4U);
    EXPECT_TRUE(rig_.put(upload, 1, text(1))->already_stored);
    EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::assembling);
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run_task().value()));
    EXPECT_EQ(record_of(upload).state, UploadState::completing);
    set_down(one_, false);
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_TRUE(rig_.content(upload.id) == whole());
}

TEST_F(FailOver, RequestsAtOnceEndWithOneBlob) {
    const auto upload = create();
    set_down(one_, true);
    {
        std::array<std::jthread, kParts> threads;
        for (std::uint32_t number = 1; number <= kParts; ++number) {
            threads[number - 1] = std::jthread([&, number] { put(upload, {number}); });
        }
    }
    EXPECT_EQ(record_of(upload).blobs.size(), 2U);
    complete(upload);
}

TEST_F(FailOver, WithReplicasNothingIsSentAgain) {
    rig_.world.options.replicas = 2;
    const auto upload = create();
    put(upload, {1, 2});
    set_down(one_, true);
    EXPECT_EQ(parts_told(upload), 2U);
    put(upload, {3, 4});
    EXPECT_EQ(rig_.metrics.parts_short_of_copies.value(), 2U);
    complete(upload);
    EXPECT_EQ(rig_.metrics.parts_sent_again.value(), 0U);
    EXPECT_EQ(file_of(upload).storage_node, "two");
}

TEST_F(FailOver, AStoreThatFailsOnTheWayCostsNoReplicaItsPart) {
    rig_.world.options.replicas = 2;
    const auto upload = create();
    put(upload, {1});
    one_.faults.is_down = true;
    put(upload, {2});
    EXPECT_EQ(rig_.metrics.parts_short_of_copies.value(), 1U);
    EXPECT_EQ(PassRig::run(rig_.memory_catalog.find_part(upload.id, PartNumber(2)))->copies.size(),
              1U);
}

TEST_F(FailOver, AFileWithAReplicaIsReadWhereItCanBeAndRemovedEverywhere) {
    rig_.world.options.replicas = 2;
    const auto upload = create();
    put(upload, {1, 2, 3, 4});
    complete(upload);
    EXPECT_EQ(file_of(upload).copies, std::vector<core::FileCopy>{{"two"}});
    EXPECT_TRUE(one_.has(upload.id) && two_.has(upload.id));
    one_.faults.is_down = true;
    EXPECT_TRUE(rig_.content(upload.id) == whole()) << "that it is down was not known yet";
    set_down(one_, true);
    EXPECT_TRUE(rig_.content(upload.id) == whole());
    set_down(one_, false);
    ASSERT_TRUE(PassRig::run(Files(rig_.world).remove(PassRig::context(), upload.id)));
    EXPECT_TRUE(one_.is_empty() && two_.is_empty());
}

TEST_F(FailOver, AHomeThatGoesAwayWhileCompletingIsReplacedWhereAllCanBeHad) {
    rig_.world.options.replicas = 2;
    const auto upload = create();
    put(upload, {1, 2, 3, 4});
    EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::assembling);
    EXPECT_EQ(core::home_of(record_of(upload)).storage_node, "one");
    set_down(one_, true);
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_EQ(file_of(upload).storage_node, "two");
    EXPECT_TRUE(rig_.content(upload.id) == whole());
}

TEST_F(FailOver, PartsThatAreElsewhereAloneAreWaitedForWhileCompleting) {
    const auto upload = create();
    put(upload, {1, 2});
    set_down(one_, true);
    put(upload, {3, 4});
    set_down(one_, false);
    EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::assembling);
    set_down(one_, true);
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run_task().value()));
    set_down(one_, false);
    set_down(two_, true);
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run_task().value()));
    set_down(two_, false);
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run_task().value()));
    EXPECT_TRUE(rig_.content(upload.id) == whole());
}

TEST_F(FailOver, AnAbortDoesNotWaitForAStoreAndItsBlobGoesLater) {
    const auto upload = create();
    put(upload, {1});
    set_down(one_, true);
    put(upload, {2});
    ASSERT_TRUE(rig_.abort(upload.id));
    EXPECT_TRUE(two_.is_empty());
    rig_.clock.advance(rig_.world.options.keep_ended + std::chrono::seconds(1));
    const auto sweep = [&] { return PassRig::run(Sweep(rig_.world).run()).forgotten; };
    EXPECT_EQ(sweep(), 0U) << "the record names what is left";
    set_down(one_, false);
    EXPECT_EQ(sweep(), 1U);
    EXPECT_TRUE(one_.is_empty());
}

TEST_F(FailOver, ACopyThatWasDamagedIsNotGathered) {
    const auto upload = create();
    put(upload, {1, 2, 3});
    set_down(one_, true);
    put(upload, {4});
    set_down(one_, false);
    two_.memory.flip_bit(upload.id, ByteOffset(3 * 4096 + 7));
    EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::assembling);
    EXPECT_TRUE(std::holds_alternative<TaskGivenUp>(run_task().value()));
    EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::upload_damaged);
    EXPECT_FALSE(one_.has(upload.id));
}

// Each call of either store from Complete on fails once, before and after its effect.
TEST_F(FailOver, GatheringSurvivesEveryFailure) {
    for (Place* place : {&one_, &two_}) {
        for (const FaultMoment moment : {FaultMoment::before, FaultMoment::after}) {
            bool fired = true;
            for (int at = 1; fired; ++at) {
                ASSERT_LT(at, 100);
                const auto upload = create();
                put(upload, {1, 2});
                set_down(one_, true);
                put(upload, {3, 4});
                set_down(one_, false);
                place->faults = {
                    .moment = moment, .at = at, .calls = 0, .of_store = Errc::outcome_unknown};
                EXPECT_EQ(rig_.complete(upload.id).error().reason, Reason::assembling);
                for (int tries = 0; tries < 3; ++tries) {
                    run_task();
                }
                fired = place->faults.fired();
                place->faults = {};
                ASSERT_TRUE(rig_.content(upload.id) == whole()) << "call " << at;
            }
        }
    }
}

TEST_F(FailOver, APartIsRefusedWhereNoStoreIsUp) {
    const auto upload = create();
    set_down(one_, true);
    set_down(two_, true);
    EXPECT_EQ(rig_.put(upload, 1, text(1)).error().reason, Reason::busy);
    EXPECT_EQ(record_of(upload).blobs.size(), 1U);
}

}  // namespace
}  // namespace slipway::engine

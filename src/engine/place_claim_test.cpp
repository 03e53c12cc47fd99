// Parts that several servers write at once, in a store that keeps what came last in the place of a
// part: whoever does not have the place waits for nobody, and nobody harms what was acknowledged.
#include "engine/place_claim.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/memory_shared_state.hpp"
#include "engine/stores/gather_parts.hpp"
#include "engine/upload_tasks/assembly_task.hpp"
#include "support/failing_ports.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {
namespace {

using adapters::memory::MemoryStore;
using adapters::memory::StoreManner;
using testing::FailingStore;
using testing::Faults;
using testing::PassRig;
using testing::text_of_size;
using testing::TextSource;

constexpr std::size_t kSize = 1000;
const core::PartPlan kPlan{2, ByteCount(kSize), ByteCount(2 * kSize)};

std::string body(char content) {
    return text_of_size(kSize, content);
}

// What whoever has the place writes there, as late as may be.
void write_to_place(ports::Store& store, const core::Upload& upload, std::uint32_t number,
                    char content) {
    ports::BlobRef blob{upload.id, core::home_of(upload).placement};
    const ports::PartRegion region{core::offset_of(upload.plan, PartNumber(number)),
                                   ByteCount(kSize)};
    const auto sink = PassRig::run(store.open_part(std::move(blob), region)).value();
    const std::string text = body(content);
    ASSERT_TRUE(PassRig::run(sink->write(std::as_bytes(std::span(text)))));
    ASSERT_TRUE(PassRig::run(sink->commit()));
}

// A body at whose end something else happens.
class BodyThen final : public ByteSource {
 public:
    BodyThen(std::string text, std::function<Task<void>()> then)
        : body_(std::move(text)), then_(std::move(then)) {}
    Task<Result<ByteChunk>> next() override {
        auto chunk = co_await body_.next();
        if (chunk && chunk->bytes.empty() && then_) {
            co_await std::exchange(then_, nullptr)();
        }
        co_return chunk;
    }
    std::function<void()> interrupter() override { return body_.interrupter(); }

 private:
    TextSource body_;
    std::function<Task<void>()> then_;
};

// Another server over the same records and stores.
struct Server {
    explicit Server(const World& first)
        : world{.catalog = first.catalog,
                .stores = first.stores,
                .clock = first.clock,
                .random = first.random,
                .buffers = first.buffers,
                .sessions = sessions,
                .metrics = metrics,
                .tasks = first.tasks,
                .options = first.options,
                .shared = first.shared} {
        loops.start();
    }
    ~Server() { loops.stop(); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    runtime::EventLoops loops{1};
    UploadSessions sessions{loops};
    telemetry::Metrics registry;
    EngineMetrics metrics{registry};
    World world;
};

Task<bool> let_go(PlaceClaim& claim) {
    co_await claim.let_go();
    co_return true;
}

class PlaceClaimTest : public ::testing::Test {
 protected:
    PlaceClaimTest() {
        rig_.world.shared = &state_;
        rig_.world.options.complete_wait = std::chrono::milliseconds(0);
    }
    bool claim(std::uint32_t number) {
        return *rig_.run(state_.claim_part({upload_.id, PartNumber(number), "another"}));
    }
    PlaceClaim claim_of(std::uint32_t number) {
        return PlaceClaim(rig_.world, upload_.id, PartNumber(number));
    }
    PartPlace take(PlaceClaim& claim) {
        const std::vector<std::uint32_t> blobs{0};
        return *rig_.run(claim.take(upload_, blobs));
    }
    // By a server for which nobody has a turn here.
    Task<void> put_elsewhere(std::uint32_t number, char content) {
        PartRequest request{rig_.grant(upload_, number), ByteCount(kSize), {}};
        TextSource source(body(content));
        const auto put =
            co_await ReceivePart(other_->world).run(rig_.context(), std::move(request), source);
        EXPECT_TRUE(put) << put.error().detail;
    }
    Outcome<ReceivedPart> put_while(std::uint32_t number, char mine, char theirs) {
        BodyThen source(body(mine),
                        [this, number, theirs] { return put_elsewhere(number, theirs); });
        return rig_.run(rig_.put_task(upload_, number, ByteCount(kSize), {}, source));
    }
    // Of the file.
    std::string published() {
        EXPECT_EQ(rig_.complete(upload_.id).error().reason, Reason::assembling);
        const auto outcome = rig_.run_due(core::TaskKind::assemble, assembly_);
        EXPECT_TRUE(outcome && std::holds_alternative<TaskDone>(*outcome));
        return rig_.content(upload_.id);
    }

    Faults faults_;
    MemoryStore store_{"remote", MemoryStore::kUsualLimit, StoreManner::like_a_remote_one};
    FailingStore failing_{store_, faults_};
    PassRig rig_{std::vector<StoreUse>{{failing_}}};
    adapters::memory::MemorySharedState state_{rig_.clock};
    AssemblyTask assembly_{rig_.world};
    core::Upload upload_ = *rig_.create(kPlan);
    std::unique_ptr<Server> other_;
};

TEST_F(PlaceClaimTest, OneAttemptHasThePlaceAndTheOthersKeepThePartAside) {
    PlaceClaim first = claim_of(1);
    EXPECT_EQ(take(first), PartPlace::common);
    PlaceClaim second = claim_of(1);
    EXPECT_EQ(take(second), PartPlace::aside) << "also in the same process";
    rig_.run(let_go(second));
    PlaceClaim third = claim_of(1);
    EXPECT_EQ(take(third), PartPlace::aside) << "it was not the second one's to let go";
    rig_.run(let_go(first));
    PlaceClaim fourth = claim_of(1);
    EXPECT_EQ(take(fourth), PartPlace::common);
    PlaceClaim other = claim_of(2);
    EXPECT_EQ(take(other), PartPlace::common);
}

TEST_F(PlaceClaimTest, NothingIsClaimedWhereNobodyElseWritesOrNoPlaceIsCommon) {
    rig_.world.shared = nullptr;
    PlaceClaim alone = claim_of(1);
    EXPECT_EQ(take(alone), PartPlace::common);
    rig_.world.shared = &state_;
    upload_.blobs[0].placement = "";
    PlaceClaim apart = claim_of(1);
    EXPECT_EQ(take(apart), PartPlace::common);
    EXPECT_TRUE(claim(1));
}

TEST_F(PlaceClaimTest, NobodyWaitsForWhoHasThePlaceNorIsHarmedByWhatComesLate) {
    ASSERT_TRUE(claim(1));
    ASSERT_TRUE(rig_.put(upload_, 1, body('a')));
    ASSERT_TRUE(rig_.put(upload_, 2, body('b')));
    write_to_place(store_, upload_, 1, 'z');
    EXPECT_TRUE(rig_.put(upload_, 1, body('a'))->already_stored);
    EXPECT_EQ(published(), body('a') + body('b'));
}

TEST_F(PlaceClaimTest, WhoHasThePlaceAndIsOvertakenIsRefusedAndHarmsNothing) {
    other_ = std::make_unique<Server>(rig_.world);
    const auto refused = put_while(1, 'z', 'a');
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::part_conflict);
    const auto same = put_while(2, 'b', 'b');
    ASSERT_TRUE(same);
    EXPECT_TRUE(same->already_stored);
    EXPECT_EQ(published(), body('a') + body('b'));
}

TEST_F(PlaceClaimTest, WhatIsRecordedKeepsItsPlace) {
    ASSERT_TRUE(rig_.put(upload_, 1, body('a')));
    EXPECT_FALSE(claim(1));
}

TEST_F(PlaceClaimTest, AnAttemptThatNeverCameToItsLastByteLetsThePlaceGo) {
    StatedDigests wrong;
    wrong.sha256 = Sha256{};
    EXPECT_FALSE(rig_.put(upload_, 1, body('a'), wrong));
    TextSource broken(body('a'));
    broken.fail_at(500, Errc::cancelled);
    EXPECT_FALSE(rig_.run(rig_.put_task(upload_, 1, ByteCount(kSize), {}, broken)));
    faults_.at = faults_.calls + 1;
    EXPECT_FALSE(rig_.put(upload_, 1, body('a'))) << "the store did not open it";
    EXPECT_TRUE(claim(1));
}

// What was sent with its last byte may reach the store whenever it likes, with other bytes than
// those that are sent next.
TEST_F(PlaceClaimTest, OneOfWhichNobodyKnowsTheEndKeepsIt) {
    constexpr int kCallsBeforeCommit = 2;  // the part is opened, and written at once
    faults_.at = faults_.calls + kCallsBeforeCommit + 1;
    TextSource source(body('z'), kSize);
    ASSERT_FALSE(rig_.run(rig_.put_task(upload_, 1, ByteCount(kSize), {}, source)));
    EXPECT_FALSE(claim(1));
    ASSERT_TRUE(rig_.put(upload_, 1, body('a')));
    write_to_place(store_, upload_, 1, 'z');
    ASSERT_TRUE(rig_.put(upload_, 2, body('b')));
    EXPECT_EQ(published(), body('a') + body('b'));
}

// The same of what a task brings to the store that is to have the file.
TEST(PlaceClaimOfATask, WhatIsGatheredIsNotHarmedEither) {
    MemoryStore one{"one", MemoryStore::kUsualLimit, StoreManner::like_a_remote_one};
    MemoryStore two{"two", MemoryStore::kUsualLimit, StoreManner::like_a_remote_one};
    PassRig rig{std::vector<StoreUse>{{.store = one}, {.store = two, .weight = 0}}};
    adapters::memory::MemorySharedState state{rig.clock};
    rig.world.shared = &state;
    rig.world.options.complete_wait = std::chrono::milliseconds(0);
    core::PartPlan plan{3, ByteCount(kSize), ByteCount(3 * kSize)};
    const auto upload = *rig.create(plan);
    ASSERT_TRUE(rig.put(upload, 1, body('a')));
    ASSERT_TRUE(rig.put(upload, 2, body('b')));
    rig.stores.note_probe("one", false, "");
    ASSERT_TRUE(rig.put(upload, 3, body('c')));
    rig.stores.note_probe("one", true, "");
    ASSERT_EQ(rig.complete(upload.id).error().reason, Reason::assembling);
    const auto completing = rig.run(rig.memory_catalog.find_upload(upload.id)).value();
    const auto parts = rig.run(rig.memory_catalog.list_parts(upload.id)).value();
    TaskContext context(rig.queue, core::QueuedTask(), rig.stopping);
    ASSERT_TRUE(rig.run(GatherParts(rig.world).run(completing, parts, context)));
    EXPECT_EQ(rig.metrics.parts_gathered.value(), 1U);
    write_to_place(one, completing, 3, 'z');
    AssemblyTask assembly{rig.world};
    const auto outcome = rig.run_due(core::TaskKind::assemble, assembly);
    ASSERT_TRUE(outcome && std::holds_alternative<TaskDone>(*outcome));
    EXPECT_EQ(rig.content(upload.id), body('a') + body('b') + body('c'));
}

}  // namespace
}  // namespace slipway::engine

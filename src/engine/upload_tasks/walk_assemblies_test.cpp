// Walks every call that the use cases make to their ports from the first part of a free size to the
// file: each fails once, before or after its effect; then the process starts again and the client
// goes on.
#include "engine/upload_tasks/free_parts_fixture.hpp"
#include "support/call_walk.hpp"
#include "support/failing_ports.hpp"

namespace slipway::engine {
namespace {

using testing::FailingCatalog;
using testing::FailingStore;
using testing::FaultMoment;
using testing::Faults;

class Walk {
 public:
    Walk(FaultMoment moment, int at)
        : faults_{moment, at},
          rig_(
              [this](ports::Catalog& inner) {
                  return std::make_unique<FailingCatalog>(inner, faults_);
              },
              [this](ports::Store& inner) {
                  return std::make_unique<FailingStore>(inner, faults_);
              }) {
        rig_.world.options.complete_wait = std::chrono::milliseconds(0);
        rig_.world.options.assembly_checkpoint = 1_B;
    }

    bool first_attempt() {
        auto upload = rig_.create(kFree);
        if (!upload) {
            return false;
        }
        upload_ = *upload;
        for (const std::uint32_t number : {3U, 1U, 4U, 2U}) {
            if (!rig_.put(*upload_, number, kTexts.at(number))) {
                return false;
            }
        }
        const auto asked = complete();
        if (asked || asked.error().reason != Reason::assembling) {
            return false;
        }
        const auto assembled = run_assembly();
        // Only that what was copied from is left behind is no failure of the assembly.
        return assembled && std::holds_alternative<TaskDone>(*assembled) &&
               PassRig::run(rig_.memory_store.list_staged())->empty();
    }

    void go_on() {
        faults_.at = 0;
        const auto recovered = rig_.run(Recover(rig_.world).run());
        ASSERT_TRUE(recovered) << recovered.error().detail;
        EXPECT_EQ(recovered->failed, 0U);
        if (!upload_) {
            return;
        }
        rig_.sessions.ended(upload_->id);
        if (rig_.status(upload_->id)->state == core::UploadState::open) {
            for (const std::uint32_t number : {1U, 2U, 3U, 4U}) {
                ASSERT_TRUE(rig_.put(*upload_, number, kTexts.at(number)));
            }
        }
        if (const auto asked = complete(); !asked) {
            ASSERT_EQ(asked.error().reason, Reason::assembling);
            rig_.clock.advance(std::chrono::minutes(1));
            const auto assembled = run_assembly();
            ASSERT_TRUE(assembled && std::holds_alternative<TaskDone>(*assembled));
        }
        ASSERT_TRUE(complete());
        ASSERT_EQ(rig_.content(upload_->id), whole_text());
    }

 private:
    Outcome<core::File> complete() {
        CompleteRequest request;
        request.upload = upload_->id;
        request.total_parts = 4;
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), request));
    }
    std::optional<TaskOutcome> run_assembly() {
        AssemblyTask assembly(rig_.world);
        return rig_.run_due(core::TaskKind::assemble, assembly);
    }

    Faults faults_;
    PassRig rig_;
    std::optional<core::Upload> upload_;
};

void walk(FaultMoment moment) {
    testing::walk_calls(40, [moment](int at) {
        Walk walk(moment, at);
        const bool untouched = walk.first_attempt();
        walk.go_on();
        return untouched;
    });
}

TEST(WalkAssemblies, EveryCallFailsBeforeItsEffect) {
    walk(FaultMoment::before);
}
TEST(WalkAssemblies, EveryCallFailsAfterItsEffect) {
    walk(FaultMoment::after);
}

}  // namespace
}  // namespace slipway::engine

// Walks every call that the engine makes to its ports: each fails once, before or after its effect;
// then the process "restarts" and the client goes on. Nothing acknowledged may be lost, and the
// file must come out whole.
#include <gtest/gtest.h>

#include <set>

#include "engine/fingerprint.hpp"
#include "hash/digester.hpp"
#include "support/call_walk.hpp"
#include "support/engine_rig.hpp"
#include "support/failing_ports.hpp"

namespace slipway::engine {
namespace {

using testing::EngineRig;
using testing::FailingCatalog;
using testing::FailingStore;
using testing::FaultMoment;
using testing::Faults;
using testing::text_of_size;

const std::string kFirst = text_of_size(4096, 'a');
const std::string kSecond = text_of_size(904, 'b');

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
              }) {}

    // What a client does that gives up at the first error. True if it came to the end.
    bool first_attempt() {
        core::DeclaredDigests declared;
        const std::string whole = kFirst + kSecond;
        declared.sha256 = hash::sha256(std::as_bytes(std::span(whole)));
        auto upload = rig_.create({2, 4_KiB, 5000_B}, declared);
        if (!upload) {
            return false;
        }
        upload_ = *upload;
        for (const std::uint32_t number : {1U, 2U}) {
            if (!rig_.put(*upload_, number, number == 1 ? kFirst : kSecond)) {
                return false;
            }
            acknowledged_.insert(number);
        }
        return complete({}).has_value();
    }

    // With the one key of this walk.
    Outcome<core::File> complete(std::optional<std::uint32_t> total_parts) {
        CompleteRequest request;
        request.upload = upload_->id;
        request.total_parts = total_parts;
        request.key = completion_key_of("key", request);
        return rig_.run(CompleteUpload(rig_.world).run(EngineRig::context(), request));
    }

    // The faults are over, the process starts again, the client goes on with what it knows.
    void go_on() {
        const bool fired = faults_.fired();
        faults_.at = 0;
        const auto recovered = rig_.run(Recover(rig_.world).run());
        ASSERT_TRUE(recovered) << recovered.error().detail;
        EXPECT_EQ(recovered->failed, 0U);
        if (!upload_) {
            ASSERT_TRUE(fired);
            return;
        }
        const auto status = rig_.status(upload_->id);
        ASSERT_TRUE(status) << "an upload that was told is gone";
        std::set<std::uint32_t> stored;
        for (const auto& part : status->parts) {
            stored.insert(part.number.value());
        }
        for (const std::uint32_t number : acknowledged_) {
            ASSERT_TRUE(stored.contains(number)) << "acknowledged part " << number << " is gone";
        }
        if (status->state == core::UploadState::open) {
            for (const std::uint32_t number : {1U, 2U}) {
                const auto again = rig_.put(*upload_, number, number == 1 ? kFirst : kSecond);
                ASSERT_TRUE(again) << again.error().detail;
                EXPECT_EQ(again->already_stored, stored.contains(number));
            }
        }
        ASSERT_TRUE(complete({}));
        const auto another = complete(2);
        ASSERT_FALSE(another) << "the key was used for something else";
        ASSERT_EQ(another.error().reason, Reason::idempotency_key_reused);
        ASSERT_EQ(rig_.content(upload_->id), kFirst + kSecond);
    }

 private:
    Faults faults_;
    EngineRig rig_;
    std::optional<core::Upload> upload_;
    std::set<std::uint32_t> acknowledged_;
};

void walk(FaultMoment moment) {
    // Creating, two parts and a Complete with a declared digest take at least this many calls.
    testing::walk_calls(15, [moment](int at) {
        Walk walk(moment, at);
        const bool untouched = walk.first_attempt();
        walk.go_on();
        return untouched;
    });
}

TEST(WalkFailures, EveryCallFailsBeforeItsEffect) {
    walk(FaultMoment::before);
}
TEST(WalkFailures, EveryCallFailsAfterItsEffect) {
    walk(FaultMoment::after);
}

}  // namespace
}  // namespace slipway::engine

// Walks every call that a direct upload makes to catalog and store: each fails once, before or
// after its effect; then the process "restarts" and the client goes on. The file comes out whole,
// and its records are those of its bytes, though the client changed its mind about a part
// meanwhile.
#include <gtest/gtest.h>

#include "support/call_walk.hpp"
#include "support/direct_rig.hpp"

namespace slipway::engine {
namespace {

using testing::DirectRig;
using testing::FaultMoment;
using testing::Faults;
using testing::PassRig;
using testing::sha256_of;

// What a client does that gives up at the first error. True if it came to the end.
bool first_attempt(DirectRig& direct, std::optional<core::Upload>& upload) {
    const auto created = direct.create();
    if (!created) {
        return false;
    }
    upload = *created;
    for (const std::uint32_t number : {1U, 2U, 3U}) {
        if (!direct.address(*upload, number, DirectRig::text(number, 'A'))) {
            return false;
        }
        direct.send(*upload, number, DirectRig::text(number, 'A'));
    }
    return direct.rig.status(upload->id) && direct.complete(upload->id);
}

void expect_true_records(DirectRig& direct, UploadId id, const core::File& file) {
    const std::string content = direct.rig.content(id);
    const auto parts = *PassRig::run(direct.rig.memory_catalog.list_parts(id));
    ASSERT_EQ(parts.size(), 3U);
    for (const core::Part& part : parts) {
        const auto offset = core::offset_of(DirectRig::kPlan, part.number).value();
        EXPECT_EQ(part.digests.sha256, sha256_of(content.substr(offset, part.size.value())));
    }
    EXPECT_EQ(file.chain, summarise(parts).chain);
}

// The faults are over, the process starts again, the client goes on with other bytes where it may.
void go_on(DirectRig& direct, const std::optional<core::Upload>& upload) {
    const bool fired = direct.faults().fired();
    direct.faults().at = 0;
    direct.rig.clock.advance(std::chrono::minutes(2));
    ASSERT_TRUE(PassRig::run(Recover(direct.rig.world).run()));
    if (!upload) {
        ASSERT_TRUE(fired);
        return;
    }
    if (direct.record_of(upload->id).state == core::UploadState::open) {
        direct.send_all(*upload);
    }
    const auto file = direct.complete(upload->id);
    ASSERT_TRUE(file) << file.error().detail;
    expect_true_records(direct, upload->id, *file);
}

void walk(FaultMoment moment) {
    testing::walk_calls(15, [moment](int at) {
        DirectRig direct(
            {.moment = moment, .at = at, .calls = 0, .of_store = Errc::outcome_unknown});
        std::optional<core::Upload> upload;
        const bool untouched = first_attempt(direct, upload) && !direct.faults().fired();
        go_on(direct, upload);
        return untouched;
    });
}

TEST(WalkDirect, EveryCallFailsBeforeItsEffect) {
    walk(FaultMoment::before);
}
TEST(WalkDirect, EveryCallFailsAfterItsEffect) {
    walk(FaultMoment::after);
}

}  // namespace
}  // namespace slipway::engine

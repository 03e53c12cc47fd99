// What the probe finds at each store that the contract runs over. When a store changes its mind,
// this is where it shows.
#include "adapters/s3/capability_probe.hpp"
#include "stores/s3_contract.hpp"

namespace slipway::stores {
namespace {

using adapters::s3::Capabilities;
using adapters::s3::CapabilityProbe;

std::string text_of(const Capabilities& found) {
    return "put " + std::to_string(found.conditional_put) + " complete " +
           std::to_string(found.conditional_complete) + " checks " +
           std::to_string(found.checks_checksums) + " trailing " +
           std::to_string(found.trailing_checksums) + " whole " +
           std::to_string(found.whole_checksums) + " size " + std::to_string(found.checks_size) +
           " copies " + std::to_string(found.copies_parts) + " lists " +
           std::to_string(found.lists_at_once) + " replays " +
           std::to_string(found.replays_complete) + " etag " +
           std::to_string(found.tells_complete_etag) + " smallest " +
           std::to_string(found.smallest_part.value()) + " direct " +
           std::to_string(found.checks_direct_parts);
}

TEST_F(S3Contract, TheProbeFindsWhatTheStoreCanDo) {
    const adapters::system::SystemClock clock;
    const auto probe = CapabilityProbe::make(target_.endpoint(), target_.credentials(), clock);
    ASSERT_TRUE(probe) << probe.error().detail;
    const auto found = run((*probe)->run(bucket_, "probe"));
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(text_of(*found), text_of(can_));
    EXPECT_TRUE(run(client_->list_objects({bucket_, "", "", "", {}}))->objects.empty());
}

}  // namespace
}  // namespace slipway::stores

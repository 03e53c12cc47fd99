// What a store that is described wrongly, or is not well, is said to suffer from: over the fake,
// and over ports at which there is no S3. Over real stores: test_setup_errors.py.
#include <gtest/gtest.h>

#include "adapters/s3/capability_probe.hpp"
#include "adapters/s3/setup/setup_fault.hpp"
#include "s3fake/fake_rig.hpp"

namespace slipway::stores {
namespace {

using adapters::s3::CapabilityProbe;
using adapters::s3::StoreDescription;
using s3fake::FakeRig;

// A clock that goes wrong by as much.
class OtherClock final : public ports::Clock {
 public:
    explicit OtherClock(std::chrono::minutes ahead) : ahead_(ahead) {}
    WallTime wall() const override { return clock_.wall() + ahead_; }
    SteadyTime steady() const override { return clock_.steady(); }

 private:
    const adapters::system::SystemClock clock_;
    const std::chrono::minutes ahead_;
};

class StoreSetup : public testing::Test {
 protected:
    StoreSetup() {
        store_.endpoint = rig_.endpoint;
        store_.endpoint.connect_timeout = std::chrono::seconds(5);
        store_.bucket = "bucket";
        credentials_ = rig_.fake.options().credentials;
    }
    // The name of what is wrong; "none".
    std::string fault() {
        const auto made = CapabilityProbe::make(store_.endpoint, credentials_, clock_);
        EXPECT_TRUE(made) << made.error().detail;
        const auto found = s3fake::run((*made)->run(store_.bucket, "probe-"));
        ahead_ = (*made)->clock_difference();
        return found ? "none"
                     : std::string(to_string(adapters::s3::explain(store_, found.error()).fault));
    }

    FakeRig rig_;
    StoreDescription store_;
    sigv4::Credentials credentials_;
    OtherClock clock_{std::chrono::minutes(0)};
    std::chrono::milliseconds ahead_{0};
};

TEST_F(StoreSetup, IsWellWithTheRightDescription) {
    EXPECT_EQ(fault(), "none");
    EXPECT_EQ(ahead_.count(), 0);
}

TEST_F(StoreSetup, WithWrongKeys) {
    credentials_.access_key = "other";
    EXPECT_EQ(fault(), "unknown_access_key");
    credentials_ = rig_.fake.options().credentials;
    credentials_.secret_key = "other";
    EXPECT_EQ(fault(), "wrong_secret_key");
    credentials_ = rig_.fake.options().credentials;
    credentials_.session_token = "other";
    EXPECT_EQ(fault(), "wrong_session");
}

TEST_F(StoreSetup, InAnotherRegionOrWithoutABucket) {
    store_.endpoint.region = "mars-1";
    EXPECT_EQ(fault(), "wrong_region");
    store_.endpoint.region = "us-east-1";
    store_.bucket = "no-such-bucket";
    EXPECT_EQ(fault(), "missing_bucket");
}

TEST_F(StoreSetup, GoesOnByTheStoresClockAndTellsTheDifference) {
    for (const int minutes : {20, -20}) {
        const OtherClock wrong{std::chrono::minutes(minutes)};
        const auto made = CapabilityProbe::make(store_.endpoint, credentials_, wrong);
        const auto found = s3fake::run((*made)->run("bucket", "probe-"));
        ASSERT_TRUE(found) << found.error().detail;
        const auto ahead = std::chrono::round<std::chrono::minutes>((*made)->clock_difference());
        EXPECT_EQ(ahead.count(), -minutes);
    }
}

TEST_F(StoreSetup, ThatDoesNotTakeCalls) {
    rig_.fake.faults().next("ListObjectsV2", s3fake::Fault::slow_down);
    EXPECT_EQ(fault(), "store_away");
    rig_.fake.go_down();
    EXPECT_EQ(fault(), "connection_refused");
    store_.endpoint.url = "http://nowhere.invalid:9000";
    EXPECT_EQ(fault(), "unknown_host");
}

TEST_F(StoreSetup, WithTheOtherScheme) {
    store_.endpoint.url.replace(0, 4, "https");
    EXPECT_EQ(fault(), "expects_http");
}

}  // namespace
}  // namespace slipway::stores

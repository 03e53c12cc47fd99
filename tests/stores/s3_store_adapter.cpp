// S3Store under the contract of ports::Store, over the store that S3Target names.
#include "adapters/s3/store/s3_store.hpp"

#include "adapters/system/system_clock.hpp"
#include "contract/store_contract.hpp"
#include "stores/spool_rig.hpp"
#include "stores/test_bucket.hpp"

namespace slipway::contract {
namespace {

using adapters::s3::S3Store;
using stores::S3Target;
using stores::TestBucket;

// That of somebody who expects no trouble.
adapters::s3::Patience short_patience() {
    using std::chrono::milliseconds;
    const runtime::RetryPolicy policy{
        .base = milliseconds(10), .max = milliseconds(50), .max_attempts = 4};
    return {.calls = policy, .publishing = policy};
}

class S3StoreFixture final : public StoreFixture {
 public:
    S3StoreFixture() {
        auto made = S3Store::make({.name = "s3",
                                   .endpoint = target_.endpoint(),
                                   .credentials = target_.credentials(),
                                   .bucket = bucket_.name(),
                                   .prefix = "some/prefix/",
                                   .can = target_.capabilities(bucket_.name()),
                                   .patience = short_patience(),
                                   .sizes = {}},
                                  spool_.store(), clock_);
        EXPECT_TRUE(made) << made.error().detail;
        store_ = std::move(made).value();
    }
    ports::Store& store() override { return *store_; }
    bool keeps_removed_bytes() const override { return false; }

 private:
    S3Target& target_ = S3Target::instance();
    const TestBucket bucket_{target_};
    adapters::system::SystemClock clock_;
    stores::SpoolRig spool_;
    std::unique_ptr<S3Store> store_;
};

auto adapters() {
    return testing::Values(StoreAdapter{"s3", [] { return std::make_unique<S3StoreFixture>(); }});
}

INSTANTIATE_TEST_SUITE_P(Adapters, StoreContract, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreDrafts, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreParts, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreReceipts, adapters(), adapter_name);

}  // namespace
}  // namespace slipway::contract

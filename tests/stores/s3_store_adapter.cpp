// S3Store under the contract of ports::Store, over the store that S3Target names.
#include "adapters/s3/store/s3_store.hpp"

#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_random.hpp"
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
    S3StoreFixture(adapters::s3::Sizes sizes, adapters::s3::SmallParts small_parts) {
        auto made = S3Store::make({.name = "s3",
                                   .endpoint = target_.endpoint(),
                                   .credentials = target_.credentials(),
                                   .bucket = bucket_.name(),
                                   .prefix = "some/prefix/",
                                   .can = target_.capabilities(bucket_.name()),
                                   .patience = short_patience(),
                                   .sizes = sizes,
                                   .small_parts = small_parts},
                                  {spool_.store(), clock_, random_});
        EXPECT_TRUE(made) << made.error().detail;
        store_ = std::move(made).value();
    }
    ports::Store& store() override { return *store_; }
    bool keeps_removed_bytes() const override { return false; }

 private:
    S3Target& target_ = S3Target::instance();
    const TestBucket bucket_{target_};
    adapters::system::SystemClock clock_;
    adapters::system::SystemRandom random_;
    stores::SpoolRig spool_;
    std::unique_ptr<S3Store> store_;
};

std::unique_ptr<StoreFixture> usual() {
    return std::make_unique<S3StoreFixture>(adapters::s3::Sizes{},
                                            adapters::s3::SmallParts::on_disk);
}

// The parts of the contract are small, and the file is made of several.
std::unique_ptr<StoreFixture> with_small_parts_in_the_store() {
    const adapters::s3::Sizes sizes{.smallest_part = 64_MiB, .largest_put = 5_MiB};
    return std::make_unique<S3StoreFixture>(sizes, adapters::s3::SmallParts::in_store);
}

auto adapters() {
    return testing::Values(StoreAdapter{"s3", usual});
}

// Of blobs that come in parts: what is in the spool is the same for both.
auto adapters_of_parts() {
    return testing::Values(StoreAdapter{"s3", usual},
                           StoreAdapter{"s3_small_parts", with_small_parts_in_the_store});
}

INSTANTIATE_TEST_SUITE_P(Adapters, StoreContract, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreDrafts, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreParts, adapters_of_parts(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreReceipts, adapters_of_parts(), adapter_name);

}  // namespace
}  // namespace slipway::contract

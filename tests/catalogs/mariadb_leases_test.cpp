// What is written under a lease: a holder whose lease was taken by another changes nothing, however
// sure it is.
#include <gtest/gtest.h>

#include "adapters/mariadb/cluster/mariadb_shared_state.hpp"
#include "adapters/mariadb/mariadb_catalog.hpp"
#include "catalogs/mariadb_target.hpp"
#include "contract/catalog_samples.hpp"

namespace slipway::catalogs {
namespace {

using namespace adapters::mariadb;
using namespace contract;

class MariaDbLeases : public testing::Test {
 protected:
    MariaDbLeases() {
        auto opened = MariaDbCatalog::open(open_empty());
        EXPECT_TRUE(succeeds(opened));
        catalog_ = std::move(*opened);
        catalog_->fence_events({.lease = "relay", .token = [this] { return token_; }});
        EXPECT_TRUE(
            succeeds(run(catalog_->create_upload(upload_of(1), core::Quota(), event_of(1)))));
    }
    std::optional<std::uint64_t> take(const std::string& owner) {
        return run(state_.take_lease(
                       {.name = "relay", .owner = owner, .length = std::chrono::hours(1)}))
            .value_or(std::nullopt);
    }
    std::size_t left() { return run(catalog_->list_events(10))->size(); }

    std::unique_ptr<MariaDbCatalog> catalog_;
    MariaDbSharedState state_{open_as_it_is()};
    std::optional<std::uint64_t> token_;
};

TEST_F(MariaDbLeases, EventsAreRemovedByTheHolder) {
    EXPECT_TRUE(fails_with(run(catalog_->remove_events(1)), Errc::conflict));
    token_ = take("a");
    EXPECT_EQ(left(), 1U);
    EXPECT_TRUE(succeeds(run(catalog_->remove_events(1))));
    EXPECT_EQ(left(), 0U);
}

TEST_F(MariaDbLeases, AHolderOfBeforeRemovesNothing) {
    token_ = take("a");
    run(state_.give_lease_back("relay", "a"));
    ASSERT_EQ(take("b"), 2U);
    EXPECT_TRUE(fails_with(run(catalog_->remove_events(1)), Errc::conflict));
    EXPECT_EQ(left(), 1U);
}

TEST_F(MariaDbLeases, ATokenOfElsewhereCountsAsWell) {
    run(state_.note_lease("relay", "a", 70));
    token_ = 70;
    run(state_.note_lease("relay", "b", 71));
    EXPECT_TRUE(fails_with(run(catalog_->remove_events(1)), Errc::conflict));
    token_ = 71;
    EXPECT_TRUE(succeeds(run(catalog_->remove_events(1))));
}

}  // namespace
}  // namespace slipway::catalogs

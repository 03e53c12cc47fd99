// Claims of parts beside the uploads that they are of.
#include <gtest/gtest.h>

#include "adapters/mariadb/cluster/mariadb_shared_state.hpp"
#include "adapters/mariadb/mariadb_catalog.hpp"
#include "catalogs/mariadb_target.hpp"
#include "contract/catalog_samples.hpp"

namespace slipway::catalogs {
namespace {

using namespace adapters::mariadb;
using namespace contract;
using core::UploadState;

class MariaDbClaims : public testing::Test {
 protected:
    MariaDbClaims() {
        auto opened = MariaDbCatalog::open(open_empty());
        EXPECT_TRUE(succeeds(opened));
        catalog_ = std::move(*opened);
        EXPECT_TRUE(succeeds(run(catalog_->create_upload(open_))));
    }
    static core::Upload open_upload() {
        core::Upload upload = upload_of(1);
        upload.state = UploadState::open;
        return upload;
    }
    bool claim(std::uint32_t number) {
        const auto claimed = run(state_.claim_part({open_.id, PartNumber(number), "a"}));
        EXPECT_TRUE(succeeds(claimed));
        return claimed.value_or(false);
    }
    static std::uint64_t claims() {
        return static_cast<std::uint64_t>(
            run_sql("SELECT COUNT(*) FROM part_claims").rows.front().number(0));
    }
    core::Upload advance(UploadState state) {
        auto next = advanced(open_, state);
        EXPECT_TRUE(succeeds(run(catalog_->advance_upload(open_.epoch, next, std::nullopt))));
        open_ = next;
        return next;
    }

    core::Upload open_ = open_upload();
    std::unique_ptr<MariaDbCatalog> catalog_;
    MariaDbSharedState state_{open_as_it_is()};
};

// While the file is made, somebody may still write to a place.
TEST_F(MariaDbClaims, StayWhileTheFileIsMade) {
    EXPECT_TRUE(claim(1));
    advance(UploadState::completing);
    EXPECT_EQ(claims(), 1U);
    EXPECT_FALSE(claim(1));
    EXPECT_TRUE(claim(2)) << "of what is gathered";
}

TEST_F(MariaDbClaims, EndWithTheirUploadAndNoneComesLater) {
    EXPECT_TRUE(claim(1));
    advance(UploadState::aborted);
    EXPECT_EQ(claims(), 0U);
    EXPECT_FALSE(claim(1));
    EXPECT_FALSE(claim(2));
    EXPECT_EQ(claims(), 0U);
}

TEST_F(MariaDbClaims, EndWithTheFile) {
    EXPECT_TRUE(claim(1));
    auto next = advanced(open_, UploadState::complete);
    EXPECT_TRUE(
        succeeds(run(catalog_->complete_upload(open_.epoch, next, file_of(next), std::nullopt))));
    EXPECT_EQ(claims(), 0U);
    EXPECT_FALSE(claim(1));
}

TEST_F(MariaDbClaims, AreOfNoUploadThatIsNotOnRecord) {
    const auto claimed = run(state_.claim_part({id_of(77), PartNumber(1), "a"}));
    ASSERT_TRUE(succeeds(claimed));
    EXPECT_FALSE(*claimed);
}

}  // namespace
}  // namespace slipway::catalogs

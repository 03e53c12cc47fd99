// The contracts of the catalog, the task queue and the API keys over MariaDB.
#include "adapters/mariadb/access/mariadb_api_keys.hpp"
#include "adapters/mariadb/cluster/mariadb_shared_state.hpp"
#include "adapters/mariadb/mariadb_catalog.hpp"
#include "adapters/mariadb/mariadb_task_queue.hpp"
#include "catalogs/mariadb_target.hpp"
#include "contract/api_keys_contract.hpp"
#include "contract/catalog_contract.hpp"
#include "contract/shared_state_contract.hpp"
#include "contract/task_queue_contract.hpp"

namespace slipway::contract {
namespace {

using namespace adapters::mariadb;

class MariaDbCatalogUnderTest final : public CatalogUnderTest {
 public:
    MariaDbCatalogUnderTest() {
        auto opened = MariaDbCatalog::open(catalogs::open_empty());
        EXPECT_TRUE(succeeds(opened));
        catalog_ = std::move(*opened);
    }
    ports::Catalog& catalog() override { return *catalog_; }

 private:
    std::unique_ptr<MariaDbCatalog> catalog_;
};

class MariaDbTaskQueueUnderTest final : public TaskQueueUnderTest {
 public:
    ports::TaskQueue& queue() override { return queue_; }

 private:
    MariaDbTaskQueue queue_{catalogs::open_empty()};
};

class MariaDbApiKeysUnderTest final : public ApiKeysUnderTest {
 public:
    ports::ApiKeys& keys() override { return *keys_; }
    void restart() override { keys_ = std::make_unique<MariaDbApiKeys>(catalogs::open_as_it_is()); }

 private:
    std::unique_ptr<MariaDbApiKeys> keys_ =
        std::make_unique<MariaDbApiKeys>(catalogs::open_empty());
};

template <class Adapter, class UnderTest>
Adapter mariadb() {
    return {.name = "mariadb", .make = [] { return std::make_unique<UnderTest>(); }};
}

template <class Adapter>
std::string name_of(const testing::TestParamInfo<Adapter>& test) {
    return test.param.name;
}

INSTANTIATE_TEST_SUITE_P(MariaDb, CatalogContract,
                         testing::Values(mariadb<CatalogAdapter, MariaDbCatalogUnderTest>()),
                         name_of<CatalogAdapter>);
INSTANTIATE_TEST_SUITE_P(MariaDb, TaskQueueContract,
                         testing::Values(mariadb<TaskQueueAdapter, MariaDbTaskQueueUnderTest>()),
                         name_of<TaskQueueAdapter>);
INSTANTIATE_TEST_SUITE_P(MariaDb, ApiKeysContract,
                         testing::Values(mariadb<ApiKeysAdapter, MariaDbApiKeysUnderTest>()),
                         name_of<ApiKeysAdapter>);

std::unique_ptr<ports::SharedState> make_shared_state() {
    return std::make_unique<MariaDbSharedState>(catalogs::open_empty());
}

void make_upload(UploadId id) {
    const auto catalog = MariaDbCatalog::open(catalogs::open_as_it_is()).value();
    core::Upload upload = upload_of(1);
    upload.id = id;
    upload.state = core::UploadState::open;
    EXPECT_TRUE(succeeds(run(catalog->create_upload(upload))));
}

INSTANTIATE_TEST_SUITE_P(MariaDb, SharedStateContract,
                         testing::Values(SharedStateAdapter{.name = "mariadb",
                                                            .make = make_shared_state,
                                                            .make_upload = make_upload}),
                         name_of<SharedStateAdapter>);

}  // namespace
}  // namespace slipway::contract

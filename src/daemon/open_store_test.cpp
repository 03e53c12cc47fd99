#include "daemon/open_store.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/memory_catalog.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {
namespace {

using adapters::memory::MemoryCatalog;

core::Upload upload_in(std::string store) {
    core::Upload upload;
    upload.id = UploadId(UploadId::Bytes{1});
    upload.blobs.front().storage_node = std::move(store);
    return upload;
}

TEST(OpenStore, ACatalogWithoutRecordsGoesWithAnyStore) {
    MemoryCatalog catalog;
    EXPECT_TRUE(require_own_records(catalog, {"main"}));
}

TEST(OpenStore, ACatalogStaysWithTheStoreOfItsUploads) {
    MemoryCatalog catalog;
    ASSERT_TRUE(runtime::run_blocking(catalog.create_upload(upload_in("main"), {}, std::nullopt)));
    EXPECT_TRUE(require_own_records(catalog, {"main"}));
    const auto other = require_own_records(catalog, {"local"});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Errc::invalid);
    EXPECT_NE(other.error().detail.find("\"main\""), std::string::npos);
    EXPECT_NE(other.error().detail.find("\"local\""), std::string::npos);
}

TEST(OpenStore, AndWithThatOfItsFiles) {
    MemoryCatalog catalog;
    core::File file;
    file.id = UploadId(UploadId::Bytes{1});
    file.storage_node = "main";
    ASSERT_TRUE(runtime::run_blocking(catalog.create_files({{file, {}}}, {})));
    EXPECT_TRUE(require_own_records(catalog, {"main"}));
    EXPECT_FALSE(require_own_records(catalog, {"other"}));
    EXPECT_TRUE(require_own_records(catalog, {"other", "main"}));
}

}  // namespace
}  // namespace slipway::daemon

#include "adapters/rocksdb/status.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace slipway::adapters::rocksdb {
namespace {

using ::rocksdb::Status;

struct Case {
    Status status;
    Errc code;
};

TEST(Status, SaysWhatTheCallerCanDo) {
    const std::vector<Case> cases = {
        {Status::NotFound(), Errc::not_found},
        {Status::Corruption("bad block"), Errc::corrupted},
        {Status::NotSupported("x"), Errc::unsupported},
        {Status::InvalidArgument("x"), Errc::invalid},
        {Status::NoSpace(), Errc::storage_full},
        {Status::SpaceLimit(), Errc::storage_full},
        {Status::IOError("While lock file: /a/LOCK", "Resource temporarily unavailable"),
         Errc::conflict},
        {Status::IOError("lock hold by current process, acquire time 1"), Errc::conflict},
        {Status::IOError("While lock file: /a/LOCK", "Permission denied"), Errc::unavailable},
        {Status::IOError("While open: /lock hold by current process/x"), Errc::unavailable},
        {Status::IOError("While pread", "Input/output error"), Errc::unavailable},
        {Status::IOError(), Errc::unavailable},
        {Status::Incomplete(), Errc::unavailable},
        {Status::ShutdownInProgress(), Errc::unavailable},
        {Status::TimedOut(), Errc::unavailable},
        {Status::Aborted(), Errc::unavailable},
        {Status::Busy(), Errc::unavailable},
        {Status::TryAgain(), Errc::unavailable},
    };
    for (const auto& [status, code] : cases) {
        EXPECT_EQ(translate("x", status).code, code) << status.ToString();
    }
}

TEST(Status, TheDetailNamesOperationAndReason) {
    EXPECT_EQ(translate("commit", Status::Corruption("bad block")).detail,
              "commit: Corruption: bad block");
}

}  // namespace
}  // namespace slipway::adapters::rocksdb

#include "adapters/localfs/disk_error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace slipway::adapters::localfs {
namespace {

struct Case {
    int error_number;
    Errc code;
    bool broken;
};

TEST(DiskError, TranslatesEveryKind) {
    const Case cases[] = {
        {EIO, Errc::corrupted, true},           {EUCLEAN, Errc::corrupted, true},
        {EROFS, Errc::corrupted, true},         {ENXIO, Errc::corrupted, true},
        {ENODEV, Errc::corrupted, true},        {ESTALE, Errc::corrupted, true},
        {ENOSPC, Errc::storage_full, false},    {EDQUOT, Errc::storage_full, false},
        {ENOENT, Errc::not_found, false},       {EEXIST, Errc::conflict, false},
        {EFBIG, Errc::too_large, false},        {EMFILE, Errc::unavailable, false},
        {ENFILE, Errc::unavailable, false},     {ENOMEM, Errc::unavailable, false},
        {EACCES, Errc::forbidden, false},       {EPERM, Errc::forbidden, false},
        {EOPNOTSUPP, Errc::unsupported, false}, {EBADF, Errc::internal, false},
    };
    for (const Case& expected : cases) {
        const Error error = disk_error("pwrite", -expected.error_number);
        EXPECT_EQ(error.code, expected.code) << error.detail;
        EXPECT_EQ(is_broken_disk(expected.error_number), expected.broken) << error.detail;
        EXPECT_TRUE(error.detail.starts_with("pwrite: ")) << error.detail;
    }
}

}  // namespace
}  // namespace slipway::adapters::localfs

#include "runtime/buffer_pool.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <vector>

namespace slipway::runtime {
namespace {

Task<void> keep(BufferPool& pool, ByteCount wanted, std::vector<BufferLease>& kept) {
    kept.push_back(co_await pool.acquire(wanted));
}

void spawn_keep(boost::asio::io_context& loop, BufferPool& pool, ByteCount wanted,
                std::vector<BufferLease>& kept) {
    boost::asio::co_spawn(loop, keep(pool, wanted, kept), boost::asio::detached);
    loop.restart();
    loop.poll();
}

TEST(BufferPool, NeverLendsMoreThanItsBudget) {
    boost::asio::io_context loop;
    BufferPool pool(2_MiB);
    std::vector<BufferLease> kept;
    for (int i = 0; i < 3; ++i) {
        spawn_keep(loop, pool, 1_MiB, kept);
    }
    EXPECT_EQ(kept.size(), 2U);
    EXPECT_EQ(pool.in_use(), 2_MiB);
    EXPECT_EQ(pool.waiters(), 1U);

    kept.erase(kept.begin());
    loop.restart();
    loop.poll();
    EXPECT_EQ(kept.size(), 2U);
    EXPECT_EQ(pool.waiters(), 0U);
    kept.clear();
    EXPECT_EQ(pool.in_use(), 0_B);
}

TEST(BufferPool, ASmallRequestDoesNotOvertakeALargeOneThatWaits) {
    boost::asio::io_context loop;
    BufferPool pool(1_MiB);
    std::vector<BufferLease> first;
    std::vector<BufferLease> large;
    std::vector<BufferLease> small;
    spawn_keep(loop, pool, 1_KiB, first);
    spawn_keep(loop, pool, 1_MiB, large);
    spawn_keep(loop, pool, 1_KiB, small);
    EXPECT_EQ(first.size(), 1U);
    EXPECT_TRUE(large.empty());
    EXPECT_TRUE(small.empty());
    first.clear();
    loop.restart();
    loop.poll();
    EXPECT_EQ(large.size(), 1U);
    EXPECT_TRUE(small.empty());
    large.clear();
    loop.restart();
    loop.poll();
    EXPECT_EQ(small.size(), 1U);
}

TEST(BufferPool, KeptBuffersOfOneSizeMakeRoomForTheOther) {
    boost::asio::io_context loop;
    BufferPool pool(1_MiB);
    std::vector<BufferLease> kept;
    for (int i = 0; i < 16; ++i) {
        spawn_keep(loop, pool, 64_KiB, kept);
    }
    EXPECT_EQ(kept.size(), 16U);
    kept.clear();
    spawn_keep(loop, pool, 1_MiB, kept);
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].bytes().size(), (1_MiB).value());
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(kept[0].bytes().data()) % 4096, 0U);
}

}  // namespace
}  // namespace slipway::runtime

#include "runtime/thread_priority.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "runtime/blocking_pool.hpp"
#include "runtime/event_loops.hpp"
#include "runtime/hop.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::runtime {
namespace {

int nice_of_this_thread() {
    return ::getpriority(PRIO_PROCESS, 0);
}

// In nanoseconds, as the kernel has it: sched_getattr(2) writes it at this place.
std::uint64_t slice_of_this_thread() {
    constexpr std::size_t kSize = 48;
    constexpr std::size_t kRuntimeAt = 24;
    std::array<char, kSize> attributes{};
    if (::syscall(SYS_sched_getattr, 0, attributes.data(), kSize, 0) != 0) {
        return 0;
    }
    std::uint64_t runtime = 0;
    std::memcpy(&runtime, attributes.data() + kRuntimeAt, sizeof(runtime));
    return runtime;
}

Task<int> nice_in(BlockingPool& pool) {
    co_return co_await pool.run([] { return nice_of_this_thread(); });
}

Task<int> nice_here() {
    co_return nice_of_this_thread();
}

Task<int> nice_on(boost::asio::io_context& loop) {
    co_return co_await on(loop, nice_here());
}

Task<std::uint64_t> slice_here() {
    co_return slice_of_this_thread();
}

Task<std::uint64_t> slice_on(boost::asio::io_context& loop) {
    co_return co_await on(loop, slice_here());
}

TEST(ThreadPriority, BlockingThreadsStandBehindLoopsAndAreLoweredOnce) {
    BlockingPool pool(1);
    EventLoops loops(1);
    loops.start();
    const int own = nice_of_this_thread();
    if (own + kBlockingNice > 19) {
        GTEST_SKIP() << "this process is nearly as nice as can be: " << own;
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(run_blocking(nice_in(pool)), own + kBlockingNice);
    }
    EXPECT_EQ(run_blocking(nice_on(loops.at(0))), own);
    EXPECT_EQ(nice_of_this_thread(), own);
    loops.stop();
}

TEST(ThreadPriority, LoopsAskForShortSlices) {
    if (slice_of_this_thread() == 0) {
        GTEST_SKIP() << "this kernel has no slices of one thread's own (Linux 6.12 has)";
    }
    EventLoops loops(1);
    loops.start();
    EXPECT_EQ(run_blocking(slice_on(loops.at(0))),
              std::uint64_t(std::chrono::nanoseconds(kLoopSlice).count()));
    loops.stop();
}

}  // namespace
}  // namespace slipway::runtime

#include "runtime/thread_priority.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace slipway::runtime {

namespace {

// sched_setattr(2), of which the C library knows nothing.
struct SchedulingAttributes {
    std::uint32_t size = sizeof(SchedulingAttributes);
    std::uint32_t policy = SCHED_OTHER;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime_ns = 0;
    std::uint64_t deadline_ns = 0;
    std::uint64_t period_ns = 0;
};

int own_nice() {
    return ::getpriority(PRIO_PROCESS, 0);
}

void lower() {
    ::setpriority(PRIO_PROCESS, 0, own_nice() + kBlockingNice);
}

}  // namespace

void run_as_loop() {
    const SchedulingAttributes wanted{
        .nice = own_nice(),
        .runtime_ns = std::uint64_t(
            std::chrono::duration_cast<std::chrono::nanoseconds>(kLoopSlice).count())};
    ::syscall(SYS_sched_setattr, 0, &wanted, 0);
}

void run_as_blocking() {
    thread_local bool is_lowered = false;
    if (!is_lowered) {
        is_lowered = true;
        lower();
    }
}

}  // namespace slipway::runtime

#include "runtime/retry.hpp"

#include <memory>
#include <random>

#include "runtime/sleep.hpp"

namespace slipway::runtime {

RetryWorld real_retry_world() {
    auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
    const auto random = [engine] {
        return std::uniform_real_distribution<double>(0.0, 1.0)(*engine);
    };
    return RetryWorld{random, sleep_for, nullptr};
}

std::chrono::milliseconds backoff_delay(const RetryPolicy& policy, unsigned failures,
                                        double uniform) {
    auto ceiling = std::min(policy.base, policy.max);
    for (unsigned i = 1; i < failures && ceiling < policy.max; ++i) {
        // Doubling stops at the cap, so it cannot overflow however often a server fails.
        ceiling = ceiling > policy.max / 2 ? policy.max : ceiling * 2;
    }
    const auto count = static_cast<double>(ceiling.count()) * uniform;
    return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(count + 0.5));
}

}  // namespace slipway::runtime

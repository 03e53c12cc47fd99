#include "adapters/system/system_random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace slipway::adapters::system {

void SystemRandom::fill(std::span<std::byte> out) {
    while (!out.empty()) {
        const ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            // An id or a key that somebody can guess is worse than no service.
            std::abort();
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace slipway::adapters::system

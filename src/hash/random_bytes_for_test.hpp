// Random input for the tests of this folder. The seed is printed; SLIPWAY_TEST_SEED repeats a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::hash {

class RandomBytes {
 public:
    RandomBytes() {
        const char* fixed = std::getenv("SLIPWAY_TEST_SEED");
        const std::uint64_t seed = fixed != nullptr ? std::stoull(fixed) : std::random_device{}();
        std::cout << "SLIPWAY_TEST_SEED=" << seed << '\n';
        engine_.seed(seed);
    }

    std::size_t below(std::size_t limit) { return engine_() % limit; }

    std::vector<std::byte> bytes(std::size_t size) {
        std::vector<std::byte> out(size);
        for (std::byte& byte : out) {
            byte = static_cast<std::byte>(engine_() & 0xffU);
        }
        return out;
    }

    // Adjacent pieces that make up the whole; some are empty.
    std::vector<std::span<const std::byte>> split(std::span<const std::byte> whole) {
        std::vector<std::span<const std::byte>> pieces;
        while (!whole.empty()) {
            const std::size_t size = below(whole.size() + 1);
            pieces.push_back(whole.first(size));
            whole = whole.subspan(size);
        }
        return pieces;
    }

 private:
    std::mt19937_64 engine_;
};

inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

}  // namespace slipway::hash

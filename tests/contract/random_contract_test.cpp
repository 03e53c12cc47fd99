// The contract of ports::Random, run over every adapter. That bytes cannot be predicted cannot be
// tested; that they are there, that they differ and that nothing beside them is touched can.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/memory/seeded_random.hpp"
#include "adapters/system/system_random.hpp"
#include "ports/random.hpp"

namespace slipway::contract {
namespace {

using adapters::memory::SeededRandom;
using adapters::system::SystemRandom;
using Name = std::array<std::byte, 16>;

struct RandomAdapter {
    std::string name;
    std::function<std::unique_ptr<ports::Random>()> make;
};

class RandomContract : public testing::TestWithParam<RandomAdapter> {
 protected:
    Name name() {
        Name bytes{};
        random_->fill(bytes);
        return bytes;
    }
    std::unique_ptr<ports::Random> random_ = GetParam().make();
};

TEST_P(RandomContract, FillsEveryByteAndNoneBeside) {
    for (std::size_t size = 0; size <= 67; ++size) {
        constexpr std::byte kGuard{0xa5};
        std::vector<bool> changed(size, false);
        for (int attempt = 0; attempt < 16; ++attempt) {
            std::vector<std::byte> bytes(size + 2, kGuard);
            random_->fill(std::span(bytes).subspan(1, size));
            ASSERT_EQ(bytes.front(), kGuard);
            ASSERT_EQ(bytes.back(), kGuard);
            for (std::size_t i = 0; i < size; ++i) {
                changed[i] = changed[i] || bytes[i + 1] != kGuard;
            }
        }
        EXPECT_EQ(changed, std::vector<bool>(size, true)) << "of " << size << " bytes";
    }
}

TEST_P(RandomContract, FillsMoreThanOneCallOfTheKernelGives) {
    std::vector<std::byte> bytes(1 << 20);
    random_->fill(bytes);
    std::array<std::size_t, 256> counts{};
    for (const std::byte byte : bytes) {
        ++counts[std::to_integer<std::size_t>(byte)];
    }
    for (const std::size_t count : counts) {
        // 4096 are expected of each value; 64 is the standard deviation.
        EXPECT_NEAR(static_cast<double>(count), 4096.0, 8 * 64.0);
    }
}

TEST_P(RandomContract, GivesNoNameTwiceToAnyThread) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kNames = 1000;
    std::array<std::vector<Name>, kThreads> names;
    {
        std::vector<std::jthread> threads;
        for (auto& own : names) {
            threads.emplace_back([this, &own] {
                for (std::size_t i = 0; i < kNames; ++i) {
                    own.push_back(name());
                }
            });
        }
    }
    std::set<Name> distinct;
    for (const auto& own : names) {
        distinct.insert(own.begin(), own.end());
    }
    EXPECT_EQ(distinct.size(), kThreads * kNames);
}

INSTANTIATE_TEST_SUITE_P(
    Adapters, RandomContract,
    testing::Values(RandomAdapter{"system", [] { return std::make_unique<SystemRandom>(); }},
                    RandomAdapter{"seeded",
                                  [] { return std::make_unique<SeededRandom>(20261122); }}),
    [](const auto& test) { return test.param.name; });

TEST(SeededRandom, RepeatsItselfForOneSeedOnly) {
    Name first{};
    Name again{};
    Name other{};
    SeededRandom(7).fill(first);
    SeededRandom(7).fill(again);
    SeededRandom(8).fill(other);
    EXPECT_EQ(first, again);
    EXPECT_NE(first, other);
}

}  // namespace
}  // namespace slipway::contract

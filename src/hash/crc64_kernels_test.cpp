#include "hash/crc64_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hash/crc64_polynomial.hpp"
#include "hash/random_bytes_for_test.hpp"

namespace slipway::hash {
namespace {

constexpr std::uint64_t kInverted = ~std::uint64_t{0};

// The definition, bit by bit, and independent of crc64_polynomial.hpp.
std::uint64_t reference(std::uint64_t state, std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) {
        state ^= std::to_integer<std::uint64_t>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            const bool carry = (state & 1U) != 0;
            state >>= 1U;
            if (carry) {
                state ^= 0x9A6C9329AC4BC9B5;
            }
        }
    }
    return state;
}

class Crc64PathTest : public testing::TestWithParam<Crc64Path> {
 protected:
    std::uint64_t run(std::uint64_t state, std::span<const std::byte> bytes) {
        return GetParam().kernel(state, bytes);
    }
    RandomBytes random_;
};

TEST_P(Crc64PathTest, GivesTheCheckValue) {
    EXPECT_EQ(~run(kInverted, bytes_of("123456789")), 0xAE8B14860A799888);
    EXPECT_EQ(~run(kInverted, {}), 0U);
}

// NVM Command Set Specification, figure "64b CRC Test Cases": 4096 bytes each.
TEST_P(Crc64PathTest, GivesTheValuesOfTheSpecification) {
    std::vector<std::byte> block(4096, std::byte{0});
    EXPECT_EQ(~run(kInverted, block), 0x6482D367EB22B64E);
    std::ranges::fill(block, std::byte{0xff});
    EXPECT_EQ(~run(kInverted, block), 0xC0DDBA7302ECA3AC);
    for (std::size_t i = 0; i < block.size(); ++i) {
        block[i] = static_cast<std::byte>(i & 0xffU);
    }
    EXPECT_EQ(~run(kInverted, block), 0x3E729F5F6750449C);
}

TEST_P(Crc64PathTest, AgreesWithTheDefinitionAtEveryLength) {
    const auto bytes = random_.bytes(600);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const auto input = std::span(bytes).first(size);
        const std::uint64_t state = random_.below(SIZE_MAX);
        ASSERT_EQ(run(state, input), reference(state, input)) << size;
    }
}

TEST_P(Crc64PathTest, AgreesWithTheDefinitionAtEveryAlignment) {
    const auto bytes = random_.bytes(3000);
    for (std::size_t start = 0; start < 64; ++start) {
        const auto input = std::span(bytes).subspan(start, 1024 + random_.below(1024));
        ASSERT_EQ(run(kInverted, input), reference(kInverted, input)) << start;
    }
}

TEST_P(Crc64PathTest, DoesNotDependOnHowItIsSplit) {
    const auto bytes = random_.bytes(100000);
    const std::uint64_t whole = reference(kInverted, bytes);
    for (int round = 0; round < 50; ++round) {
        std::uint64_t state = kInverted;
        for (const auto piece : random_.split(bytes)) {
            state = run(state, piece);
        }
        ASSERT_EQ(state, whole);
    }
}

INSTANTIATE_TEST_SUITE_P(Paths, Crc64PathTest,
                         testing::ValuesIn(crc64_paths().begin(), crc64_paths().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Crc64Paths, EndWithTheOneThatRunsEverywhere) {
    ASSERT_FALSE(crc64_paths().empty());
    EXPECT_EQ(crc64_paths().back().name, "table");
}

// Which paths a machine tests must be seen in its log, not guessed.
TEST(Crc64Paths, AreReported) {
    for (const Crc64Path& path : crc64_paths()) {
        std::cout << "crc64 path: " << path.name << '\n';
    }
}

TEST(Crc64Polynomial, ObeysTheLawsOfARing) {
    RandomBytes random;
    for (int round = 0; round < 1000; ++round) {
        const std::uint64_t a = random.below(SIZE_MAX);
        const std::uint64_t b = random.below(SIZE_MAX);
        const std::uint64_t c = random.below(SIZE_MAX);
        ASSERT_EQ(multiply_polynomials(a, kPolynomialOne), a);
        ASSERT_EQ(multiply_polynomials(a, b), multiply_polynomials(b, a));
        ASSERT_EQ(multiply_polynomials(a, b ^ c),
                  multiply_polynomials(a, b) ^ multiply_polynomials(a, c));
        const std::size_t m = random.below(1U << 30U);
        const std::size_t n = random.below(1U << 30U);
        ASSERT_EQ(multiply_polynomials(power_of_x(m), power_of_x(n)), power_of_x(m + n));
        ASSERT_EQ(power_of_x(m, 3), power_of_x(8 * m));
    }
    EXPECT_EQ(power_of_x(0), kPolynomialOne);
    EXPECT_EQ(power_of_x(1), times_x(kPolynomialOne));
    EXPECT_EQ(power_of_x(64), kCrc64Polynomial);
}

}  // namespace
}  // namespace slipway::hash

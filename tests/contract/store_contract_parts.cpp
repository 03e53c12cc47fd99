// What the contract of ports::Store says of bytes: parts written and blobs read.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <thread>
#include <vector>

#include "contract/store_contract.hpp"

namespace slipway::contract {
namespace {

constexpr std::size_t kPart = 100'000;

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

TEST_P(StoreContract, KeepsWhatWasPutOutOfOrder) {
    const Bytes a = pattern(kPart, 1);
    const Bytes b = pattern(kPart, 2);
    const Bytes c = pattern(77, 3);
    ASSERT_TRUE(create(id(1), 2 * kPart + 77));
    ASSERT_TRUE(put(id(1), 2 * kPart, c));
    ASSERT_TRUE(put(id(1), 0, a));
    ASSERT_TRUE(put(id(1), kPart, b));
    ASSERT_TRUE(publish(id(1), 2 * kPart + 77));
    EXPECT_EQ(published(id(1)).value(), joined({a, b, c}));
}

TEST_P(StoreContract, AppendsTheWritesOfOneSink) {
    const Bytes a = pattern(1, 1);
    const Bytes b = pattern(4096, 2);
    const Bytes c = pattern(kPart, 3);
    const std::size_t size = a.size() + b.size() + c.size();
    ASSERT_TRUE(create(id(1), size + 5));
    auto sink = open_part(id(1), 5, size);
    ASSERT_TRUE(sink);
    ASSERT_TRUE(write(**sink, a));
    ASSERT_TRUE(write(**sink, {}));
    ASSERT_TRUE(write(**sink, b));
    ASSERT_TRUE(write(**sink, c));
    ASSERT_TRUE(commit(**sink));
    ASSERT_TRUE(publish(id(1), size + 5));
    EXPECT_EQ(published(id(1)).value(), joined({Bytes(5), a, b, c}));
}

TEST_P(StoreContract, TakesPartsInParallel) {
    constexpr std::size_t kParts = 16;
    ASSERT_TRUE(create(id(1), kParts * kPart));
    std::array<Result<>, kParts> outcomes;
    {
        std::vector<std::jthread> threads;
        for (std::size_t part = 0; part < kParts; ++part) {
            threads.emplace_back(
                [&, part] { outcomes[part] = put(id(1), part * kPart, pattern(kPart, part)); });
        }
    }
    for (const auto& outcome : outcomes) {
        EXPECT_TRUE(outcome);
    }
    ASSERT_TRUE(publish(id(1), kParts * kPart));
    const Bytes all = published(id(1)).value();
    ASSERT_EQ(all.size(), kParts * kPart);
    for (std::size_t part = 0; part < kParts; ++part) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(part * kPart);
        EXPECT_TRUE(std::ranges::equal(pattern(kPart, part), std::span(begin, kPart))) << part;
    }
}

TEST_P(StoreContract, RefusesMoreBytesThanThePartHas) {
    ASSERT_TRUE(create(id(1), 100));
    ASSERT_TRUE(put(id(1), 10, pattern(10, 9)));
    auto sink = open_part(id(1), 0, 10);
    ASSERT_TRUE(sink);
    ASSERT_TRUE(write(**sink, pattern(7, 1)));
    EXPECT_EQ(ending_of(write(**sink, pattern(4, 2))), Errc::invalid);
    ASSERT_TRUE(write(**sink, pattern(3, 3)));
    EXPECT_EQ(ending_of(write(**sink, pattern(1, 4))), Errc::invalid);
    ASSERT_TRUE(commit(**sink));
    ASSERT_TRUE(publish(id(1), 20));
    EXPECT_EQ(published(id(1)).value(), joined({pattern(7, 1), pattern(3, 3), pattern(10, 9)}));
}

TEST_P(StoreContract, RefusesPartsOutsideTheBlob) {
    ASSERT_TRUE(create(id(1), 100));
    EXPECT_EQ(ending_of(open_part(id(1), 0, 101)), Errc::invalid);
    EXPECT_EQ(ending_of(open_part(id(1), 100, 1)), Errc::invalid);
    EXPECT_EQ(ending_of(open_part(id(1), 101, 0)), Errc::invalid);
    EXPECT_EQ(ending_of(open_part(id(1), 50, ~std::uint64_t{0})), Errc::invalid);
    EXPECT_EQ(ending_of(open_part(id(1), ~std::uint64_t{0}, 50)), Errc::invalid);
    EXPECT_TRUE(open_part(id(1), 99, 1));
}

TEST_P(StoreContract, CommitsASinkOnce) {
    ASSERT_TRUE(create(id(1), 10));
    auto sink = open_part(id(1), 0, 10);
    ASSERT_TRUE(sink);
    ASSERT_TRUE(write(**sink, pattern(4, 1)));
    ASSERT_TRUE(commit(**sink));
    EXPECT_EQ(ending_of(commit(**sink)), Errc::invalid);
    EXPECT_EQ(ending_of(write(**sink, pattern(4, 1))), Errc::invalid);
}

TEST_P(StoreContract, CommitsASinkThatWroteNothing) {
    ASSERT_TRUE(create(id(1), 10));
    auto sink = open_part(id(1), 10, 0);
    ASSERT_TRUE(sink);
    EXPECT_TRUE(write(**sink, {}));
    EXPECT_TRUE(commit(**sink));
    auto idle = open_part(id(1), 0, 10);
    ASSERT_TRUE(idle);
    EXPECT_TRUE(commit(**idle));
}

TEST_P(StoreContract, AnAbandonedPartCanBeWrittenAgain) {
    ASSERT_TRUE(create(id(1), 10));
    {
        auto sink = open_part(id(1), 0, 10);
        ASSERT_TRUE(sink);
        ASSERT_TRUE(write(**sink, pattern(8, 1)));
    }
    ASSERT_TRUE(put(id(1), 0, pattern(10, 2)));
    ASSERT_TRUE(publish(id(1), 10));
    EXPECT_EQ(published(id(1)).value(), pattern(10, 2));
}

TEST_P(StoreContract, ALateSinkChangesNothingThatIsPublished) {
    ASSERT_TRUE(create(id(1), 10));
    ASSERT_TRUE(put(id(1), 0, pattern(10, 1)));
    auto late = open_part(id(1), 0, 10);
    ASSERT_TRUE(late);
    ASSERT_TRUE(publish(id(1), 10));
    // conflict; not_found where the staged blob is gone by then.
    EXPECT_FALSE(write(**late, pattern(10, 2)));
    EXPECT_FALSE(commit(**late));
    EXPECT_EQ(ending_of(open_part(id(1), 0, 10)), Errc::not_found);
    EXPECT_EQ(published(id(1)).value(), pattern(10, 1));
}

TEST_P(StoreContract, ASinkOfARemovedBlobAcknowledgesNothing) {
    ASSERT_TRUE(create(id(1), 20));
    auto writing = open_part(id(1), 0, 10);
    auto written = open_part(id(1), 10, 10);
    ASSERT_TRUE(writing && written);
    ASSERT_TRUE(write(**written, pattern(10, 2)));
    ASSERT_TRUE(remove(id(1)));
    // A blob of the same name is another blob.
    ASSERT_TRUE(create(id(1), 20));
    EXPECT_EQ(ending_of(write(**writing, pattern(10, 1))), Errc::not_found);
    EXPECT_FALSE(commit(**writing));
    EXPECT_EQ(ending_of(commit(**written)), Errc::not_found);
    ASSERT_TRUE(publish(id(1), 20));
    EXPECT_EQ(published(id(1)).value(), Bytes(20));
}

TEST_P(StoreContract, ReadsUpToTheEndAndNotBeyond) {
    const Bytes bytes = pattern(100, 1);
    ASSERT_TRUE(create(id(1), 100));
    ASSERT_TRUE(put(id(1), 0, bytes));
    ASSERT_TRUE(publish(id(1), 100));
    auto reader = open_published(id(1));
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->size(), ByteCount(100));
    EXPECT_EQ(read(**reader, 40, 10).value(), Bytes(bytes.begin() + 40, bytes.begin() + 50));
    EXPECT_EQ(read(**reader, 90, 50).value(), Bytes(bytes.begin() + 90, bytes.end()));
    EXPECT_EQ(read(**reader, 100, 10).value(), Bytes{});
    EXPECT_EQ(read(**reader, 1000, 10).value(), Bytes{});
    EXPECT_EQ(read(**reader, ~std::uint64_t{0}, 10).value(), Bytes{});
    EXPECT_EQ(read(**reader, 10, 0).value(), Bytes{});
}

TEST_P(StoreContract, ReadsInParallel) {
    const Bytes bytes = pattern(8 * kPart, 1);
    ASSERT_TRUE(create(id(1), bytes.size()));
    ASSERT_TRUE(put(id(1), 0, bytes));
    auto reader = open_staged(id(1));
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->size().value(), bytes.size());
    std::array<bool, 8> equal{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t part = 0; part < equal.size(); ++part) {
            threads.emplace_back([&, part] {
                const auto got = read(**reader, part * kPart, kPart);
                equal[part] =
                    got && std::ranges::equal(*got, std::span(bytes).subspan(part * kPart, kPart));
            });
        }
    }
    EXPECT_EQ(std::ranges::count(equal, true), std::ssize(equal));
}

}  // namespace
}  // namespace slipway::contract

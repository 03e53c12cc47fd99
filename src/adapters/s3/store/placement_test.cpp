#include "adapters/s3/store/placement.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::s3 {
namespace {

using ports::BlobLayout;
using ports::PartRegion;

constexpr Errc kNone = Errc::internal;

template <class T>
Errc code_of(const Result<T>& result) {
    return result ? kNone : result.error().code;
}

Through sample() {
    return {.part_size = 5_MiB,
            .capacity = ByteCount((12U << 20U) + 1),
            .checksum = ObjectChecksum::crc64nvme,
            .upload_id = "a:b/+="};
}

TEST(Placement, HasAFormThatStays) {
    EXPECT_EQ(format_placement(Spooled{"own"}).value(), "spool:own");
    EXPECT_EQ(format_placement(Spooled{}).value(), "spool:");
    EXPECT_EQ(format_placement(sample()).value(), "through:5242880:12582913:crc64nvme:a:b/+=");
    Through plain = sample();
    plain.checksum = ObjectChecksum::none;
    EXPECT_EQ(format_placement(plain).value(), "through:5242880:12582913:none:a:b/+=");
    plain.checksum = ObjectChecksum::part_sha256;
    EXPECT_EQ(format_placement(plain).value(), "through:5242880:12582913:sha256:a:b/+=");
    EXPECT_EQ(format_placement(Apart{64_KiB, 100_KiB, "t"}).value(), "apart:65536:102400:t");
    EXPECT_EQ(format_placement(Apart{std::nullopt, 0_B, "t"}).value(), "apart:0:0:t");
}

TEST(Placement, ApartLieThePartsOfTheLayoutAndNoOthers) {
    const Apart apart{10_B, 25_B, "t"};
    EXPECT_TRUE(apart.has({ByteOffset(0), 10_B}));
    EXPECT_TRUE(apart.has({ByteOffset(20), 5_B}));
    for (const PartRegion& none :
         {PartRegion{ByteOffset(0), 9_B}, PartRegion{ByteOffset(1), 10_B},
          PartRegion{ByteOffset(20), 10_B}, PartRegion{ByteOffset(30), 0_B},
          PartRegion{ByteOffset(0), 25_B}}) {
        EXPECT_FALSE(apart.has(none)) << none.offset.value() << ' ' << none.length.value();
    }
    EXPECT_TRUE(apart.has_at(PartNumber(3), ByteOffset(20)));
    EXPECT_FALSE(apart.has_at(PartNumber(2), ByteOffset(20)));
    const Apart nothing{10_B, 0_B, "t"};
    EXPECT_TRUE(nothing.has({ByteOffset(0), 0_B}));
    const Apart free{std::nullopt, 0_B, "t"};
    EXPECT_TRUE(free.has({ByteOffset(4096), 7_B}));
    EXPECT_TRUE(free.has_at(PartNumber(1), ByteOffset(4096)));
}

TEST(Placement, IsReadAsItWasWritten) {
    Through plain = sample();
    plain.checksum = ObjectChecksum::none;
    Through direct = sample();
    direct.checksum = ObjectChecksum::part_sha256;
    for (const Placement& placement : {Placement(Spooled{}), Placement(Spooled{"own"}),
                                       Placement(sample()), Placement(plain), Placement(direct)}) {
        EXPECT_EQ(parse_placement(format_placement(placement).value()).value(), placement);
    }
}

TEST(Placement, NothingElseIsRead) {
    for (const std::string_view text :
         {"spool", "Spool:", "through:", "through:1:2:crc64nvme:", "through:1:2:crc32c:id",
          "through:x:2:none:id", "through:1:-2:none:id", "through:1:2 :none:id", "through:1:2:none",
          "through:0:2:none:id", "through:99999999999999999999:2:none:id"}) {
        EXPECT_EQ(code_of(parse_placement(text)), Errc::invalid) << text;
    }
    EXPECT_EQ(parse_placement("").value(), Placement(Spooled{}));
}

TEST(Placement, KeepsWhatTheCatalogKeeps) {
    Through through = sample();
    through.upload_id.clear();
    const std::size_t rest = format_placement(through).value().size();
    through.upload_id = std::string(ports::kMaxStoreNote - rest, 'x');
    EXPECT_EQ(format_placement(through).value().size(), ports::kMaxStoreNote);
    through.upload_id += 'x';
    EXPECT_EQ(code_of(format_placement(through)), Errc::unsupported);
    through.upload_id = "\xc3\xa4";
    EXPECT_EQ(code_of(format_placement(through)), Errc::unsupported);
    through.upload_id = "a\nb";
    EXPECT_EQ(code_of(format_placement(through)), Errc::unsupported);
}

TEST(Placement, KnowsItsParts) {
    const Through through = sample();
    const auto part_at = [&](std::uint64_t offset, std::uint64_t length) {
        return through.part_of({ByteOffset(offset), ByteCount(length)});
    };
    constexpr std::uint64_t kPart = 5U << 20U;
    EXPECT_EQ(part_at(0, kPart), PartNumber(1));
    EXPECT_EQ(part_at(kPart, kPart), PartNumber(2));
    EXPECT_EQ(part_at(2 * kPart, (2U << 20U) + 1), PartNumber(3));
    EXPECT_EQ(part_at(0, kPart - 1), std::nullopt);
    EXPECT_EQ(part_at(0, kPart + 1), std::nullopt);
    EXPECT_EQ(part_at(1, kPart), std::nullopt);
    EXPECT_EQ(part_at(2 * kPart, kPart), std::nullopt);
    EXPECT_EQ(part_at(2 * kPart, 0), std::nullopt);
    EXPECT_EQ(part_at(3 * kPart, 1), std::nullopt);
    EXPECT_EQ(part_at(~std::uint64_t{0}, kPart), std::nullopt);
}

TEST(Placement, ABlobGoesThroughWhereEveryStoreTakesItsParts) {
    const auto goes = [](ByteCount capacity, std::optional<ByteCount> part_size,
                         bool read_staged = false) {
        return goes_through({capacity, part_size, read_staged}, Sizes{});
    };
    EXPECT_TRUE(goes(5_MiB, 5_MiB));
    EXPECT_TRUE(goes(50_MiB, 5_MiB));
    EXPECT_TRUE(goes(6_MiB, 8_MiB));
    EXPECT_TRUE(goes(ByteCount((5ULL << 20U) * 10'000), 5_MiB));
    EXPECT_TRUE(goes(20_GiB, 5_GiB));
    EXPECT_FALSE(goes(ByteCount((5ULL << 20U) * 10'000 + 1), 5_MiB));
    EXPECT_FALSE(goes(50_MiB, ByteCount((5U << 20U) - 1)));
    EXPECT_FALSE(goes(20_GiB, 5_GiB + 1_B));
    EXPECT_FALSE(goes(5_MiB - 1_B, 8_MiB));
    EXPECT_FALSE(goes(50_MiB, std::nullopt));
    EXPECT_FALSE(goes(50_MiB, 5_MiB, true));
    EXPECT_FALSE(goes(50_MiB, 0_B));
}

TEST(Placement, ABlobIsSentDirectlyWhereTheStoreTakesItsParts) {
    const auto goes = [](ByteCount capacity, std::optional<ByteCount> part_size,
                         bool read_staged = false) {
        return !why_not_direct({capacity, part_size, read_staged}, Sizes{});
    };
    EXPECT_TRUE(goes(50_MiB, 5_MiB));
    EXPECT_TRUE(goes(1_B, 1_B)) << "an only part has any size";
    EXPECT_TRUE(goes(1_B, 8_MiB));
    EXPECT_TRUE(goes(ByteCount((5ULL << 20U) * 10'000), 5_MiB));
    EXPECT_TRUE(goes(20_GiB, 5_GiB));
    EXPECT_FALSE(goes(ByteCount((5ULL << 20U) * 10'000 + 1), 5_MiB));
    EXPECT_FALSE(goes(2_B, 1_B));
    EXPECT_FALSE(goes(50_MiB, ByteCount((5U << 20U) - 1)));
    EXPECT_FALSE(goes(20_GiB, 5_GiB + 1_B));
    EXPECT_FALSE(goes(0_B, 8_MiB));
    EXPECT_FALSE(goes(50_MiB, std::nullopt));
    EXPECT_FALSE(goes(50_MiB, 5_MiB, true));
}

}  // namespace
}  // namespace slipway::adapters::s3

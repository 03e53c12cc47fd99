#include "api/part_urls.hpp"

#include <gtest/gtest.h>

#include <random>

#include "api/content_disposition.hpp"

namespace slipway::api {
namespace {

constexpr WallTime kNow = from_unix_millis(1'767'225'600'000);

PartUrls urls(std::string public_url = {}) {
    return PartUrls(engine::PartSigner(engine::SigningKey{"k1", {std::byte{7}}}),
                    {.public_url = std::move(public_url), .lifetime = std::chrono::hours(1)});
}

core::Upload upload(std::optional<ByteCount> size = 20_KiB) {
    core::Upload made;
    made.id = *UploadId::parse("00112233445566778899aabbccddeeff");
    made.plan = {5, 4_KiB, size};
    made.expires_at = kNow + std::chrono::hours(24);
    return made;
}

http::RequestHead request(const std::string& url, const std::string& host = "h:1",
                          http::Method method = http::Method::put) {
    http::RequestHead head;
    head.method = method;
    head.host = host;
    const auto path = url.find('/', url.find("://") + 3);
    if (const auto target = http::parse_target(url.substr(path))) {
        head.target = *target;
    }
    return head;
}

TEST(PartUrls, WhatIsMadeIsVerified) {
    for (const auto& size : {std::optional(20_KiB), std::optional<ByteCount>()}) {
        for (std::uint32_t n = 1; n <= 5; ++n) {
            const auto url = urls().make(upload(size), PartNumber(n), "h:1", kNow);
            const auto grant = urls().verify(request(url.url), kNow);
            ASSERT_TRUE(grant) << url.url;
            EXPECT_EQ(grant->number(), PartNumber(n));
            EXPECT_EQ(grant->length(), core::length_of(upload(size).plan, PartNumber(n)));
        }
    }
}

TEST(PartUrls, PartsOfFreeSizesHaveAtLeastOneByte) {
    auto free = upload(std::nullopt);
    free.plan = {0, 4_KiB, std::nullopt, core::PartSizes::free};
    for (const std::uint32_t n : {1U, 2U, 10'000U}) {
        const auto url = urls().make(free, PartNumber(n), "h:1", kNow).url;
        const auto grant = urls().verify(request(url), kNow);
        ASSERT_TRUE(grant) << url;
        EXPECT_EQ(grant->length(), (core::PartLength{1_B, 4_KiB}));
    }
    const auto url = urls().make(free, PartNumber(1), "h:1", kNow).url;
    const auto at = url.find("len=1-4096");
    ASSERT_NE(at, std::string::npos) << url;
    for (const auto* other : {"len=4096", "len=4096-", "len=0-4096", "len=1-4097", "len=1-",
                              "len=-4096", "len=1--4096", "len=01-4096", "len=1-04096", "len=-"}) {
        std::string changed = url;
        EXPECT_FALSE(urls().verify(request(changed.replace(at, 10, other)), kNow)) << other;
    }
}

TEST(PartUrls, AnotherHostMethodOrTimeIsDenied) {
    const auto url = urls().make(upload(), PartNumber(1), "h:1", kNow).url;
    EXPECT_EQ(urls().verify(request(url, "h:2"), kNow).error(), engine::Denial::invalid_signature);
    EXPECT_EQ(urls().verify(request(url, "h:1", http::Method::get), kNow).error(),
              engine::Denial::invalid_signature);
    EXPECT_EQ(urls().verify(request(url), kNow + std::chrono::hours(1)).error(),
              engine::Denial::expired);
}

TEST(PartUrls, APublicUrlIsWhatIsSigned) {
    const auto url =
        urls("https://up.example.org").make(upload(), PartNumber(1), "inner:1", kNow).url;
    EXPECT_TRUE(url.starts_with("https://up.example.org/upload/"));
    EXPECT_TRUE(urls("https://up.example.org").verify(request(url, "other:2"), kNow));
    EXPECT_FALSE(urls().verify(request(url, "other:2"), kNow));
}

TEST(PartUrls, NoUrlOutlivesItsUpload) {
    auto late = upload();
    late.expires_at = kNow + std::chrono::minutes(5);
    EXPECT_EQ(urls().make(late, PartNumber(1), "h:1", kNow).expires_at, late.expires_at);
}

TEST(PartUrls, OtherShapesOfTheSameClaimsAreDenied) {
    const auto url = urls().make(upload(), PartNumber(1), "h:1", kNow).url;
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string changed = url;
        return changed.replace(changed.find(from), from.size(), to);
    };
    for (const std::string& changed :
         {url + "&x=1", url + "&v=1", replaced("v=1&", ""), replaced("v=1", "v=2"),
          replaced("epoch=1", "epoch=01"), replaced("len=4096", "len=04096"),
          replaced("len=4096", "len=4096-"), replaced("/part/1", "/part/01"),
          replaced("epoch=1", "epoch=+1"), replaced("&sig=", "&sig=%20"),
          replaced("kid=k1", "kid=")}) {
        EXPECT_FALSE(urls().verify(request(changed), kNow)) << changed;
    }
}

// The whole URL, one byte changed at a time, at random: none may be accepted.
TEST(PartUrls, NoChangedByteIsAccepted) {
    const auto url = urls().make(upload(), PartNumber(1), "h:1", kNow).url;
    const std::size_t begin = url.find('/', url.find("://") + 3);
    std::mt19937 random(20261122);
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string changed = url;
        const std::size_t at = begin + random() % (url.size() - begin);
        const char byte = static_cast<char>('!' + random() % 94);
        if (changed[at] == byte) {
            continue;
        }
        changed[at] = byte;
        accepted += urls().verify(request(changed), kNow) ? 1 : 0;
    }
    EXPECT_EQ(accepted, 0);
}

// One field of a verified request becomes another: by a changed, added or lost character, by a
// number beside it, or by what stands in another valid URL.
class Mutator {
 public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }

    std::string changed(std::string text) {
        constexpr std::string_view kAlphabet =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.~ %+=/\n";
        const char c = kAlphabet[below(kAlphabet.size())];
        const std::size_t at = below(text.size() + 1);
        switch (below(4)) {
            case 0:
                return text.insert(at, 1, c);
            case 1:
                return text.empty() ? std::string(1, c) : text.erase(below(text.size()), 1);
            case 2:
                return std::to_string(random_() >> below(32));
            default:
                if (text.empty()) {
                    return std::string(1, c);
                }
                text[below(text.size())] = c;
                return text;
        }
    }

 private:
    std::mt19937 random_;
};

TEST(PartUrls, NoneOfAMillionRequestsWithOneOtherFieldIsAccepted) {
    const PartUrls signer = urls();
    std::vector<http::RequestHead> good;
    for (std::uint32_t n = 1; n <= 5; ++n) {
        auto other = upload(n == 5 ? std::optional<ByteCount>() : 20_KiB);
        other.epoch = n;
        good.push_back(request(signer.make(other, PartNumber(n), "h:1", kNow).url));
        ASSERT_TRUE(signer.verify(good.back(), kNow));
    }
    Mutator mutator(20261125);
    int accepted = 0;
    int changed = 0;
    std::vector<http::RequestHead> heads = good;
    while (changed < 1'000'000) {
        const std::size_t which = mutator.below(good.size());
        const http::RequestHead& from = good[which];
        // One copy for all: what was changed is put back.
        http::RequestHead& head = heads[which];
        const std::size_t field = mutator.below(10);
        if (field < 6) {
            std::string& value = head.target.query[field].second;
            value = mutator.below(8) == 0
                        ? good[mutator.below(good.size())].target.query[field].second
                        : mutator.changed(value);
        } else if (field == 6) {
            head.host = mutator.changed(head.host);
        } else if (field == 7) {
            head.method = static_cast<http::Method>(mutator.below(8));
        } else {
            auto& segment = head.target.segments[field == 8 ? 1 : 3];
            segment = mutator.changed(segment);
            head.target.path =
                "/upload/" + head.target.segments[1] + "/part/" + head.target.segments[3];
        }
        const bool same = head.target.query == from.target.query &&
                          head.target.path == from.target.path && head.host == from.host &&
                          head.method == from.method;
        if (!same) {
            ++changed;
            accepted += signer.verify(head, kNow) ? 1 : 0;
        }
        if (field < 6) {
            head.target.query[field] = from.target.query[field];
        } else {
            head.host = from.host;
            head.method = from.method;
            head.target.segments = from.target.segments;
            head.target.path = from.target.path;
        }
    }
    EXPECT_EQ(accepted, 0);
}

TEST(ContentDisposition, NoNameLeavesItsQuotes) {
    EXPECT_EQ(attachment_disposition("plain.txt"),
              "attachment; filename=\"plain.txt\"; filename*=UTF-8''plain.txt");
    EXPECT_EQ(attachment_disposition("a\"; x=\"b"),
              "attachment; filename=\"a_; x=_b\"; filename*=UTF-8''a%22%3B%20x%3D%22b");
    EXPECT_EQ(attachment_disposition("../ü"),
              "attachment; filename=\".._"
              "__\"; filename*=UTF-8''..%2F%C3%BC");
}

}  // namespace
}  // namespace slipway::api

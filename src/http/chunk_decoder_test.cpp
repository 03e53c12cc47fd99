#include "http/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace slipway::http {
namespace {

struct Decoded {
    std::string data;
    std::size_t used = 0;
    bool finished = false;
};

// Feeds `text` in pieces, each of which `size()` long; nothing when the framing is broken.
template <class Size>
std::optional<Decoded> decode(std::string_view text, Size size) {
    ChunkDecoder decoder;
    Decoded out;
    while (out.used < text.size() && !decoder.finished()) {
        const auto piece = text.substr(out.used, size());
        if (decoder.data_left() > 0) {
            const auto data = piece.substr(0, decoder.data_left());
            out.data += data;
            decoder.consume_data(data.size());
            out.used += data.size();
            continue;
        }
        const auto used = decoder.read_framing(piece);
        if (!used) {
            EXPECT_EQ(used.error().code, Errc::invalid);
            return std::nullopt;
        }
        out.used += *used;
    }
    out.finished = decoder.finished();
    return out;
}

std::optional<Decoded> decode_at_once(std::string_view text) {
    return decode(text, [] { return std::string_view::npos; });
}

TEST(ChunkDecoder, FindsTheDataAndTheEnd) {
    const auto decoded =
        decode_at_once("5\r\nhello\r\n00A;x=\"y\"\r\n, world, 1\r\n0\r\nT: v\r\n\r\nGET");
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(decoded->finished);
    EXPECT_EQ(decoded->data, "hello, world, 1");
    EXPECT_EQ(
        decoded->used,
        std::string_view("5\r\nhello\r\n00A;x=\"y\"\r\n, world, 1\r\n0\r\nT: v\r\n\r\n").size());
}

TEST(ChunkDecoder, DoesNotCareWhereTheStreamIsCut) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 200; ++round) {
        std::string text;
        std::string data;
        for (int chunk = 0; chunk < 5; ++chunk) {
            const std::string piece(1 + random() % 40, static_cast<char>('a' + chunk));
            char size[16];
            std::snprintf(size, sizeof size, random() % 2 == 0 ? "%zx" : "%04zX", piece.size());
            text += std::string(size) + (random() % 2 == 0 ? "" : ";e") + "\r\n" + piece + "\r\n";
            data += piece;
        }
        text += "0\r\n\r\n";
        const auto decoded = decode(text, [&] { return 1 + random() % 7; });
        ASSERT_TRUE(decoded);
        EXPECT_TRUE(decoded->finished);
        EXPECT_EQ(decoded->data, data);
    }
}

TEST(ChunkDecoder, RefusesWhatOthersReadOtherwise) {
    for (const auto* const text : {"\r\n",
                                   " 5\r\n",
                                   "5 \r\n",
                                   "+5\r\n",
                                   "-5\r\n",
                                   "0x5\r\n",
                                   "g\r\n",
                                   "5\n",
                                   "5\r\r",
                                   "5\rx",
                                   "10000000000000000\r\n",
                                   "1\r\nab",
                                   "1\r\na\n",
                                   "1\r\na\rx",
                                   "1;a\nb\r\n",
                                   "1;\x01\r\n",
                                   "0\r\n\n",
                                   "0\r\n\rx",
                                   "0\r\nT: a\n",
                                   "0\r\n folded\r\n",
                                   "0\r\nT\r\n",
                                   "0\r\nT : a\r\n",
                                   "0\r\n: a\r\n",
                                   "0\r\nT: a\r\r"}) {
        EXPECT_FALSE(decode_at_once(text)) << text;
    }
}

TEST(ChunkDecoder, BoundsExtensionsAndTrailers) {
    EXPECT_TRUE(decode_at_once("1;" + std::string(200, 'x') + "\r\n"));
    EXPECT_FALSE(decode_at_once("1;" + std::string(300, 'x') + "\r\n"));
    EXPECT_FALSE(decode_at_once(std::string(300, '0') + "1\r\n"));
    std::string trailers = "0\r\n";
    for (int i = 0; i < 3000; ++i) {
        trailers += "a:b\r\n";
    }
    EXPECT_FALSE(decode_at_once(trailers + "\r\n"));
}

}  // namespace
}  // namespace slipway::http

#include "adapters/redis/protocol/reply_parser.hpp"

#include <gtest/gtest.h>

#include "adapters/redis/protocol/request.hpp"

namespace slipway::adapters::redis {
namespace {

// Everything that stands in a text, fed in pieces of this size; the last item of a broken text is
// a Failure of our own.
std::vector<Reply> parse(std::string_view text, std::size_t piece) {
    ReplyParser parser;
    std::vector<Reply> all;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        parser.feed(text.substr(0, piece));
        for (;;) {
            auto reply = parser.next();
            if (!reply) {
                EXPECT_EQ(reply.error().code, Errc::corrupted);
                parser.feed("+OK\r\n");
                EXPECT_FALSE(parser.next()) << "what is broken stays so";
                all.push_back({Reply::Failure{"broken"}});
                return all;
            }
            if (!*reply) {
                break;
            }
            all.push_back(std::move(**reply));
        }
    }
    return all;
}

Reply array(Reply::Array items) {
    return {std::move(items)};
}

TEST(ReplyParser, ReadsEveryKindInWhateverPieces) {
    const std::string text =
        "+OK\r\n-ERR no\r\n:-42\r\n:0\r\n$3\r\na\r\n\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
        "*3\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n+y\r\n";
    const std::vector<Reply> expected = {
        {Reply::Status{"OK"}},
        {Reply::Failure{"ERR no"}},
        {std::int64_t{-42}},
        {std::int64_t{0}},
        {std::string("a\r\n")},
        {std::string()},
        {Reply::Nil{}},
        {Reply::Nil{}},
        array({}),
        array(
            {{std::int64_t{1}}, array({{std::string("x")}, {Reply::Nil{}}}), {Reply::Status{"y"}}}),
    };
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        EXPECT_EQ(parse(text, piece), expected) << piece;
    }
}

TEST(ReplyParser, RefusesWhatIsNoReply) {
    const std::vector<Reply> broken = {{Reply::Failure{"broken"}}};
    for (const char* text : {"\r\n",
                             "OK\r\n",
                             "+OK\n",
                             "+O\rK\r\n",
                             ":\r\n",
                             ":+1\r\n",
                             ":01\r\n",
                             ":-0\r\n",
                             ": 1\r\n",
                             ":1 \r\n",
                             ":9223372036854775808\r\n",
                             "$\r\n",
                             "$-2\r\n",
                             "$1\r\nab\r\n",
                             "$1\r\na\n\r",
                             "*-2\r\n",
                             "*x\r\n",
                             "!1\r\n",
                             "$67108865\r\n",
                             "*1048577\r\n",
                             "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"}) {
        EXPECT_EQ(parse(text, 1), broken) << text;
        EXPECT_EQ(parse(text, 1000), broken) << text;
    }
}

TEST(ReplyParser, HasRoomUpToItsBounds) {
    const std::string line = "+" + std::string(ReplyParser::kMaxLine - 2, 'a') + "\r\n";
    EXPECT_TRUE(parse(line, 4096).front().status());
    EXPECT_TRUE(parse("+" + std::string(ReplyParser::kMaxLine, 'a'), 4096).front().failure());
    EXPECT_EQ(parse("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", 1000).size(), 1U);
    ReplyParser parser;
    parser.feed("$67108864\r\n");
    EXPECT_TRUE(parser.next());
    ReplyParser items;
    items.feed("*1048576\r\n");
    EXPECT_TRUE(items.next());
}

TEST(WriteRequest, CountsItsWordsAndTheirBytes) {
    EXPECT_EQ(write_request({"SET", "a\r\n", ""}), "*3\r\n$3\r\nSET\r\n$3\r\na\r\n\r\n$0\r\n\r\n");
}

}  // namespace
}  // namespace slipway::adapters::redis

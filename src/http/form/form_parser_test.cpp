#include "http/form/form_parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace slipway::http {
namespace {

// What came of a form, in one text: fields as "name=value", files as "field<name|type>bytes", each
// with a semicolon; a fault as "!reason" at the end.
class Transcript {
 public:
    Transcript(std::string_view boundary, FormLimits limits) : parser_(boundary, limits) {}

    // Says whether the form can go on.
    bool feed(std::string_view piece) {
        // A copy of exactly this size: what is read outside of it is found by the sanitizers.
        const std::vector<char> bytes(piece.begin(), piece.end());
        parser_.feed(std::as_bytes(std::span(bytes)));
        while (true) {
            const auto event = parser_.next();
            if (!event) {
                text += "!" + event.error().reason;
                return false;
            }
            if (std::holds_alternative<FormNeedsMore>(*event)) {
                return true;
            }
            std::visit([this](const auto& value) { note(value); }, *event);
        }
    }
    void finish() {
        if (const auto finished = parser_.finish(); !finished) {
            text += "!" + finished.error().reason;
        }
    }

    std::string text;

 private:
    void note(const FormNeedsMore&) {}
    void note(const FormField& field) { text += field.name + "=" + field.value + ";"; }
    void note(const FormFile& file) {
        text += file.field + "<" + file.name + "|" + file.content_type + ">";
    }
    void note(const FormBytes& bytes) {
        EXPECT_FALSE(bytes.bytes.empty());
        text.append(reinterpret_cast<const char*>(bytes.bytes.data()), bytes.bytes.size());
    }
    void note(const FormFileEnd&) { text += ";"; }

    FormParser parser_;
};

constexpr std::string_view kBoundary = "xYz";

std::string read_in_pieces(std::string_view body, const std::vector<std::size_t>& sizes,
                           FormLimits limits = {}, std::string_view boundary = kBoundary) {
    Transcript transcript(boundary, limits);
    for (const std::size_t size : sizes) {
        const std::size_t count = std::min(size, body.size());
        if (!transcript.feed(body.substr(0, count))) {
            return transcript.text;
        }
        body.remove_prefix(count);
    }
    if (!body.empty() && !transcript.feed(body)) {
        return transcript.text;
    }
    transcript.finish();
    return transcript.text;
}

std::string read(std::string_view body, FormLimits limits = {}) {
    return read_in_pieces(body, {}, limits);
}

std::string part(std::string_view head, std::string_view content) {
    return "--xYz\r\n" + std::string(head) + "\r\n\r\n" + std::string(content) + "\r\n";
}
std::string field(std::string_view name, std::string_view value) {
    return part("Content-Disposition: form-data; name=\"" + std::string(name) + "\"", value);
}
std::string file(std::string_view name, std::string_view content,
                 std::string_view type = "text/plain") {
    return part("Content-Disposition: form-data; name=\"upload\"; filename=\"" + std::string(name) +
                    "\"\r\nContent-Type: " + std::string(type),
                content);
}
const std::string kEnd = "--xYz--\r\n";

TEST(FormParser, FieldsAndFilesComeInTheirOrder) {
    EXPECT_EQ(read(field("a", "1") + file("x.txt", "bytes") + field("b", "") + kEnd),
              "a=1;upload<x.txt|text/plain>bytes;b=;");
    EXPECT_EQ(read(file("1", "a") + file("2", "") + kEnd),
              "upload<1|text/plain>a;upload<2|text/plain>;");
    EXPECT_EQ(read(kEnd), "");
    EXPECT_EQ(read("--xYz--"), "");
    EXPECT_EQ(read(file("", "", "application/octet-stream") + kEnd),
              "upload<|application/octet-stream>;");
}

TEST(FormParser, WhatLooksLikeADelimiterIsData) {
    for (const std::string_view content :
         {"\r\n--xY", "\r\n--xYZ\r\n", "--xYz", "a--xYz--", "\r\n\r\n--\r\n", "\r\r\n-", "\r\n",
          "\r", "\n--xYz\n", "\r\n-\r\n--x\r\n--xY\r\n--xYy", "\r\r\r\r",
          "\r\n--\r\n--xY\r\n-xYz"}) {
        // At the beginning of a line the whole delimiter is one.
        const std::string prefix = content.starts_with("--") ? "." : "";
        const std::string sent = prefix + std::string(content);
        EXPECT_EQ(read(file("f", sent) + kEnd), "upload<f|text/plain>" + sent + ";");
        EXPECT_EQ(read(field("f", sent) + kEnd), "f=" + sent + ";");
    }
}

TEST(FormParser, APartWithoutContentMayLeaveOutItsEmptyLine) {
    const std::string head =
        "--xYz\r\nContent-Disposition: form-data; name=\"upload\"; filename=\"f\"";
    EXPECT_EQ(read(head + "\r\n\r\n" + kEnd), "upload<f|>;");
    EXPECT_EQ(read(head + "\r\n\r\n\r\n" + kEnd), "upload<f|>;");
    EXPECT_EQ(read(head + "\r\n\r\n\r\n\r\n" + kEnd), "upload<f|>\r\n;");
    EXPECT_EQ(read(head + "\r\n\r\n--xY\r\n" + kEnd), "upload<f|>--xY;");
}

TEST(FormParser, WhatStandsOutsideIsPassedOver) {
    const std::string form = field("a", "1") + kEnd;
    EXPECT_EQ(read("preamble\r\n" + form), "a=1;");
    EXPECT_EQ(read("\r\n" + form), "a=1;");
    EXPECT_EQ(read("x--xYz\r\n\r\n" + form), "a=1;");
    EXPECT_EQ(read(form + "epilogue --xYz\r\n--xYz\r\n"), "a=1;");
    EXPECT_EQ(read("--xYz \t \r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xYz--  \r\n"),
              "a=1;");
}

const std::string kRichForm =
    "pre\r\n" + field("first", "v\r\n--xY\r\n") +
    file("a \\\"q\\\" %22 \xf0\x9f\x98\x80.txt", "\r\n--x\r\r\n--xYy") + file("empty", "") +
    part("Content-Disposition: form-data; name=last\r\nX-Other: 1", "\r") + kEnd + "post";
const std::string kRichText =
    "first=v\r\n--xY\r\n;upload<a \"q\" \" \xf0\x9f\x98\x80.txt|text/plain>\r\n--x\r\r\n--xYy;"
    "upload<empty|text/plain>;last=\r;";

TEST(FormParser, EverySplitGivesTheSame) {
    ASSERT_EQ(read(kRichForm), kRichText);
    for (std::size_t at = 1; at < kRichForm.size(); ++at) {
        EXPECT_EQ(read_in_pieces(kRichForm, {at}), kRichText) << at;
    }
    for (std::size_t at = 1; at < kRichForm.size(); ++at) {
        EXPECT_EQ(read_in_pieces(kRichForm, {at, 1}), kRichText) << at;
        EXPECT_EQ(read_in_pieces(kRichForm, {at, 2}), kRichText) << at;
    }
    EXPECT_EQ(read_in_pieces(kRichForm, std::vector<std::size_t>(kRichForm.size(), 1)), kRichText);
}

// Cut short anywhere it is a fault, but for the end of what is passed over.
TEST(FormParser, EveryPrefixIsAFault) {
    const std::string form = field("a", "1") + file("x", "bytes") + kEnd;
    for (std::size_t size = 0; size + 2 < form.size(); ++size) {
        EXPECT_TRUE(read(form.substr(0, size)).ends_with("!the body ends within the form")) << size;
    }
    EXPECT_FALSE(read(form.substr(0, form.size() - 2)).contains('!'));
    EXPECT_TRUE(read(form.substr(0, form.size() - 1)).ends_with('m'));
}

// Random content out of what delimiters are made of, cut at random places.
TEST(FormParser, RandomFormsAtRandomSplits) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (int round = 0; round < 2000; ++round) {
        std::string body;
        std::string expected;
        for (std::size_t parts = below(5); parts > 0; --parts) {
            std::string content;
            for (std::size_t pieces = below(12); pieces > 0; --pieces) {
                constexpr std::array<std::string_view, 9> kPieces = {
                    "\r", "\n", "--", "xYz", "xY", "-", "\r\n--xY", "data", "\r\n-"};
                content += kPieces[below(kPieces.size())];
            }
            const bool has_delimiter = ("\r\n" + content + "\r\n").contains("\r\n--xYz");
            if (has_delimiter) {
                continue;
            }
            const bool as_file = below(2) == 0;
            body += as_file ? file("n", content) : field("n", content);
            expected += as_file ? "upload<n|text/plain>" + content + ";" : "n=" + content + ";";
        }
        body += kEnd;
        std::vector<std::size_t> sizes;
        for (std::size_t sum = 0; sum < body.size(); sum += sizes.back()) {
            sizes.push_back(1 + below(below(2) == 0 ? 4 : 40));
        }
        ASSERT_EQ(read_in_pieces(body, sizes), expected) << ::testing::PrintToString(body);
    }
}

TEST(FormParser, TheLongestBoundary) {
    const std::string boundary = std::string(69, '-') + "b";
    const std::string body =
        "--" + boundary + "\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n" +
        std::string(100, '-') + "\r\n" + std::string(71, '-') + "\r\n--" + boundary + "--";
    for (std::size_t at = 1; at < body.size(); ++at) {
        EXPECT_EQ(read_in_pieces(body, {at}, {}, boundary),
                  "a<b|>" + std::string(100, '-') + "\r\n" + std::string(71, '-') + ";");
    }
}

TEST(FormParser, BrokenForms) {
    const std::string ok = field("a", "1");
    for (const std::string& body : std::vector<std::string>{
             "--xYz\n\r\n" + kEnd,
             "--xYzz\r\n" + ok + kEnd,
             "--xYz-\r\n" + ok + kEnd,
             "--xYz\r" + ok + kEnd,
             "--xYz --\r\n",
             ok + "--xYz--x",
             ok + "--xYz--\rx",
             file("f", "a\r\n--xYzz\r\nb") + kEnd,
         }) {
        EXPECT_TRUE(read(body).ends_with("!a delimiter that something follows in its line"))
            << ::testing::PrintToString(body) << " " << read(body);
    }
    // At the beginning of a file it is a delimiter, too, and a head follows.
    EXPECT_EQ(read(file("f", "--xYz") + kEnd),
              "upload<f|text/plain>;!the body ends within the form");
    EXPECT_EQ(read(part("Content-Disposition: form-data; name=a", "\xff") + kEnd),
              "!a field that is not UTF-8");
}

TEST(FormParser, AFaultIsFinal) {
    FormParser parser(kBoundary);
    const std::string broken = "--xYz!";
    parser.feed(std::as_bytes(std::span(broken)));
    const auto first = parser.next();
    ASSERT_FALSE(first);
    parser.feed(std::as_bytes(std::span(kEnd)));
    EXPECT_EQ(parser.next().error(), first.error());
    EXPECT_EQ(parser.finish().error(), first.error());
}

TEST(FormParser, LimitsHoldAtTheirEdges) {
    const FormLimits limits{.parts = 3,
                            .head = 60,
                            .head_fields = 2,
                            .field = 10,
                            .fields = 15,
                            .outside = 9,
                            .padding = 2};
    const std::string a = field("a", "1");
    EXPECT_EQ(read(a + a + a + kEnd, limits), "a=1;a=1;a=1;");
    EXPECT_EQ(read(a + a + a + a + kEnd, limits), "a=1;a=1;a=1;!more than 3 parts");
    const std::string head = "Content-Disposition: form-data; name=a";
    EXPECT_EQ(read(part(head + "\r\nX:" + std::string(14, 'x'), "1") + kEnd, limits), "a=1;");
    EXPECT_EQ(read(part(head + "\r\nX:" + std::string(15, 'x'), "1") + kEnd, limits),
              "!a part's head of more than 60 bytes");
    EXPECT_EQ(read(part(head + "\r\nX:1\r\nY:2", "1") + kEnd, limits),
              "!a part with more than 2 header fields");
    EXPECT_EQ(read(field("a", "0123456789") + field("b", "01234") + kEnd, limits),
              "a=0123456789;b=01234;");
    EXPECT_EQ(read(field("a", "0123456789x") + kEnd, limits), "!a field of more than 10 bytes");
    EXPECT_EQ(read(field("a", "0123456789") + field("b", "012345") + kEnd, limits),
              "a=0123456789;!fields of more than 15 bytes together");
    EXPECT_EQ(read("1234567\r\n" + a + kEnd, limits).back(), ';');
    EXPECT_EQ(read("1234567890\r\n" + a + kEnd, limits), "!too much in front of the first part");
    EXPECT_EQ(read(a + kEnd + "123456789", limits), "a=1;");
    EXPECT_EQ(read(a + kEnd + "1234567890", limits), "a=1;!too much behind the last part");
    EXPECT_EQ(read("--xYz  --", limits).substr(0, 12), "!a delimiter");
    EXPECT_EQ(read("--xYz--  ", limits), "");
    EXPECT_EQ(read("--xYz--   ", limits), "!too much white space behind a delimiter");
    // Files have no limit here.
    EXPECT_EQ(read(file("f", std::string(5000, 'x')) + kEnd, {.field = 10, .fields = 10}).size(),
              5021U);
}

}  // namespace
}  // namespace slipway::http

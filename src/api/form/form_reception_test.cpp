#include "api/form/form_reception.hpp"

#include <gtest/gtest.h>

#include "support/engine_rig.hpp"

namespace slipway::api::form {
namespace {

using testing::EngineRig;

// A body that is there already, handed out in pieces, and may break off.
class TextBody final : public http::RequestBody {
 public:
    TextBody(std::string text, std::size_t piece, bool chunked)
        : text_(std::move(text)), piece_(piece), chunked_(chunked) {}

    std::optional<ByteCount> length() const override {
        return chunked_ ? std::nullopt : std::optional(ByteCount(text_.size()));
    }
    Task<Result<http::BodyChunk>> next() override {
        if (breaks_at && at_ >= *breaks_at) {
            co_return failure(breaks_with, "the body broke");
        }
        const std::size_t count = std::min(piece_, text_.size() - at_);
        http::BodyChunk chunk;
        chunk.bytes = std::as_bytes(std::span(text_)).subspan(at_, count);
        at_ += count;
        co_return std::move(chunk);
    }
    Task<Result<std::string>> read_all(ByteCount) override { co_return text_; }
    std::function<void()> interrupter() override {
        return [] {};
    }

    std::optional<std::size_t> breaks_at;
    Errc breaks_with = Errc::cancelled;

 private:
    std::string text_;
    std::size_t piece_;
    bool chunked_;
    std::size_t at_ = 0;
};

std::string part(const std::string& parameters, const std::string& content) {
    return "--b\r\nContent-Disposition: form-data; " + parameters + "\r\n\r\n" + content + "\r\n";
}
std::string file(const std::string& name, const std::string& content) {
    return part("name=upload; filename=\"" + name + "\"", content);
}
const std::string kEnd = "--b--\r\n";

class FormReceptionTest : public ::testing::Test {
 protected:
    using Kept = std::expected<std::vector<core::File>, FormRefusal>;

    Kept receive(const std::string& form, std::size_t piece = 1000, ByteCount most = 1_MiB,
                 bool chunked = false) {
        TextBody body(form, piece, chunked);
        return receive(body, most);
    }
    Kept receive(TextBody& body, ByteCount most = 1_MiB) {
        FormReception reception(rig_.world, EngineRig::context(), {"b", most, std::nullopt});
        return rig_.run(reception.run(body));
    }
    // "" where it was kept, the fault, or "(refused)".
    static std::string fault_of(const Kept& kept) {
        if (kept) {
            return "";
        }
        const auto* fault = std::get_if<http::FormFault>(&kept.error());
        return fault == nullptr ? "(refused)" : fault->reason;
    }
    void expect_nothing_left() {
        EXPECT_TRUE(rig_.run(rig_.memory_store.list_staged())->empty());
        EXPECT_TRUE(rig_.run(rig_.memory_store.list_published(std::nullopt, 10))->empty());
        EXPECT_TRUE(rig_.run(rig_.memory_catalog.list_all_files({}))->items.empty());
        EXPECT_EQ(rig_.metrics.parts_in_flight.load(), 0U);
    }

    EngineRig rig_;
};

TEST_F(FormReceptionTest, FilesAndFieldsAreKeptTogether) {
    const std::string large = testing::text_of_size(3 << 20, 'a');
    const std::string form = part("name=album", "2026") + file("dir/one.txt", large) +
                             part("name=other; filename=two", "2") + part("name=late", "x") + kEnd;
    for (const bool chunked : {false, true}) {
        for (const std::size_t piece : {std::size_t{999}, std::size_t{1} << 22U}) {
            const auto kept = receive(form, piece, 4_MiB, chunked);
            ASSERT_EQ(fault_of(kept), "");
            ASSERT_EQ(kept->size(), 2U);
            EXPECT_EQ(kept->front().name, "one.txt");
            EXPECT_EQ(rig_.content(kept->front().id), large);
            EXPECT_EQ(rig_.content(kept->back().id), "2");
            EXPECT_EQ(kept->back().metadata,
                      (std::map<std::string, std::string>{{"album", "2026"}, {"late", "x"}}));
            EXPECT_EQ(kept->front().metadata, kept->back().metadata);
        }
    }
}

TEST_F(FormReceptionTest, WhereNoFileWasChosenThatPartIsPassedOver) {
    EXPECT_EQ(fault_of(receive(file("", "") + file("a", "1") + file("", "") + kEnd)), "");
    EXPECT_EQ(rig_.run(rig_.memory_catalog.list_all_files({}))->items.size(), 1U);
}

TEST_F(FormReceptionTest, WhatIsWrongAnywhereLeavesNothing) {
    const std::string good = file("a", "content") + file("b", "");
    const std::string digest = std::string(64, '0');
    for (const auto& [form, reason] : std::vector<std::pair<std::string, std::string>>{
             {kEnd, "no file"},
             {file("", "") + kEnd, "no file"},
             {part("name=a", "1") + kEnd, "no file"},
             {good, "the body ends within the form"},
             {good + file("", "x") + kEnd, "a file without a name"},
             {good + file("a%0Ab", "x") + kEnd,
              "a file name that is not 1 to 255 bytes of UTF-8 without control characters"},
             {good + part("name=upload", "x") + kEnd, "a field upload that is no file"},
             {good + part("name=sha256", digest) + kEnd, "a digest that no file follows"},
             {good + part("name=sha256", digest) + file("c", "x") + kEnd, "(refused)"},
             {good + part("name=md5", digest.substr(32)) + file("c", "x") + kEnd, "(refused)"},
             {good + "--bad", "a delimiter that something follows in its line"}}) {
        for (const std::size_t piece : {1U, 1000U}) {
            EXPECT_EQ(fault_of(receive(form, piece)), reason);
            expect_nothing_left();
        }
    }
}

TEST_F(FormReceptionTest, ABodyThatBreaksOffLeavesNothing) {
    const std::string form = file("a", "content") + file("b", std::string(5000, 'x')) + kEnd;
    for (const Errc code : {Errc::cancelled, Errc::deadline_exceeded, Errc::invalid}) {
        for (std::size_t at = 0; at < form.size(); at += 100) {
            TextBody body(form, 100, at % 200 == 0);
            body.breaks_at = at;
            body.breaks_with = code;
            EXPECT_EQ(fault_of(receive(body)),
                      code == Errc::invalid ? "a body that is broken" : "(refused)");
            expect_nothing_left();
        }
    }
}

TEST_F(FormReceptionTest, TheLimitIsOfAllFilesTogether) {
    const std::string form = file("a", "12345") + file("b", "67890") + kEnd;
    for (const bool chunked : {false, true}) {
        const auto over = receive(form, 1000, 9_B, chunked);
        ASSERT_FALSE(over);
        EXPECT_EQ(std::get<engine::Refusal>(over.error()).reason, engine::Reason::body_too_large);
        expect_nothing_left();
    }
    EXPECT_EQ(fault_of(receive(form, 1000, 10_B)), "");
}

}  // namespace
}  // namespace slipway::api::form

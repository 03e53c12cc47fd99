#include "runtime/byte_channel.hpp"

#include <gtest/gtest.h>

#include <string>

#include "runtime/group.hpp"
#include "runtime/run_blocking.hpp"
#include "runtime/sleep.hpp"

namespace slipway::runtime {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

Task<void> give_all(ByteChannel& channel, std::vector<std::string> pieces) {
    for (const std::string& piece : pieces) {
        const auto given = co_await channel.give(bytes_of(piece));
        EXPECT_TRUE(given);
    }
    channel.finish();
}

Task<void> take_all(ByteChannel& channel, std::size_t size, std::string& into) {
    std::string room(size, '\0');
    for (;;) {
        const auto count = co_await channel.take(std::as_writable_bytes(std::span(room)));
        if (!count || *count == 0) {
            EXPECT_TRUE(count);
            co_return;
        }
        into.append(room, 0, *count);
    }
}

enum class First { giver, taker };

Task<std::string> hand_over(std::vector<std::string> pieces, std::size_t size, First first) {
    ByteChannel channel;
    std::string taken;
    const auto group = co_await Group::open();
    if (first == First::giver) {
        group->spawn(give_all(channel, std::move(pieces)));
        group->spawn(take_all(channel, size, taken));
    } else {
        group->spawn(take_all(channel, size, taken));
        group->spawn(give_all(channel, std::move(pieces)));
    }
    co_await group->wait();
    co_return taken;
}

TEST(ByteChannel, HandsEveryByteOverInOrder) {
    const std::vector<std::string> pieces{"abc", "", "d", "efghij"};
    for (const First first : {First::giver, First::taker}) {
        for (const std::size_t size : {1U, 2U, 3U, 100U}) {
            EXPECT_EQ(run_blocking(hand_over(pieces, size, first)), "abcdefghij") << size;
        }
    }
    EXPECT_EQ(run_blocking(hand_over({}, 10, First::taker)), "");
}

Task<void> note_when_given(ByteChannel& channel, bool& ended) {
    const std::string text = "abc";
    const auto given = co_await channel.give(bytes_of(text));
    ended = given.has_value();
}

Task<bool> giving_waits() {
    ByteChannel channel;
    bool ended = false;
    const auto group = co_await Group::open();
    group->spawn(note_when_given(channel, ended));
    std::string room(2, '\0');
    const auto first = co_await channel.take(std::as_writable_bytes(std::span(room)));
    co_await sleep_for(std::chrono::milliseconds(1));
    const bool too_early = ended;
    const auto last = co_await channel.take(std::as_writable_bytes(std::span(room)));
    co_await group->wait();
    co_return !too_early && ended && first == 2U && last == 1U;
}

TEST(ByteChannel, GivingEndsWhenEveryByteWasTaken) {
    EXPECT_TRUE(run_blocking(giving_waits()));
}

Task<void> expect_broken(Task<Result<>> call) {
    const auto ended = co_await std::move(call);
    EXPECT_EQ(ended.error().code, Errc::unavailable);
}

Task<Result<>> take_one(ByteChannel& channel) {
    std::byte room{};
    const auto count = co_await channel.take(std::span(&room, 1));
    co_return count ? Result<>() : std::unexpected(count.error());
}

Task<bool> breaks_off(First waiting) {
    static const std::string text = "abc";
    ByteChannel channel;
    const auto group = co_await Group::open();
    group->spawn(
        expect_broken(waiting == First::giver ? channel.give(bytes_of(text)) : take_one(channel)));
    co_await sleep_for(std::chrono::milliseconds(1));
    channel.break_off(Error{Errc::unavailable, "first"});
    channel.break_off(Error{Errc::corrupted, "second"});
    co_await group->wait();
    co_await expect_broken(channel.give(bytes_of(text)));
    co_await expect_broken(take_one(channel));
    co_return true;
}

TEST(ByteChannel, EndsBothSidesWithTheFirstErrorThatBrokeIt) {
    EXPECT_TRUE(run_blocking(breaks_off(First::giver)));
    EXPECT_TRUE(run_blocking(breaks_off(First::taker)));
}

}  // namespace
}  // namespace slipway::runtime

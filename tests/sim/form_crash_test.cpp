// A form on the simulated machine, which ends at each call of the disk in turn: after every loss of
// power the files of the form are there as a whole or not at all, and surely once it was answered.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/files.hpp"
#include "engine/temporary/receive_files.hpp"
#include "sim/machine.hpp"

namespace slipway::sim {
namespace {

using engine::Outcome;

// The second grows while it comes.
const std::vector<std::string> kContents{std::string(5'000, 'a'), std::string(1'100'000, 'b')};

engine::RequestContext context() {
    return {.request_id = "sim", .owner = "alice"};
}

Task<Outcome<>> receive(engine::ReceiveFiles& files, std::size_t index) {
    const std::string& content = kContents[index];
    auto done = co_await files.begin(
        {.name = std::to_string(index),
         .content_type = {},
         .stated = {},
         .id = {},
         .at_most = index == 0 ? std::optional(ByteCount(content.size())) : std::nullopt});
    if (done) {
        done = co_await files.write(std::as_bytes(std::span(content).first(1'000)));
    }
    if (done) {
        done = co_await files.write(std::as_bytes(std::span(content).subspan(1'000)));
    }
    co_return done ? co_await files.end() : done;
}

// Whether it was acknowledged.
Task<bool> send_form(engine::World& world) {
    engine::ReceiveFiles files(world, context(), 10_MiB);
    for (std::size_t index = 0; index < kContents.size(); ++index) {
        if (const auto received = co_await receive(files, index); !received) {
            co_await files.discard();
            co_return false;
        }
    }
    const auto kept = co_await files.keep({});
    if (!kept) {
        co_await files.discard();
    }
    co_return kept.has_value();
}

Task<std::string> content_of(engine::World& world, UploadId id) {
    const auto open = co_await engine::Files(world).open(context(), id);
    if (!open) {
        co_return "(not to be opened)";
    }
    std::string text(open->reader->size().value(), '\0');
    const auto got =
        co_await open->reader->read_at(ByteOffset(0), std::as_writable_bytes(std::span(text)));
    co_return got && *got == text.size() ? text : "(short)";
}

struct Ending {
    bool answered = false;
    bool reached = false;  // the fault
    std::size_t files = 0;
};

Ending play_form(DiskFault fault, PowerCut cut) {
    Machine machine({.seed = 7});
    EXPECT_TRUE(machine.start());
    machine.disk().arm(fault);
    Ending ending;
    ending.answered = machine.run(send_form(machine.world())).value_or(false);
    ending.reached = machine.disk().fired();
    machine.stop();
    machine.give_back_disk(cut);
    EXPECT_TRUE(machine.start());
    auto& world = machine.world();
    const auto files = (*machine.run(world.catalog.list_all_files({})))->items;
    ending.files = files.size();
    for (const core::File& file : files) {
        EXPECT_EQ(*machine.run(content_of(world, file.id)), kContents[std::stoul(file.name)]);
    }
    // What no record names is gone in the end.
    EXPECT_TRUE(machine.keep_up()->has_value());
    EXPECT_EQ((*machine.run(world.stores.at("local").list_published(std::nullopt, 10)))->size(),
              files.size());
    EXPECT_TRUE((*machine.run(world.stores.at("local").list_staged()))->empty());
    return ending;
}

TEST(FormCrash, LeavesTheWholeFormOrNothing) {
    std::size_t whole = 0;
    std::size_t nothing = 0;
    for (const auto kind : {FaultKind::crash_before, FaultKind::crash_after}) {
        for (const auto kept : {Kept::nothing, Kept::some, Kept::everything}) {
            bool reached = true;
            for (std::size_t at = 1; reached; ++at) {
                SCOPED_TRACE("call " + std::to_string(at));
                const auto ending = play_form({.kind = kind, .at = at}, {.kept = kept, .seed = at});
                reached = ending.reached;
                EXPECT_TRUE(ending.files == 0 || ending.files == kContents.size());
                EXPECT_TRUE(!ending.answered || ending.files == kContents.size());
                EXPECT_TRUE(reached || ending.answered);
                (ending.files == 0 ? nothing : whole) += 1;
            }
        }
    }
    EXPECT_GT(nothing, 50U);
    EXPECT_GE(whole, 6U);
}

}  // namespace
}  // namespace slipway::sim

#include "sim/random_script.hpp"

#include <array>

#include "sim/choices.hpp"
#include "sim/contents.hpp"

namespace slipway::sim {
namespace {

// Weighted: what clients do most comes most.
constexpr std::array<Op, 27> kOpBag = {
    Op::put,     Op::put,       Op::put,       Op::put,        Op::put,      Op::put,
    Op::put,     Op::put_other, Op::put_wrong, Op::put_broken, Op::create,   Op::create,
    Op::create,  Op::complete,  Op::complete,  Op::complete,   Op::complete, Op::abort,
    Op::remove,  Op::read,      Op::expire,    Op::forget,     Op::upkeep,   Op::restart,
    Op::restart, Op::restart,   Op::put_other};
constexpr std::array<Op, 7> kRacers = {Op::put,      Op::put,   Op::put,     Op::put_other,
                                       Op::complete, Op::abort, Op::complete};
// A PUT takes about so many turns of the loop.
constexpr std::uint32_t kTurns = 24;
constexpr std::array<int, 4> kErrors = {EIO, ENOSPC, EDQUOT, EINTR};
// A part costs about six calls and two writes, the other operations up to twenty calls.
constexpr std::uint32_t kCallsOfAPart = 6;
constexpr std::uint32_t kCallsOfAStep = 20;

template <class T, std::size_t N>
T one_of(const std::array<T, N>& bag, Choices& choices) {
    return bag[choices.below(N)];
}

DiskFault random_fault(Choices& choices) {
    DiskFault fault;
    fault.kind = one_of(std::array{FaultKind::crash_before, FaultKind::crash_after, FaultKind::torn,
                                   FaultKind::error, FaultKind::error, FaultKind::short_write},
                        choices);
    const bool of_write = fault.kind == FaultKind::torn || fault.kind == FaultKind::short_write;
    const std::uint32_t calls = choices.one_in(2) ? kCallsOfAPart : kCallsOfAStep;
    fault.at = 1 + choices.below(of_write ? 3 : calls);
    fault.error = one_of(kErrors, choices);
    fault.lasting = choices.one_in(3) ? Lasting::onward : Lasting::once;
    fault.prefix = static_cast<Prefix>(choices.below(4));
    if (is_crash(fault.kind)) {
        fault.lasting = Lasting::once;
    }
    return fault;
}

Restart random_restart(Choices& choices) {
    Restart restart;
    restart.power = !choices.one_in(4);
    restart.cut.kept =
        one_of(std::array{Kept::nothing, Kept::nothing, Kept::some, Kept::everything, Kept::newest},
               choices);
    restart.cut.seed = restart.cut.kept == Kept::some ? choices.next() : 0;
    if (choices.one_in(4)) {
        restart.fault = random_fault(choices);
    }
    return restart;
}

std::uint8_t random_turns(Choices& choices) {
    return choices.one_in(2) ? 0 : static_cast<std::uint8_t>(1 + choices.below(kTurns));
}

// As often on the same part as on any.
Beside random_beside(std::uint8_t part, Choices& choices) {
    Beside with{.op = one_of(kRacers, choices), .part = part};
    if (choices.one_in(2)) {
        with.part = static_cast<std::uint8_t>(1 + choices.below(kMostParts));
    }
    with.lag = random_turns(choices);
    // About when the sync of the first meets the last write of the second.
    if (choices.one_in(2)) {
        with.turns_in_sync = static_cast<std::uint8_t>(with.lag + choices.below(8));
        with.lag += 4;
    }
    return with;
}

// `uploads` were created before.
Step random_step(Choices& choices, std::uint32_t uploads) {
    Step step;
    step.op = one_of(kOpBag, choices);
    step.upload = static_cast<std::uint8_t>(choices.below(uploads));
    step.part = static_cast<std::uint8_t>(1 + choices.below(choices.one_in(4) ? kMostParts : 2));
    step.shape = static_cast<Shape>(choices.below(kShapes));
    step.restart = random_restart(choices);
    if (choices.one_in(4)) {
        step.fault = random_fault(choices);
    }
    if (choices.one_in(6) && step.op != Op::create && step.op != Op::restart) {
        step.op = one_of(kRacers, choices);
        step.with = random_beside(step.part, choices);
    }
    return step;
}

}  // namespace

Script random_script(std::uint64_t seed) {
    Choices choices(seed);
    Script script;
    script.seed = seed;
    script.features.rename_noreplace = !choices.one_in(8);
    script.features.allocate = !choices.one_in(8);
    script.features.copy_range = !choices.one_in(8);
    std::uint32_t uploads = 1;
    script.steps.push_back({.op = Op::create, .shape = static_cast<Shape>(choices.below(kShapes))});
    const std::uint32_t length = 2 + choices.below(10);
    for (std::uint32_t i = 0; i < length; ++i) {
        script.steps.push_back(random_step(choices, uploads));
        uploads += script.steps.back().op == Op::create && uploads < kMostUploads ? 1U : 0U;
    }
    return script;
}

}  // namespace slipway::sim

#include "sim/walk.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include "sim/player.hpp"

namespace slipway::sim {
namespace {

constexpr std::array<int, 4> kErrors = {EIO, ENOSPC, EDQUOT, EINTR};
constexpr std::array<Lasting, 2> kLastings = {Lasting::once, Lasting::onward};
constexpr std::array<Prefix, 4> kPrefixes = {Prefix::nothing, Prefix::sector, Prefix::half,
                                             Prefix::all_but_one};
// The seed varies with the call.
constexpr std::array<Restart, 5> kRestarts = {
    Restart{.power = false, .cut = {}, .fault = {}},
    Restart{.power = true, .cut = {.kept = Kept::nothing, .seed = 0}, .fault = {}},
    Restart{.power = true, .cut = {.kept = Kept::some, .seed = 0}, .fault = {}},
    Restart{.power = true, .cut = {.kept = Kept::everything, .seed = 0}, .fault = {}},
    Restart{.power = true, .cut = {.kept = Kept::newest, .seed = 0}, .fault = {}}};

std::vector<Step> operations() {
    return {{.op = Op::create, .upload = 1, .shape = Shape::open_ended},
            {.op = Op::put, .part = 1},
            {.op = Op::put_other, .part = 1},
            {.op = Op::put, .part = 2},
            {.op = Op::put_other, .part = 2},
            {.op = Op::complete},
            {.op = Op::abort},
            {.op = Op::remove},
            {.op = Op::expire},
            {.op = Op::read}};
}

Script prepared(Shape shape, std::vector<Step> steps) {
    Script script;
    script.steps = {{.op = Op::create, .shape = shape}, {.op = Op::put, .part = 2}};
    script.prepared = script.steps.size();
    script.steps.insert(script.steps.end(), steps.begin(), steps.end());
    return script;
}

class Walker {
 public:
    explicit Walker(const Script& script) : script_(script) {}

    WalkResult walk() {
        const auto untouched = play(script_);
        if (untouched.complaint) {
            result_.broken = script_;
            result_.complaint = *untouched.complaint;
            return std::move(result_);
        }
        result_.calls = untouched.calls;
        for (std::size_t at = 1; at <= untouched.calls; ++at) {
            walk_call(at);
        }
        for (std::size_t at = 1; at <= untouched.writes; ++at) {
            walk_write(at);
        }
        return std::move(result_);
    }

    WalkResult walk_recovery() {
        const auto untouched = play(script_);
        result_.calls = untouched.calls;
        for (std::size_t at = 1; at <= untouched.calls; ++at) {
            for (Restart restart : {kRestarts[0], kRestarts[1]}) {
                restart.fault = {.kind = FaultKind::crash_before, .at = 1};
                while (restart.fault.at <= kCallsOfRecovery &&
                       run({.kind = FaultKind::crash_after, .at = at}, restart)) {
                    const bool before = restart.fault.kind == FaultKind::crash_before;
                    restart.fault.kind = before ? FaultKind::crash_after : FaultKind::crash_before;
                    restart.fault.at += before ? 0U : 1U;
                }
            }
        }
        return std::move(result_);
    }

 private:
    // Afterwards it only lists directories.
    static constexpr std::size_t kCallsOfRecovery = 32;

    void walk_call(std::size_t at) {
        for (const int error : kErrors) {
            for (const Lasting lasting : kLastings) {
                // Where it meets the catalog's log, the process ends; the power goes with it.
                run({.kind = FaultKind::error, .at = at, .error = error, .lasting = lasting},
                    kRestarts[at % kRestarts.size()]);
            }
        }
        for (const FaultKind kind : {FaultKind::crash_before, FaultKind::crash_after}) {
            for (const Restart& restart : kRestarts) {
                run({.kind = kind, .at = at}, restart);
            }
        }
    }

    void walk_write(std::size_t at) {
        for (const Lasting lasting : kLastings) {
            run({.kind = FaultKind::short_write, .at = at, .lasting = lasting}, {});
        }
        for (const Prefix prefix : kPrefixes) {
            for (const Restart& restart : kRestarts) {
                run({.kind = FaultKind::torn, .at = at, .prefix = prefix}, restart);
            }
        }
    }

    // Whether to go on.
    bool run(const DiskFault& fault, const Restart& restart) {
        if (result_.broken) {
            return false;
        }
        Script script = script_;
        script.fault = fault;
        script.restart = restart;
        script.restart.cut.seed = restart.cut.kept == Kept::some ? fault.at : 0;
        const auto played = play(script);
        ++result_.runs;
        if (played.complaint || !played.fault_fired) {
            result_.broken = std::move(script);
            result_.complaint = played.complaint.value_or("the fault came to no effect");
        }
        return !result_.broken &&
               (restart.fault.kind == FaultKind::none || played.recovery_fault_fired);
    }

    const Script& script_;
    WalkResult result_;
};

void extend(std::vector<Script>& scripts, const std::vector<Step>& begun, std::size_t length) {
    if (!begun.empty()) {
        scripts.push_back(prepared(Shape::two_parts, begun));
    }
    if (begun.size() == length) {
        return;
    }
    for (const Step& step : operations()) {
        std::vector<Step> longer = begun;
        longer.push_back(step);
        extend(scripts, longer, length);
    }
}

}  // namespace

WalkResult walk(const Script& script) {
    return Walker(script).walk();
}

WalkResult walk_recovery(const Script& script) {
    return Walker(script).walk_recovery();
}

std::vector<Script> all_scripts(std::size_t length) {
    std::vector<Script> scripts;
    extend(scripts, {}, length);
    return scripts;
}

std::vector<Script> chosen_scripts() {
    const Step first{.op = Op::put, .part = 1};
    const Step again{.op = Op::put, .part = 2};
    const Step other{.op = Op::put_other, .part = 2};
    const Step complete{.op = Op::complete};
    const Step read{.op = Op::read};
    std::vector<Script> scripts = {
        prepared(Shape::two_parts, {first, complete, read}),
        prepared(Shape::open_ended, {first, complete, complete}),
        prepared(Shape::declared, {first, {.op = Op::put, .part = 3}, complete}),
        prepared(Shape::two_parts, {first, complete, {.op = Op::remove}}),
        prepared(Shape::two_parts, {first, {.op = Op::abort}, complete}),
        prepared(Shape::two_parts, {{.op = Op::expire}, first, {.op = Op::abort}}),
        prepared(Shape::two_parts, {again, other, first}),
        prepared(Shape::two_parts, {{.op = Op::create, .upload = 1}, first, complete}),
        prepared(Shape::two_parts, {{.op = Op::put_wrong, .part = 1},
                                    {.op = Op::put_broken, .part = 1},
                                    {.op = Op::put_other, .part = 1}}),
        prepared(Shape::two_parts, {{.op = Op::abort}, {.op = Op::forget}})};
    // Two parts at once: the second is written while the first is being synced, and later.
    for (const std::uint8_t turns : {std::uint8_t{0}, std::uint8_t{7}}) {
        const Beside second{.op = Op::put, .part = 3, .lag = 9, .turns_in_sync = turns};
        scripts.push_back(
            prepared(Shape::declared, {{.op = Op::put, .part = 1, .with = second}, complete}));
    }
    const Step third{.op = Op::put, .part = 3};
    scripts.push_back(prepared(Shape::free_sizes, {first, third, complete, read}));
    scripts.push_back(prepared(Shape::free_sizes, {first, third, complete, {.op = Op::remove}}));
    // On a file system that can neither copy, rename without replacing nor reserve.
    Script slow = prepared(Shape::free_sizes, {third, first, complete});
    slow.features = {.rename_noreplace = false, .allocate = false, .copy_range = false};
    scripts.push_back(slow);
    Script plain = prepared(Shape::open_ended, {first, complete, {.op = Op::remove}});
    plain.features = {.rename_noreplace = false, .allocate = false, .copy_range = false};
    scripts.push_back(plain);
    return scripts;
}

}  // namespace slipway::sim

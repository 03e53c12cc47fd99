#include "sim/shrink.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace slipway::sim {
namespace {

// Takes the candidate where it still fails.
bool adopt(Script& script, Script candidate, const Fails& fails) {
    if (!fails(candidate)) {
        return false;
    }
    script = std::move(candidate);
    return true;
}

bool drop_steps(Script& script, const Fails& fails) {
    bool smaller = false;
    for (std::size_t run = std::max<std::size_t>(1, script.steps.size() / 2); run > 0; run /= 2) {
        for (std::size_t at = 0; at + run <= script.steps.size();) {
            Script candidate = script;
            const auto first = candidate.steps.begin() + static_cast<std::ptrdiff_t>(at);
            candidate.steps.erase(first, first + static_cast<std::ptrdiff_t>(run));
            if (adopt(script, std::move(candidate), fails)) {
                smaller = true;
            } else {
                ++at;
            }
        }
    }
    return smaller;
}

// The same two operations, less entangled.
void add_plainer_besides(const Beside& with, const auto& add) {
    if (with.turns_in_sync != 0) {
        add([](Step& form) { form.with->turns_in_sync = 0; });
        add([](Step& form) { form.with->turns_in_sync /= 2; });
    }
    if (with.lag != 0) {
        add([](Step& form) { form.with->lag = 0; });
        add([](Step& form) { form.with->lag /= 2; });
        add([](Step& form) { --form.with->lag; });
    }
    if (with.op == Op::put_other) {
        add([](Step& form) { form.with->op = Op::put; });
    }
    if (with.part != 1) {
        add([](Step& form) { form.with->part = 1; });
    }
}

// Plainer forms of one step, the plainest first.
std::vector<Step> plainer(const Step& step) {
    std::vector<Step> forms;
    const auto add = [&](auto change) {
        Step form = step;
        change(form);
        forms.push_back(form);
    };
    if (step.fault.kind != FaultKind::none) {
        add([](Step& form) { form.fault = {}; });
    }
    if (step.with) {
        add([](Step& form) { form.with.reset(); });
        add([](Step& form) {
            form.op = form.with->op;
            form.part = form.with->part;
            form.with.reset();
        });
        add_plainer_besides(*step.with, add);
    }
    if (step.fault.lasting == Lasting::onward) {
        add([](Step& form) { form.fault.lasting = Lasting::once; });
    }
    if (step.fault.kind == FaultKind::error && step.fault.error != EIO) {
        add([](Step& form) { form.fault.error = EIO; });
    }
    if (step.fault.kind == FaultKind::torn) {
        add([](Step& form) { form.fault.kind = FaultKind::crash_after; });
    }
    for (std::size_t at = 1; at < step.fault.at; ++at) {
        add([at](Step& form) { form.fault.at = at; });
    }
    if (step.restart.fault.kind != FaultKind::none) {
        add([](Step& form) { form.restart.fault = {}; });
    }
    if (step.shape != Shape::two_parts) {
        add([](Step& form) { form.shape = Shape::two_parts; });
    }
    if (step.part != 1) {
        add([](Step& form) { form.part = 1; });
    }
    if (step.upload != 0) {
        add([](Step& form) { form.upload = 0; });
    }
    if (step.restart.power && step.restart.cut.kept != Kept::nothing) {
        add([](Step& form) { form.restart.cut = {}; });
        add([](Step& form) { form.restart.cut = {.kept = Kept::everything}; });
    }
    if (step.op == Op::put_other) {
        add([](Step& form) { form.op = Op::put; });
    }
    return forms;
}

bool simplify_steps(Script& script, const Fails& fails) {
    bool simpler = false;
    for (std::size_t at = 0; at < script.steps.size(); ++at) {
        for (const Step& form : plainer(script.steps[at])) {
            Script candidate = script;
            candidate.steps[at] = form;
            if (adopt(script, std::move(candidate), fails)) {
                simpler = true;
                break;
            }
        }
    }
    return simpler;
}

bool simplify_machine(Script& script, const Fails& fails) {
    bool simpler = false;
    if (!script.features.rename_noreplace || !script.features.allocate) {
        Script candidate = script;
        candidate.features = {};
        simpler = adopt(script, std::move(candidate), fails);
    }
    if (script.seed != 1) {
        Script candidate = script;
        candidate.seed = 1;
        simpler = adopt(script, std::move(candidate), fails) || simpler;
    }
    return simpler;
}

}  // namespace

Script shrink(Script script, const Fails& fails) {
    // Ends: each round makes the script smaller or plainer, or is the last.
    while (drop_steps(script, fails) || simplify_steps(script, fails) ||
           simplify_machine(script, fails)) {
    }
    return script;
}

}  // namespace slipway::sim

#include "sim/script.hpp"

#include <array>

namespace slipway::sim {
namespace {

constexpr std::array<std::string_view, kOps> kOpNames = {
    "create", "put",  "put_other", "put_wrong", "put_broken", "complete", "abort",
    "remove", "read", "expire",    "forget",    "upkeep",     "restart"};
constexpr std::array<std::string_view, kShapes> kShapeNames = {"two_parts", "open_ended",
                                                               "declared", "empty", "free_sizes"};
constexpr std::array<std::string_view, 4> kKeptNames = {"nothing", "some", "everything", "newest"};

std::string to_code(const Restart& restart) {
    std::string text = "{.power = false";
    if (restart.power) {
        text = "{.cut = {.kept = Kept::";
        text += kKeptNames[static_cast<std::size_t>(restart.cut.kept)];
        if (restart.cut.kept == Kept::some) {
            text += ", .seed = " + std::to_string(restart.cut.seed) + "U";
        }
        text += "}";
    }
    if (restart.fault.kind != FaultKind::none) {
        text += ", .fault = " + to_code(restart.fault);
    }
    return text + "}";
}

// Also by an error: where the log cannot be written, the process ends.
bool may_crash(const DiskFault& fault) {
    return is_crash(fault.kind) || fault.kind == FaultKind::error;
}

std::string to_code(const Beside& with) {
    std::string text = "Beside{.op = Op::" + std::string(to_string(with.op));
    if (is_put(with.op) && with.part != 1) {
        text += ", .part = " + std::to_string(with.part);
    }
    if (with.lag != 0) {
        text += ", .lag = " + std::to_string(with.lag);
    }
    if (with.turns_in_sync != 0) {
        text += ", .turns_in_sync = " + std::to_string(with.turns_in_sync);
    }
    return text + "}";
}

std::string to_code(const Step& step) {
    std::string text = "{.op = Op::" + std::string(to_string(step.op));
    if (step.op != Op::create && step.op != Op::restart && step.upload != 0) {
        text += ", .upload = " + std::to_string(step.upload);
    }
    if (is_put(step.op) && step.part != 1) {
        text += ", .part = " + std::to_string(step.part);
    }
    if (step.op == Op::create && step.shape != Shape::two_parts) {
        text +=
            ", .shape = Shape::" + std::string(kShapeNames[static_cast<std::size_t>(step.shape)]);
    }
    if (step.with) {
        text += ", .with = " + to_code(*step.with);
    }
    if (step.fault.kind != FaultKind::none) {
        text += ", .fault = " + to_code(step.fault);
    }
    if (step.op == Op::restart || may_crash(step.fault)) {
        text += ", .restart = " + to_code(step.restart);
    }
    return text + "}";
}

}  // namespace

bool is_put(Op op) {
    return op == Op::put || op == Op::put_other || op == Op::put_wrong || op == Op::put_broken;
}

std::string_view to_string(Op op) {
    return kOpNames[static_cast<std::size_t>(op)];
}

std::string to_code(const Script& script) {
    std::string text = "Script{.steps = {";
    for (const Step& step : script.steps) {
        text += "\n            " + to_code(step) + ",";
    }
    text += "},\n        .seed = " + std::to_string(script.seed) + "U";
    if (!script.features.rename_noreplace || !script.features.allocate ||
        !script.features.copy_range) {
        text += std::string(",\n        .features = {.rename_noreplace = ") +
                (script.features.rename_noreplace ? "true" : "false") +
                ", .allocate = " + (script.features.allocate ? "true" : "false") +
                ", .copy_range = " + (script.features.copy_range ? "true" : "false") + "}";
    }
    if (script.fault.kind != FaultKind::none) {
        text += ",\n        .fault = " + to_code(script.fault) +
                ",\n        .prepared = " + std::to_string(script.prepared);
    }
    if (may_crash(script.fault)) {
        text += ",\n        .restart = " + to_code(script.restart);
    }
    return text + "}";
}

}  // namespace slipway::sim

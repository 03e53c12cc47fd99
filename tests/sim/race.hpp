// Race: two operations on one upload at the same time, and what they make of its model. Each order
// in which they could have been made one after the other is right, and of one that was not answered
// before a crash, also that it never was.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "sim/script.hpp"
#include "sim/upload_model.hpp"

namespace slipway::sim {

struct Racer {
    Op op = Op::put;
    std::uint8_t part = 1;
    // Nothing, or one that was not in time: the client does not know.
    std::optional<Answer> answer;
};

struct Race {
    Racer first;
    Racer second;
    WallTime now;
    // See UploadModel::accept().
    bool lenient = false;
};

// The model after the race, or why no order explains the answers.
std::expected<UploadModel, std::string> judge(const Race& race, const UploadModel& before);

}  // namespace slipway::sim

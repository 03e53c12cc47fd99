#include "http/form/boundary_scanner.hpp"

#include <algorithm>
#include <utility>

namespace slipway::http {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::size_t common_prefix(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

BoundaryScanner::BoundaryScanner(std::string_view boundary)
    : delimiter_(std::string(kLineEnd) + "--" + std::string(boundary)) {}

void BoundaryScanner::begin_line() {
    matched_ = kLineEnd.size();
    imagined_ = kLineEnd.size();
}

BoundaryScanner::Step BoundaryScanner::scan(std::string_view& input) {
    if (matched_ > 0) {
        const Step step = go_on(input);
        if (step.found || !step.data.empty() || input.empty()) {
            return step;
        }
    }
    for (std::size_t at = 0;;) {
        const std::size_t start = input.find(delimiter_.front(), at);
        if (start == std::string_view::npos) {
            return {.data = std::exchange(input, {})};
        }
        const std::size_t common = common_prefix(input.substr(start), delimiter_);
        const std::string_view data = input.substr(0, start);
        if (common == delimiter_.size()) {
            input.remove_prefix(start + common);
            return {.data = data, .found = true};
        }
        if (start + common == input.size()) {
            matched_ = common;
            input = {};
            return {.data = data};
        }
        // The delimiter's first byte is nowhere else in it, so none begins within what matched.
        at = start + common;
    }
}

BoundaryScanner::Step BoundaryScanner::go_on(std::string_view& input) {
    const std::size_t common = common_prefix(input, std::string_view(delimiter_).substr(matched_));
    matched_ += common;
    input.remove_prefix(common);
    if (matched_ < delimiter_.size() && input.empty()) {
        return {};
    }
    const bool found = matched_ == delimiter_.size();
    const auto owed = std::string_view(delimiter_).substr(imagined_, matched_ - imagined_);
    matched_ = 0;
    imagined_ = 0;
    return {.data = found ? std::string_view() : owed, .found = found};
}

}  // namespace slipway::http

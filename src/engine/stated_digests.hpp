// What a client states of the bytes that it sends, against what they are.
#pragma once

#include <optional>

#include "base/digest.hpp"
#include "engine/outcome.hpp"

namespace slipway::engine {

// The first stated digest that the bytes do not have.
std::optional<Difference> find_difference(const StatedDigests& stated, const PartDigests& actual);

// Of bytes that were not kept because of it.
Refusal mismatch(Difference difference);

}  // namespace slipway::engine

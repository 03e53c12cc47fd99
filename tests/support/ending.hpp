// Ending: how a call ended, as a value to compare: kDone, or the code of its error. Result::error()
// of a call that succeeded is no value at all, so a test that asks for it proves nothing.
#pragma once

#include <optional>

#include "base/result.hpp"

namespace slipway::support {

using Ending = std::optional<Errc>;
inline constexpr Ending kDone;

template <class T>
Ending ending_of(const Result<T>& result) {
    return result ? kDone : Ending(result.error().code);
}

}  // namespace slipway::support

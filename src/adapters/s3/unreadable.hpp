// What an answer that cannot be understood means: the call was made, and only reading back tells
// what came of it.
#pragma once

#include <string>

#include "adapters/s3/translate_error.hpp"
#include "base/result.hpp"

namespace slipway::adapters::s3 {

template <class T>
Result<T> readable(Result<T> parsed, Effect effect) {
    if (!parsed) {
        parsed.error().code = effect == Effect::change ? Errc::outcome_unknown : Errc::unavailable;
    }
    return parsed;
}

}  // namespace slipway::adapters::s3

// What a store's answer says of why it refused.
#pragma once

#include "adapters/s3/translate_error.hpp"
#include "cli/answer.hpp"

namespace slipway::cli {

// Without a code where it does not say, or where this program was built without S3 stores.
adapters::s3::StoreError store_error_of(const Answer& answer);

}  // namespace slipway::cli

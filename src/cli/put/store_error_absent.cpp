// In the place of store_error.cpp, where a build is without S3 stores.
#include "cli/put/store_error.hpp"

namespace slipway::cli {

adapters::s3::StoreError store_error_of(const Answer& answer) {
    return {.status = answer.status, .code = {}, .message = {}};
}

}  // namespace slipway::cli

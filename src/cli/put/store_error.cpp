#include "cli/put/store_error.hpp"

#include "adapters/s3/answers.hpp"

namespace slipway::cli {

adapters::s3::StoreError store_error_of(const Answer& answer) {
    return adapters::s3::parse_error(answer.status, answer.body);
}

}  // namespace slipway::cli

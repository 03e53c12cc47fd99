// slipway admin store lifecycle, cors and policy: the configurations of a bucket. A store replaces
// each as a whole, so rules that slipway did not make are replaced only where that was said.
#pragma once

#include "cli/store/store_context.hpp"
#include "cli/store/store_options.hpp"

namespace slipway::cli {

Task<Outcome<>> run_lifecycle_get(StoreContext context, StoreOptions options);
Task<Outcome<>> run_lifecycle_set(StoreContext context, StoreOptions options);
Task<Outcome<>> run_cors_get(StoreContext context, StoreOptions options);
Task<Outcome<>> run_cors_set(StoreContext context, StoreOptions options);
Task<Outcome<>> run_policy_get(StoreContext context, StoreOptions options);
Task<Outcome<>> run_policy_set(StoreContext context, StoreOptions options);

}  // namespace slipway::cli

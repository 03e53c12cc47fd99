// slipway admin store check: tries what a store can do, as slipwayd does when it starts.
#pragma once

#include "cli/store/store_context.hpp"
#include "cli/store/store_options.hpp"

namespace slipway::cli {

Task<Outcome<>> run_store_check(StoreContext context, StoreOptions options);

}  // namespace slipway::cli

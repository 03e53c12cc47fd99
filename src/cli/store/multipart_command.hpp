// slipway admin store multipart: shows multipart uploads that are open at a store, and ends them.
#pragma once

#include "cli/store/store_context.hpp"
#include "cli/store/store_options.hpp"

namespace slipway::cli {

Task<Outcome<>> run_multipart_list(StoreContext context, StoreOptions options);
Task<Outcome<>> run_multipart_parts(StoreContext context, StoreOptions options);
Task<Outcome<>> run_multipart_abort(StoreContext context, StoreOptions options);

}  // namespace slipway::cli

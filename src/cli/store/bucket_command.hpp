// slipway admin store bucket: makes buckets, looks at them and deletes them.
#pragma once

#include "cli/store/store_context.hpp"
#include "cli/store/store_options.hpp"

namespace slipway::cli {

Task<Outcome<>> run_bucket_create(StoreContext context, StoreOptions options);
Task<Outcome<>> run_bucket_head(StoreContext context, StoreOptions options);
Task<Outcome<>> run_bucket_list(StoreContext context, StoreOptions options);
Task<Outcome<>> run_bucket_delete(StoreContext context, StoreOptions options);

}  // namespace slipway::cli

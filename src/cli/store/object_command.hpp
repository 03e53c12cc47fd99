// slipway admin store object: stores, reads, lists and deletes objects. Bytes stream both ways.
#pragma once

#include "cli/store/store_context.hpp"
#include "cli/store/store_options.hpp"

namespace slipway::cli {

Task<Outcome<>> run_object_put(StoreContext context, StoreOptions options);
Task<Outcome<>> run_object_get(StoreContext context, StoreOptions options);
Task<Outcome<>> run_object_head(StoreContext context, StoreOptions options);
Task<Outcome<>> run_object_list(StoreContext context, StoreOptions options);
Task<Outcome<>> run_object_delete(StoreContext context, StoreOptions options);

}  // namespace slipway::cli

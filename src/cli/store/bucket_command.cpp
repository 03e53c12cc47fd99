#include "cli/store/bucket_command.hpp"

namespace slipway::cli {

Task<Outcome<>> run_bucket_create(StoreContext context, StoreOptions options) {
    const auto made = co_await context.client.create_bucket(options.bucket);
    co_return outcome_of("make bucket " + options.bucket, made);
}

Task<Outcome<>> run_bucket_head(StoreContext context, StoreOptions options) {
    const auto there = co_await context.client.head_bucket(options.bucket);
    co_return outcome_of("look at bucket " + options.bucket, there);
}

Task<Outcome<>> run_bucket_list(StoreContext context, StoreOptions) {
    const auto buckets = co_await context.client.list_buckets();
    if (!buckets) {
        co_return fail("list buckets", buckets.error());
    }
    for (const auto& bucket : *buckets) {
        if (auto printed = print_entry(context.form, {{"bucket", bucket}}, bucket); !printed) {
            co_return printed;
        }
    }
    co_return Outcome<>();
}

Task<Outcome<>> run_bucket_delete(StoreContext context, StoreOptions options) {
    const auto gone = co_await context.client.delete_bucket(options.bucket);
    co_return outcome_of("delete bucket " + options.bucket, gone);
}

}  // namespace slipway::cli

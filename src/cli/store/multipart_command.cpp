#include "cli/store/multipart_command.hpp"

#include <boost/json/value.hpp>

namespace slipway::cli {

namespace json = boost::json;

namespace {

s3::MultipartName upload_of(const StoreOptions& options) {
    return {{options.bucket, options.key}, options.upload_id};
}

std::string name_of(const StoreOptions& options) {
    return "upload " + options.upload_id + " of " + options.key;
}

Outcome<> print_uploads(const s3::MultipartPage& page, const std::string& prefix, OutputForm form) {
    for (const auto& upload : page.uploads) {
        if (!upload.key.starts_with(prefix)) {
            continue;
        }
        const std::string began = upload.initiated ? format_rfc3339(*upload.initiated) : "-";
        const json::object item{
            {"key", upload.key},
            {"upload_id", upload.upload_id},
            {"initiated", upload.initiated ? json::value(began) : json::value()}};
        const std::string line = began + "  " + upload.upload_id + "  " + upload.key;
        if (auto printed = print_entry(form, item, line); !printed) {
            return printed;
        }
    }
    return {};
}

Outcome<> print_parts(const s3::PartPage& page, OutputForm form) {
    for (const auto& part : page.parts) {
        const json::object item{
            {"part_number", part.number.value()}, {"size", part.size.value()}, {"etag", part.etag}};
        const std::string line = std::to_string(part.number.value()) + "  " +
                                 std::to_string(part.size.value()) + "  " + part.etag;
        if (auto printed = print_entry(form, item, line); !printed) {
            return printed;
        }
    }
    return {};
}

}  // namespace

// All of the bucket is asked for and sifted here: MinIO knows no prefix but a whole key.
Task<Outcome<>> run_multipart_list(StoreContext context, StoreOptions options) {
    const std::string prefix = options.prefix.value_or(context.description.prefix);
    s3::MultipartQuery query{options.bucket, "", std::nullopt};
    do {
        const auto page = co_await context.client.list_multiparts(query);
        if (!page) {
            co_return fail("list multipart uploads", page.error());
        }
        if (auto printed = print_uploads(*page, prefix, context.form); !printed) {
            co_return printed;
        }
        query.after = page->next;
    } while (query.after);
    co_return Outcome<>();
}

Task<Outcome<>> run_multipart_parts(StoreContext context, StoreOptions options) {
    std::optional<PartNumber> after;
    do {
        const auto page = co_await context.client.list_parts(upload_of(options), after);
        if (!page) {
            co_return fail("list parts of " + name_of(options), page.error());
        }
        if (auto printed = print_parts(*page, context.form); !printed) {
            co_return printed;
        }
        after = page->next;
    } while (after);
    co_return Outcome<>();
}

Task<Outcome<>> run_multipart_abort(StoreContext context, StoreOptions options) {
    const auto aborted = co_await context.client.abort_multipart(upload_of(options));
    co_return outcome_of("abort " + name_of(options), aborted);
}

}  // namespace slipway::cli

#include "cli/store/object_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/encoding.hpp"
#include "cli/get/local_name.hpp"
#include "cli/source_file.hpp"
#include "cli/store/byte_span.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

s3::ObjectName object(const StoreOptions& options) {
    return {options.bucket, options.key};
}

std::string time_of(const std::optional<WallTime>& time) {
    return time ? format_rfc3339(*time) : "-";
}

json::value json_time(const std::optional<WallTime>& time) {
    return time ? json::value(format_rfc3339(*time)) : json::value();
}

// Aligned as far as sizes are below a terabyte.
std::string padded(std::uint64_t number) {
    constexpr std::size_t kWidth = 12;
    const std::string digits = std::to_string(number);
    return std::string(digits.size() < kWidth ? kWidth - digits.size() : 0, ' ') + digits;
}

// Where the bytes of a download go, one piece after the other.
struct Receiving {
    DownloadTarget& target;
    runtime::BlockingPool& pool;
    std::uint64_t written = 0;

    Task<Result<>> take(std::span<const std::byte> bytes) {
        const auto write = [this, bytes] { return target.write_at(bytes, written); };
        auto done = co_await pool.run(write);
        written += bytes.size();
        co_return done;
    }
};

Outcome<std::unique_ptr<DownloadTarget>> open_target(const StoreOptions& options) {
    if (options.output == "-") {
        return open_standard_output();
    }
    const auto path = options.output.empty()
                          ? local_name(options.key.substr(options.key.rfind('/') + 1))
                          : options.output;
    auto opened = open_file_target(path, path + ".part", options.overwrite());
    if (opened) {
        (*opened)->cut(0);
    }
    return opened;
}

// The range that was asked for; nothing: all of it.
Task<Outcome<std::optional<ByteRange>>> find_range(StoreContext context, StoreOptions options) {
    if (options.range.empty()) {
        co_return std::nullopt;
    }
    const auto info = co_await context.client.head_object(object(options));
    if (!info) {
        co_return fail("look at " + options.key, info.error());
    }
    const auto range = range_within(*parse_byte_span(options.range), info->size);
    if (!range) {
        co_return fail(ExitCode::usage, options.key + " has " + std::to_string(info->size.value()) +
                                            " bytes, and none of " + options.range);
    }
    co_return range;
}

Outcome<> print_objects(const s3::ObjectPage& page, OutputForm form) {
    for (const auto& prefix : page.prefixes) {
        const std::string line = std::string(24 + 2 + 12 + 2, ' ') + prefix;
        if (auto printed = print_entry(form, {{"prefix", prefix}}, line); !printed) {
            return printed;
        }
    }
    for (const auto& entry : page.objects) {
        const json::object item{{"key", entry.key},
                                {"size", entry.size.value()},
                                {"etag", entry.etag},
                                {"last_modified", json_time(entry.last_modified)}};
        const std::string line =
            time_of(entry.last_modified) + "  " + padded(entry.size.value()) + "  " + entry.key;
        if (auto printed = print_entry(form, item, line); !printed) {
            return printed;
        }
    }
    return {};
}

std::vector<std::string> describe(const s3::ObjectInfo& info) {
    std::vector<std::string> lines{"size           " + std::to_string(info.size.value()),
                                   "etag           " + info.etag,
                                   "last_modified  " + time_of(info.last_modified)};
    if (!info.attributes.content_type.empty()) {
        lines.push_back("content_type   " + info.attributes.content_type);
    }
    if (info.crc64nvme) {
        lines.push_back("crc64nvme      " + encode_hex(info.crc64nvme->view()));
    }
    for (const auto& [name, value] : info.attributes.metadata) {
        lines.push_back("metadata       " + name + "=" + value);
    }
    return lines;
}

json::object to_json(const std::string& key, const s3::ObjectInfo& info) {
    json::object metadata;
    for (const auto& [name, value] : info.attributes.metadata) {
        metadata[name] = value;
    }
    json::object out{{"key", key},
                     {"size", info.size.value()},
                     {"etag", info.etag},
                     {"last_modified", json_time(info.last_modified)},
                     {"content_type", info.attributes.content_type},
                     {"metadata", std::move(metadata)}};
    if (info.crc64nvme) {
        out["crc64nvme"] = encode_hex(info.crc64nvme->view());
    }
    return out;
}

Task<Result<std::string>> put_once(const StoreContext& context, const StoreOptions& options,
                                   std::shared_ptr<const SourceFile> file,
                                   runtime::BlockingPool& pool, Sha256 digest) {
    const ByteRange whole{ByteOffset(0), ByteCount(file->size())};
    auto source = std::make_shared<FileSource>(std::move(file), whole, pool, [](std::uint64_t) {});
    StatedDigests digests;
    digests.sha256 = digest;
    s3::UploadBody body{{std::move(source), whole.length}, digests};
    s3::ObjectAttributes attributes{options.content_type, {}};
    co_return co_await context.client.put_object(
        object(options), std::move(body), std::move(attributes),
        options.keep ? s3::Replace::never : s3::Replace::allowed);
}

}  // namespace

Task<Outcome<>> run_object_put(StoreContext context, StoreOptions options) {
    const auto file = SourceFile::open(options.file);
    if (!file) {
        co_return fail(file.error());
    }
    runtime::BlockingPool pool(1);
    const ByteRange whole{ByteOffset(0), ByteCount((*file)->size())};
    const auto hash = [&file, whole] { return (*file)->hash(whole); };
    const auto digest = co_await pool.run(hash);
    if (!digest) {
        co_return fail(digest.error());
    }
    const auto difference = context.client.clock_difference();
    auto etag = co_await put_once(context, options, *file, pool, *digest);
    if (!etag && context.client.clock_difference() != difference) {
        etag = co_await put_once(context, options, *file, pool, *digest);
    }
    if (!etag) {
        co_return fail("store " + options.key, etag.error());
    }
    const json::object stored{
        {"key", options.key}, {"size", whole.length.value()}, {"etag", *etag}};
    co_return print_entry(context.form, stored, *etag + "  " + options.key);
}

Task<Outcome<>> run_object_get(StoreContext context, StoreOptions options) {
    const auto range = co_await find_range(context, options);
    if (!range) {
        co_return std::unexpected(range.error());
    }
    const auto target = open_target(options);
    if (!target) {
        co_return std::unexpected(target.error());
    }
    runtime::BlockingPool pool(1);
    Receiving receiving{**target, pool};
    const http::BodySink sink = [&receiving](std::span<const std::byte> bytes) {
        return receiving.take(bytes);
    };
    const auto info = co_await context.client.get_object(object(options), *range, sink);
    if (!info) {
        co_return fail("read " + options.key, info.error());
    }
    auto commit = [&target] { return (*target)->commit(); };
    co_return co_await pool.run(std::move(commit));
}

Task<Outcome<>> run_object_head(StoreContext context, StoreOptions options) {
    const auto info = co_await context.client.head_object(object(options));
    if (!info) {
        co_return fail("look at " + options.key, info.error());
    }
    co_return print_entry(context.form, to_json(options.key, *info), describe(*info));
}

Task<Outcome<>> run_object_list(StoreContext context, StoreOptions options) {
    s3::ObjectQuery query{options.bucket, options.prefix.value_or(context.description.prefix),
                          options.folders ? "/" : "", "", std::nullopt};
    do {
        const auto page = co_await context.client.list_objects(query);
        if (!page) {
            co_return fail("list objects", page.error());
        }
        if (auto printed = print_objects(*page, context.form); !printed) {
            co_return printed;
        }
        query.page = page->next;
    } while (query.page);
    co_return Outcome<>();
}

Task<Outcome<>> run_object_delete(StoreContext context, StoreOptions options) {
    for (const auto& key : options.keys) {
        const auto gone = co_await context.client.delete_object({options.bucket, key});
        if (!gone) {
            co_return fail("delete " + key, gone.error());
        }
    }
    co_return Outcome<>();
}

}  // namespace slipway::cli

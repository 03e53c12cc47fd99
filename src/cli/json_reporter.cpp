#include "cli/json_reporter.hpp"

#include <boost/json/serialize.hpp>

#include "cli/console.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

json::object describe(std::string_view event, const TransferStart& start) {
    return {
        {"event", event},     {"path", valid_utf8(start.path)},   {"id", start.id},
        {"size", start.size}, {"total_parts", start.total_parts}, {"chunk_size", start.chunk_size}};
}

}  // namespace

void JsonReporter::write(const json::object& event) const {
    write_all(descriptor_, json::serialize(event) + "\n");
}

void JsonReporter::started(const TransferStart& start) {
    write(describe("started", start));
}

void JsonReporter::resumed(const TransferStart& start) {
    auto event = describe("resumed", start);
    event["done_parts"] = start.done_parts;
    event["done_bytes"] = start.done_bytes;
    write(event);
}

void JsonReporter::part(const PartDone& part) {
    write({{"event", "part"},
           {"path", valid_utf8(part.path)},
           {"id", part.id},
           {"part_number", part.number},
           {"size", part.size},
           {"sha256", part.sha256}});
}

void JsonReporter::retrying(const RetryReport& retry) {
    write({{"event", "retry"},
           {"what", valid_utf8(retry.what)},
           {"attempt", retry.attempt},
           {"delay_ms", retry.delay.count()},
           {"error", valid_utf8(retry.reason)}});
}

void JsonReporter::completed(const TransferDone& done) {
    write({{"event", "completed"},
           {"path", valid_utf8(done.path)},
           {"file_id", done.id},
           {"url", done.url},
           {"size", done.size},
           {"chain", done.chain}});
}

void JsonReporter::skipped(const std::string& path, const std::string& reason) {
    write({{"event", "skipped"}, {"path", valid_utf8(path)}, {"reason", valid_utf8(reason)}});
}

void JsonReporter::failed(const std::string& path, const Failure& failure) {
    write({{"event", "failed"},
           {"path", valid_utf8(path)},
           {"error", valid_utf8(failure.message)},
           {"code", failure.code},
           {"exit", static_cast<int>(failure.exit)}});
    print_error(path + ": " + failure.message);
}

void JsonReporter::notice(const std::string& text) {
    print_error(text);
}

}  // namespace slipway::cli

#include "cli/commands/verify_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

#include "base/encoding.hpp"
#include "cli/console.hpp"
#include "cli/file_record.hpp"
#include "cli/get/get_command.hpp"
#include "cli/source_file.hpp"
#include "cli/text.hpp"
#include "runtime/group.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t kThreads = 2;

enum class PartState : char { unknown, same, different };

struct Comparison {
    bool same_size = false;
    std::vector<PartState> parts;
    std::optional<Error> error;
};

struct PartPlace {
    std::size_t index;
    ByteRange range;
};

Task<void> compare_some(const SourceFile& file, const PartTable& table,
                        std::vector<PartPlace>& places, runtime::BlockingPool& pool,
                        Comparison& comparison) {
    while (!places.empty() && !comparison.error) {
        const auto place = places.back();
        places.pop_back();
        auto work = [&file, place] { return file.hash(place.range); };
        const auto digest = co_await pool.run(std::move(work));
        // A file that ends before the part does differs in it.
        if (!digest && digest.error().code != Errc::invalid) {
            comparison.error = digest.error();
            co_return;
        }
        const bool same = digest && *digest == table.parts[place.index].sha256;
        comparison.parts[place.index] = same ? PartState::same : PartState::different;
    }
}

Task<Comparison> compare(const SourceFile& file, const PartTable& table) {
    Comparison comparison;
    comparison.same_size = file.size() == table.size;
    comparison.parts.resize(table.parts.size(), PartState::unknown);
    std::vector<PartPlace> places;
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < table.parts.size(); ++i) {
        places.push_back({i, {ByteOffset(offset), ByteCount(table.parts[i].size)}});
        offset += table.parts[i].size;
    }
    runtime::BlockingPool pool(kThreads);
    const auto group = co_await runtime::Group::open();
    for (std::size_t i = 0; i < kThreads; ++i) {
        group->spawn(compare_some(file, table, places, pool, comparison));
    }
    co_await group->wait();
    co_return comparison;
}

Outcome<> print_comparison(const VerifyOptions& options, const FileRecord& record,
                           const Comparison& comparison) {
    const PartTable& table = record.table;
    json::array differing;
    for (std::size_t i = 0; i < comparison.parts.size(); ++i) {
        if (comparison.parts[i] != PartState::same) {
            differing.push_back(table.parts[i].number);
        }
    }
    const bool same = comparison.same_size && differing.empty();
    if (options.form == OutputForm::json) {
        print_line(json::serialize(json::object{{"path", valid_utf8(options.path)},
                                                {"file_id", record.file_id},
                                                {"same", same},
                                                {"same_size", comparison.same_size},
                                                {"parts", table.parts.size()},
                                                {"differing", differing},
                                                {"chain", encode_hex(table.chain.view())}}));
    } else {
        for (const auto& number : differing) {
            print_line("part " + std::to_string(number.to_number<std::uint64_t>()) + " differs");
        }
        if (same) {
            print_line("same: " + std::to_string(table.parts.size()) + " parts, chain " +
                       encode_hex(table.chain.view()));
        }
    }
    if (same) {
        return {};
    }
    return fail(ExitCode::corrupt, std::to_string(differing.size()) + " of " +
                                       std::to_string(table.parts.size()) + " parts differ" +
                                       (comparison.same_size ? "" : ", and so do the sizes"));
}

Task<Outcome<>> compare_with(const VerifyOptions& options, const FileRecord& record) {
    const auto file = SourceFile::open(options.path);
    if (!file) {
        co_return fail(file.error());
    }
    const auto comparison = co_await compare(**file, record.table);
    if (comparison.error) {
        co_return fail(*comparison.error);
    }
    co_return print_comparison(options, record, comparison);
}

Task<Outcome<>> verify(const VerifyOptions& options, ApiClient& api) {
    const auto id = parse_file_id(options.id, api.base_url());
    if (!id) {
        co_return std::unexpected(id.error());
    }
    const auto text = co_await file_parts_text(api, *id);
    if (!text) {
        co_return std::unexpected(text.error());
    }
    const auto record = parse_file_record(*text);
    if (!record) {
        co_return std::unexpected(record.error());
    }
    if (!options.save_record.empty()) {
        if (const auto saved = write_record_file(options.save_record, *text); !saved) {
            co_return fail(saved.error().exit, options.save_record + " " + saved.error().message);
        }
    }
    co_return co_await compare_with(options, *record);
}

Task<Outcome<>> verify_offline(const VerifyOptions& options) {
    const auto text = read_record_file(options.record);
    const auto record = text ? parse_file_record(*text) : std::unexpected(text.error());
    if (!record) {
        co_return fail(record.error().exit, options.record + ": " + record.error().message);
    }
    co_return co_await compare_with(options, *record);
}

ExitCode told(const VerifyOptions& options, const Outcome<>& verified) {
    if (!verified) {
        print_error(options.path + ": " + verified.error().message);
        return verified.error().exit;
    }
    return ExitCode::ok;
}

}  // namespace

Task<ExitCode> run_verify(VerifyOptions options, ApiClient& api) {
    co_return told(options, co_await verify(options, api));
}

Task<ExitCode> run_verify_offline(VerifyOptions options) {
    co_return told(options, co_await verify_offline(options));
}

}  // namespace slipway::cli

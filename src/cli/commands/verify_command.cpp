#include "cli/commands/verify_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

#include "base/encoding.hpp"
#include "cli/console.hpp"
#include "cli/get/get_command.hpp"
#include "cli/get/part_verifier.hpp"
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

Outcome<> print_comparison(const std::string& path, const std::string& id, OutputForm form,
                           const PartTable& table, const Comparison& comparison) {
    json::array differing;
    for (std::size_t i = 0; i < comparison.parts.size(); ++i) {
        if (comparison.parts[i] != PartState::same) {
            differing.push_back(table.parts[i].number);
        }
    }
    const bool same = comparison.same_size && differing.empty();
    if (form == OutputForm::json) {
        print_line(json::serialize(json::object{{"path", valid_utf8(path)},
                                                {"file_id", id},
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

Task<Outcome<>> verify(const std::string& path, const std::string& name, OutputForm form,
                       ApiClient& api) {
    const auto id = parse_file_id(name, api.base_url());
    if (!id) {
        co_return std::unexpected(id.error());
    }
    const auto file = SourceFile::open(path);
    if (!file) {
        co_return fail(file.error());
    }
    const auto table = co_await file_parts(api, *id);
    if (!table) {
        co_return std::unexpected(table.error());
    }
    if (!is_consistent(*table)) {
        co_return fail(ExitCode::corrupt,
                       "the server's part digests do not make up the file's chain");
    }
    const auto comparison = co_await compare(**file, *table);
    if (comparison.error) {
        co_return fail(*comparison.error);
    }
    co_return print_comparison(path, *id, form, *table, comparison);
}

}  // namespace

Task<ExitCode> run_verify(std::string path, std::string id, OutputForm form, ApiClient& api) {
    const auto verified = co_await verify(path, id, form, api);
    if (!verified) {
        print_error(path + ": " + verified.error().message);
        co_return verified.error().exit;
    }
    co_return ExitCode::ok;
}

}  // namespace slipway::cli

#include "cli/file_record.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "cli/get/part_verifier.hpp"
#include "cli/json.hpp"

namespace slipway::cli {

namespace {

// Of 10,000 parts it has less than 3 MiB.
constexpr std::uintmax_t kMaxRecord = 16 << 20;

}  // namespace

Outcome<FileRecord> parse_file_record(std::string_view text) {
    const auto object = parse_object(text);
    auto id = object ? read_string(*object, "file_id") : failure(Errc::invalid, "it is no object");
    auto table = object ? read_file_table(*object) : failure(Errc::invalid, "it is no object");
    if (!id || !table) {
        return fail(ExitCode::failed, "is no record of a file: " +
                                          (table ? id.error().detail : table.error().detail));
    }
    if (!is_consistent(*table)) {
        return fail(ExitCode::corrupt, "the record's part digests do not make up the file's chain");
    }
    return FileRecord{*std::move(id), *std::move(table)};
}

Outcome<std::string> read_record_file(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error || size > kMaxRecord) {
        return fail(ExitCode::failed,
                    error ? error.message() : "is no record of a file: too large");
    }
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
        return fail(ExitCode::failed, "cannot be read");
    }
    return text;
}

Outcome<> write_record_file(const std::string& path, std::string_view text) {
    const std::string unfinished = path + ".new";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << text << '\n';
    file.close();
    std::error_code error;
    if (file) {
        std::filesystem::rename(unfinished, path, error);
    }
    if (!file || error) {
        std::error_code ignored;
        std::filesystem::remove(unfinished, ignored);
        return fail(ExitCode::failed, "cannot be written");
    }
    return {};
}

}  // namespace slipway::cli

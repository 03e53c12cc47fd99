#include "cli/put/source_list.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/encoding.hpp"
#include "core/file_name.hpp"

namespace slipway::cli {

namespace fs = std::filesystem;

namespace {

void add_problem(SourceList& list, std::string shown, const std::error_code& error) {
    list.problems.push_back(
        {std::move(shown), failure_of(errno_error("cannot read", error.value()))});
}

void add_file(SourceList& list, SourceItem item) {
    auto named = check_name(item.name);
    if (named && !is_utf8(item.relative)) {
        named = fail(ExitCode::failed, "a directory of its path is not named in UTF-8");
    }
    if (!named) {
        list.problems.push_back({std::move(item.shown), std::move(named.error())});
        return;
    }
    list.items.push_back(std::move(item));
}

// Directories are visited with a stack of their own: a deep tree is no deep recursion.
void add_directory(SourceList& list, const fs::path& root, const fs::path& shown_root) {
    list.roots.push_back(root.string());
    std::vector<fs::path> pending = {root};
    while (!pending.empty()) {
        const auto directory = std::move(pending.back());
        pending.pop_back();
        std::error_code error;
        for (fs::directory_iterator at(directory, error), end; !error && at != end;
             at.increment(error)) {
            const auto relative = at->path().lexically_relative(root);
            const auto shown = (shown_root / relative).string();
            std::error_code status_error;
            const auto status = at->symlink_status(status_error);
            if (status_error) {
                add_problem(list, shown, status_error);
            } else if (fs::is_directory(status)) {
                pending.push_back(at->path());
            } else if (!fs::is_regular_file(status)) {
                list.skipped.push_back(shown);
            } else {
                const auto size = at->file_size(status_error);
                add_file(list, {at->path().string(), shown, at->path().filename().string(),
                                relative.string(), root.string(), status_error ? 0 : size, false});
            }
        }
        if (error) {
            add_problem(list, (shown_root / directory.lexically_relative(root)).string(), error);
        }
    }
}

}  // namespace

Outcome<> check_name(const std::string& name) {
    if (core::is_file_name(name)) {
        return {};
    }
    if (!is_utf8(name)) {
        return fail(ExitCode::failed, "its name is not UTF-8; --name gives it another");
    }
    return fail(ExitCode::failed, name.empty() || name.size() > core::kMaxFileName
                                      ? "a name has 1 to 255 bytes; --name gives it another"
                                      : "its name has control characters; --name gives it another");
}

SourceList list_sources(const std::vector<std::string>& arguments) {
    SourceList list;
    for (const auto& argument : arguments) {
        std::error_code error;
        const auto path = fs::canonical(argument, error);
        if (error) {
            add_problem(list, argument, error);
            continue;
        }
        if (fs::is_directory(path, error)) {
            const auto first = static_cast<std::ptrdiff_t>(list.items.size());
            add_directory(list, path, argument);
            std::ranges::sort(list.items.begin() + first, list.items.end(), {}, &SourceItem::path);
            continue;
        }
        const auto size = fs::file_size(path, error);
        // The name is the one that was given, not the one that a link leads to.
        list.items.push_back({path.string(),
                              argument,
                              fs::path(argument).filename().string(),
                              {},
                              {},
                              error ? 0 : size,
                              false});
    }
    return list;
}

}  // namespace slipway::cli

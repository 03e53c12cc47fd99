#include "cli/put/put_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "cli/put/file_upload.hpp"
#include "cli/put/source_list.hpp"
#include "cli/put/stream_upload.hpp"
#include "cli/text.hpp"
#include "runtime/group.hpp"

namespace slipway::cli {

namespace {

constexpr std::size_t kFileThreads = 4;
// A small file is three calls, of which one is its part: more files than parts under way keep the
// parts coming.
constexpr std::size_t kFilesPerPart = 3;

// The uploads of one command and what came of them.
class Batch final {
 public:
    Batch(PutContext& context, SourceList sources)
        : context_(context), sources_(std::move(sources)) {}

    Task<ExitCode> run() {
        report_list();
        const auto group = co_await runtime::Group::open();
        const auto tasks =
            std::min(sources_.items.size(), kFilesPerPart * context_.options.parallel);
        for (std::size_t i = 0; i < tasks; ++i) {
            group->spawn(upload_some());
        }
        co_await group->wait();
        if (next_ < sources_.items.size()) {
            context_.reporter.notice(std::to_string(sources_.items.size() - next_) +
                                     " files were not tried");
        }
        if (exit_ == ExitCode::ok) {
            co_await forget_finished();
        }
        co_return exit_;
    }

 private:
    void report_list() {
        std::uint64_t bytes = 0;
        for (const auto& item : sources_.items) {
            bytes += item.size;
        }
        context_.reporter.expect(sources_.items.size(), bytes);
        for (const auto& shown : sources_.skipped) {
            context_.reporter.skipped(shown, "a symbolic link, or no file");
        }
        for (const auto& problem : sources_.problems) {
            fail_one(problem.shown, problem.failure);
        }
    }

    Task<void> upload_some() {
        while (next_ < sources_.items.size() && !hopeless_) {
            const auto& item = sources_.items[next_++];
            const auto uploaded = co_await upload_one(item);
            if (!uploaded) {
                fail_one(item.shown, uploaded.error());
            }
        }
    }

    Task<Outcome<>> upload_one(const SourceItem& item) {
        if (item.is_stream) {
            InputStream input(STDIN_FILENO);
            StreamUpload upload(context_, input, item.name);
            co_return co_await upload.run();
        }
        FileUpload upload(context_, item);
        co_return co_await upload.run();
    }

    void fail_one(const std::string& shown, const Failure& failure) {
        context_.reporter.failed(shown, failure);
        // No other file would fare better.
        hopeless_ = hopeless_ || failure.exit == ExitCode::unavailable ||
                    failure.exit == ExitCode::unauthorised;
        const bool agree = exit_ == ExitCode::ok || exit_ == failure.exit;
        exit_ = agree ? failure.exit : ExitCode::failed;
    }

    Task<void> forget_finished() {
        if (!context_.journal.enabled()) {
            co_return;
        }
        for (const auto& root : sources_.roots) {
            auto clear = [server = context_.api.base_url(), root](Journal& journal) {
                return journal.clear_finished(server, root);
            };
            co_await context_.journal.run(std::move(clear));
        }
    }

    PutContext& context_;
    const SourceList sources_;
    std::size_t next_ = 0;
    bool hopeless_ = false;
    ExitCode exit_ = ExitCode::ok;
};

// The same file twice would wait for itself.
void drop_repetitions(SourceList& sources) {
    std::set<std::string> seen;
    std::erase_if(sources.items,
                  [&](const SourceItem& item) { return !seen.insert(item.path).second; });
}

Outcome<SourceList> gather(const PutOptions& options) {
    auto arguments = options.sources;
    const bool reads_input = std::erase(arguments, "-") > 0;
    auto sources = list_sources(arguments);
    if (reads_input && options.direct) {
        return fail(ExitCode::usage,
                    "--direct is for files: standard input goes through the server");
    }
    if (reads_input) {
        const std::string name = options.name.empty() ? "stdin" : options.name;
        if (auto named = check_name(name); !named) {
            return std::unexpected(named.error());
        }
        sources.items.push_back({"-", "-", name, {}, {}, 0, true});
    }
    drop_repetitions(sources);
    const auto count = sources.items.size() + sources.problems.size();
    if (!options.name.empty() && (count > 1 || !sources.roots.empty())) {
        return fail(ExitCode::usage, "--name is for one file");
    }
    return sources;
}

}  // namespace

Task<ExitCode> run_put(PutOptions options, std::string journal_path, ApiClient& api,
                       Reporter& reporter) {
    runtime::BlockingPool pool(kFileThreads);
    std::unique_ptr<Journal> journal;
    if (options.resume != Resume::no) {
        auto opened = Journal::open(journal_path);
        if (!opened) {
            auto failed = failure_of(opened.error());
            failed.message += "; --no-resume does without it";
            reporter.failed("journal", failed);
            co_return ExitCode::failed;
        }
        journal = *std::move(opened);
    }
    JournalThread journal_thread(std::move(journal));
    auto listing = [&options] { return gather(options); };
    auto sources = co_await pool.run(std::move(listing));
    if (!sources) {
        reporter.failed("put", sources.error());
        co_return sources.error().exit;
    }
    runtime::Slots slots(options.parallel);
    PutContext context{options, api, reporter, journal_thread, pool, slots};
    Batch batch(context, *std::move(sources));
    co_return co_await batch.run();
}

}  // namespace slipway::cli

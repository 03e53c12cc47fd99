#include "cli/put/file_upload.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "cli/put/part_sender.hpp"
#include "cli/put/resume.hpp"
#include "core/chain.hpp"
#include "hash/digester.hpp"
#include "runtime/group.hpp"

namespace slipway::cli {

namespace {

// An upload may end under our hands, as by its expiry, and a store may lose parts: once more, not
// for ever.
constexpr int kRounds = 2;

template <class T>
Outcome<T> as_outcome(Result<T> result) {
    return result ? Outcome<T>(*std::move(result)) : Outcome<T>(fail(result.error()));
}

Outcome<> as_outcome(Result<> result) {
    return result ? Outcome<>() : fail(result.error());
}

}  // namespace

Task<Outcome<>> FileUpload::run() {
    std::optional<JournalLock> lock;
    if (context_.journal.enabled()) {
        auto take = [key = key_](Journal& journal) { return journal.lock(key); };
        auto taken = co_await context_.journal.run(std::move(take));
        if (!taken) {
            co_return fail(taken.error());
        }
        lock.emplace(*std::move(taken));
    }
    auto open = [path = item_.path] { return SourceFile::open(path); };
    auto opened = co_await context_.pool.run(std::move(open));
    if (!opened) {
        co_return fail(opened.error());
    }
    file_ = *std::move(opened);
    const auto finished = co_await is_finished();
    if (!finished || *finished) {
        co_return finished ? Outcome<>() : std::unexpected(finished.error());
    }
    Outcome<> uploaded;
    for (int round = 0; round < kRounds; ++round) {
        uploaded = co_await upload_once();
        if (uploaded || !is_upload_gone(uploaded.error())) {
            break;
        }
        context_.reporter.notice(item_.shown + ": its upload ended on the server; starting anew");
        if (context_.journal.enabled()) {
            auto forget = [row = session_.journal_row](Journal& journal) {
                return journal.forget(row);
            };
            co_await context_.journal.run(std::move(forget));
        }
    }
    co_return uploaded;
}

Task<Outcome<bool>> FileUpload::is_finished() {
    if (item_.root.empty() || !context_.journal.enabled() ||
        context_.options.resume != Resume::yes) {
        co_return false;
    }
    auto find = [key = key_, root = item_.root](Journal& journal) {
        return journal.find_finished(key, root);
    };
    const auto found = co_await context_.journal.run(std::move(find));
    if (!found) {
        co_return fail(found.error());
    }
    if (!*found || (*found)->identity != file_->identity()) {
        co_return false;
    }
    const auto answer = co_await context_.api.call("look for " + item_.shown, http::Method::head,
                                                   "/files/" + (*found)->file_id);
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (answer->ok()) {
        context_.reporter.skipped(item_.shown, "uploaded before as " + (*found)->file_id);
    }
    co_return answer->ok();
}

Task<Outcome<>> FileUpload::upload_once() {
    if (auto opened = co_await open_session(); !opened) {
        co_return opened;
    }
    Outcome<> completed;
    for (int round = 0; round < kRounds; ++round) {
        if (auto sent = co_await send_missing(); !sent) {
            co_return sent;
        }
        completed = co_await complete();
        if (completed || completed.error().code != "parts_mismatch") {
            break;
        }
        const auto table = co_await uploaded_parts(context_.api, session_.id);
        if (!table) {
            co_return std::unexpected(table.error());
        }
        keep_what_is_there(*table);
    }
    co_return completed;
}

// A part that was sent to the store may have been overwritten there.
void FileUpload::keep_what_is_there(const PartTable& table) {
    auto sent = std::exchange(session_.digests, {});
    session_.digests.resize(sent.size());
    for (const auto& part : table.parts) {
        if (!session_.direct || sent.at(part.number - 1) == part.sha256) {
            session_.digests.at(part.number - 1) = part.sha256;
        }
    }
}

Task<Outcome<>> FileUpload::open_session() {
    if (!context_.journal.enabled()) {
        co_return co_await begin_anew();
    }
    auto find = [key = key_](Journal& journal) { return journal.find(key); };
    auto found = co_await context_.journal.run(std::move(find));
    if (!found) {
        co_return fail(found.error());
    }
    if (*found && context_.options.resume == Resume::restart) {
        if (auto discarded = co_await discard(**found); !discarded) {
            co_return discarded;
        }
        found->reset();
    }
    if (!*found) {
        co_return co_await begin_anew();
    }
    auto decision = co_await resume_upload(context_, **found, file_);
    if (!decision) {
        co_return std::unexpected(std::move(decision.error()));
    }
    if (const auto* anew = std::get_if<StartAnew>(&*decision)) {
        context_.reporter.notice(item_.shown + ": " + anew->reason + "; starting anew");
        co_return co_await begin_anew();
    }
    session_ = std::get<UploadSession>(std::move(*decision));
    context_.reporter.resumed(start_event());
    co_return Outcome<>{};
}

Task<Outcome<>> FileUpload::discard(const JournalUpload& entry) {
    const auto answer = co_await abort_upload(context_.api, entry.upload_id);
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    // What is gone already, or complete and so another file's matter, need not be aborted.
    if (!answer->ok() && answer->status != 404 && answer->status != 409 && answer->status != 410) {
        co_return fail(*answer);
    }
    auto forget = [row = entry.row](Journal& journal) { return journal.forget(row); };
    co_return as_outcome(co_await context_.journal.run(std::move(forget)));
}

Task<Outcome<NewUpload>> FileUpload::describe() {
    const auto& options = context_.options;
    const auto layout = lay_out(file_->size(), options.chunk_size);
    if (!layout) {
        co_return std::unexpected(layout.error());
    }
    NewUpload upload;
    upload.file_name = options.name.empty() ? item_.name : options.name;
    if (auto named = check_name(upload.file_name); !named) {
        co_return std::unexpected(std::move(named.error()));
    }
    upload.file_size = file_->size();
    upload.chunk_size = layout->chunk_size;
    upload.total_parts = layout->total_parts;
    upload.content_type = options.content_type;
    upload.metadata = options.metadata;
    // An empty file has nothing that could be sent.
    upload.direct = options.direct && file_->size() > 0;
    if (!item_.relative.empty()) {
        upload.metadata.emplace("path", item_.relative);
    }
    if (options.declare_sha256) {
        const ByteRange all{ByteOffset(0), ByteCount(file_->size())};
        auto work = [file = file_, all] { return file->hash(all); };
        const auto digest = co_await context_.pool.run(std::move(work));
        if (!digest) {
            co_return fail(digest.error());
        }
        upload.sha256 = *digest;
    }
    co_return upload;
}

Task<Outcome<>> FileUpload::begin_anew() {
    const auto upload = co_await describe();
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    auto opened = co_await open_upload(context_.api, *upload);
    if (!opened) {
        co_return std::unexpected(std::move(opened.error()));
    }
    if (opened->chunk_size != upload->chunk_size || opened->total_parts != upload->total_parts) {
        co_return fail(ExitCode::failed,
                       "the server divides the file in another way than asked for");
    }
    session_ = UploadSession{opened->id, {file_->size(), opened->chunk_size, opened->total_parts},
                             0,          {},
                             {},         upload->direct};
    session_.digests.resize(opened->total_parts);
    for (auto& url : opened->urls) {
        const auto number = url.number;
        session_.urls.insert_or_assign(number, std::move(url));
    }
    if (context_.journal.enabled()) {
        const JournalUpload entry{
            0, key_, file_->identity(), opened->id, opened->chunk_size, opened->total_parts};
        auto begin = [entry](Journal& journal) { return journal.begin(entry); };
        const auto row = co_await context_.journal.run(std::move(begin));
        if (!row) {
            co_return fail(row.error());
        }
        session_.journal_row = *row;
    }
    context_.reporter.started(start_event());
    co_return Outcome<>{};
}

TransferStart FileUpload::start_event() const {
    const auto& layout = session_.layout;
    TransferStart event{item_.shown, session_.id, layout.size, layout.total_parts,
                        layout.chunk_size};
    for (std::uint32_t number = 1; number <= layout.total_parts; ++number) {
        if (session_.digests[number - 1]) {
            ++event.done_parts;
            event.done_bytes += layout.range_of(number).length.value();
        }
    }
    return event;
}

Task<Outcome<>> FileUpload::send_missing() {
    auto numbers = session_.missing();
    // Taken from the back.
    std::ranges::reverse(numbers);
    std::optional<Failure> failed;
    const auto group = co_await runtime::Group::open();
    const auto tasks = std::min<std::size_t>(context_.options.parallel, numbers.size());
    for (std::size_t i = 0; i < tasks; ++i) {
        group->spawn(send_some(numbers, failed));
    }
    co_await group->wait();
    co_return failed ? Outcome<>(std::unexpected(*std::move(failed))) : Outcome<>();
}

Task<void> FileUpload::send_some(std::vector<std::uint32_t>& numbers,
                                 std::optional<Failure>& failed) {
    while (!numbers.empty() && !failed) {
        const auto number = numbers.back();
        numbers.pop_back();
        auto sent = co_await send_part(number);
        if (!sent && !failed) {
            failed = std::move(sent.error());
        }
    }
}

Task<Outcome<>> FileUpload::send_part(std::uint32_t number) {
    const auto slot = co_await context_.slots.take();
    PartSender sender(context_, session_, file_, item_.shown);
    const auto digest = co_await sender.send(number);
    if (!digest) {
        co_return std::unexpected(digest.error());
    }
    const auto range = session_.layout.range_of(number);
    // The digest of an only part is as quickly computed again as looked up.
    if (context_.journal.enabled() && session_.layout.total_parts > 1) {
        const JournalPart part{number, range.first.value(), range.length.value(), *digest};
        auto add = [row = session_.journal_row, part](Journal& journal) {
            return journal.add_part(row, part);
        };
        if (const auto added = co_await context_.journal.run(std::move(add)); !added) {
            co_return fail(added.error());
        }
    }
    session_.digests[number - 1] = *digest;
    context_.reporter.part(
        {item_.shown, session_.id, number, range.length.value(), encode_hex(digest->view())});
    co_return Outcome<>{};
}

Task<Outcome<>> FileUpload::complete() {
    if (auto unchanged = co_await check_unchanged(file_, context_.pool); !unchanged) {
        co_return unchanged;
    }
    core::Chain chain(hash::sha256);
    CompletionStatement statement;
    for (const auto& digest : session_.digests) {
        chain.add(*digest);
        // Whoever has a URL of the store may have sent something else since.
        if (session_.direct) {
            statement.parts.push_back(*digest);
        }
    }
    const auto completed =
        co_await complete_upload(context_.api, session_.id, std::move(statement));
    if (!completed) {
        co_return std::unexpected(completed.error());
    }
    if (completed->chain != chain.value() || completed->size != file_->size()) {
        co_return fail(ExitCode::corrupt, "the server completed the upload as " + completed->id +
                                              " with another content than was sent");
    }
    if (context_.journal.enabled()) {
        const FinishedFile finished{key_, item_.root, file_->identity(), completed->id};
        auto finish = [row = session_.journal_row, finished](Journal& journal) {
            return journal.finish(row, finished);
        };
        if (const auto kept = co_await context_.journal.run(std::move(finish)); !kept) {
            co_return fail(kept.error());
        }
    }
    context_.reporter.completed({item_.shown, completed->id, context_.api.absolute(completed->url),
                                 completed->size, encode_hex(chain.value().view())});
    co_return Outcome<>{};
}

}  // namespace slipway::cli

#include "cli/put/resume.hpp"

#include <algorithm>

#include "cli/text.hpp"

namespace slipway::cli {

namespace {

Failure changed(const std::string& how) {
    return Failure{ExitCode::source_changed,
                   "the file changed since its upload began (" + how +
                       "); nothing was sent; --restart uploads it anew",
                   {}};
}

// The parts that must be hashed again: their digest is not known, or the file may have changed
// since.
std::vector<StoredPart> doubtful_parts(const PartTable& table,
                                       const std::vector<JournalPart>& known, bool same_identity) {
    std::vector<StoredPart> doubtful;
    for (const auto& part : table.parts) {
        const auto found = std::ranges::find(known, part.number, &JournalPart::number);
        const bool trusted = same_identity && found != known.end() && found->sha256 == part.sha256;
        if (!trusted) {
            doubtful.push_back(part);
        }
    }
    return doubtful;
}

// The first of the parts whose bytes in the file are not those that the server has.
Result<std::optional<std::uint32_t>> find_difference(const SourceFile& file,
                                                     const PartLayout& layout,
                                                     const std::vector<StoredPart>& parts) {
    for (const auto& part : parts) {
        const auto digest = file.hash(layout.range_of(part.number));
        if (!digest) {
            return std::unexpected(digest.error());
        }
        if (*digest != part.sha256) {
            return part.number;
        }
    }
    return std::optional<std::uint32_t>();
}

bool fits(const PartTable& table, const JournalUpload& entry) {
    return table.chunk_size == entry.chunk_size && table.total_parts == entry.total_parts &&
           std::ranges::all_of(table.parts, [&](const StoredPart& part) {
               return part.number >= 1 && part.number <= entry.total_parts;
           });
}

}  // namespace

Task<Outcome<ResumeDecision>> resume_upload(PutContext& context, JournalUpload entry,
                                            std::shared_ptr<const SourceFile> file) {
    if (file->size() != entry.identity.size) {
        co_return std::unexpected(changed("its size was " + format_size(entry.identity.size) +
                                          " and is " + format_size(file->size())));
    }
    const auto table = co_await uploaded_parts(context.api, entry.upload_id);
    if (!table && is_upload_gone(table.error())) {
        co_return StartAnew{"its upload " + entry.upload_id + " is no longer on the server"};
    }
    if (!table) {
        co_return std::unexpected(table.error());
    }
    if (table->state == "aborted" || table->state == "expired") {
        co_return StartAnew{"its upload " + entry.upload_id + " was " + table->state};
    }
    const PartLayout layout{file->size(), entry.chunk_size, entry.total_parts};
    if (!fits(*table, entry)) {
        co_return StartAnew{"its upload " + entry.upload_id + " is divided in another way"};
    }
    auto read_known = [row = entry.row](Journal& journal) { return journal.parts(row); };
    const auto known = co_await context.journal.run(std::move(read_known));
    if (!known) {
        co_return fail(known.error());
    }
    const bool same = file->identity() == entry.identity;
    auto compare = [file, layout, doubtful = doubtful_parts(*table, *known, same)] {
        return find_difference(*file, layout, doubtful);
    };
    const auto difference = co_await context.pool.run(std::move(compare));
    if (!difference) {
        co_return fail(difference.error());
    }
    if (*difference) {
        co_return std::unexpected(changed("part " + std::to_string(**difference) + " differs"));
    }
    auto remember = [row = entry.row, identity = file->identity()](Journal& journal) {
        return journal.update_identity(row, identity);
    };
    if (const auto kept = co_await context.journal.run(std::move(remember)); !kept) {
        co_return fail(kept.error());
    }
    UploadSession session{entry.upload_id, layout, entry.row, {}, {}, table->direct};
    session.digests.resize(layout.total_parts);
    for (const auto& part : table->parts) {
        session.digests[part.number - 1] = part.sha256;
    }
    co_return std::move(session);
}

}  // namespace slipway::cli

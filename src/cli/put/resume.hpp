// Whether an upload in the journal can go on, and with which parts: what the server has is compared
// with the file.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "cli/put/put_context.hpp"
#include "cli/put/upload_session.hpp"
#include "cli/source_file.hpp"

namespace slipway::cli {

// The upload cannot go on because it is gone; the file is to be uploaded anew.
struct StartAnew {
    std::string reason;
};

using ResumeDecision = std::variant<UploadSession, StartAnew>;

// Asks the server what it has. Parts whose digests are known from an unchanged file are trusted;
// others are hashed again. Fails with source_changed when the file is not the one whose parts the
// server has. Nothing is sent.
Task<Outcome<ResumeDecision>> resume_upload(PutContext& context, JournalUpload entry,
                                            std::shared_ptr<const SourceFile> file);

}  // namespace slipway::cli

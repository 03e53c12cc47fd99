// FileUpload: the upload of one file, from the journal to the completed file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/put/put_context.hpp"
#include "cli/put/source_list.hpp"
#include "cli/put/upload_session.hpp"
#include "cli/source_file.hpp"

namespace slipway::cli {

class FileUpload final {
 public:
    FileUpload(PutContext& context, const SourceItem& item)
        : context_(context), item_(item), key_{item.path, context.api.base_url()} {}

    // Tells the reporter of everything but its failure.
    Task<Outcome<>> run();

 private:
    // True when the file was uploaded before, as a file of its directory.
    Task<Outcome<bool>> is_finished();
    Task<Outcome<>> upload_once();
    Task<Outcome<>> open_session();
    Task<Outcome<>> begin_anew();
    Task<Outcome<NewUpload>> describe();
    Task<Outcome<>> discard(const JournalUpload& entry);
    Task<Outcome<>> send_missing();
    Task<void> send_some(std::vector<std::uint32_t>& numbers, std::optional<Failure>& failed);
    Task<Outcome<>> send_part(std::uint32_t number);
    void keep_what_is_there(const PartTable& table);
    Task<Outcome<>> complete();
    TransferStart start_event() const;

    PutContext& context_;
    const SourceItem& item_;
    const JournalKey key_;
    std::shared_ptr<const SourceFile> file_;
    UploadSession session_;
};

}  // namespace slipway::cli

// The life of an upload: which state it is in at a moment, and what each step makes of its record.
//
//   open ──begin_completing──▶ completing ──finish──▶ complete
//     ├──abort──▶ aborted  (also where completing was given up)
//     └──expire─▶ expired
//
// Every step raises the epoch. The last three states are final: their answer is replayed.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "core/upload.hpp"

namespace slipway::core {

// The stored state, but an open upload past its time is expired already, whether or not a sweep has
// written so.
UploadState state_at(const Upload& upload, WallTime now);
bool is_final(UploadState state);
// Its completion was decided, and then it turned out that there will be no file.
bool is_given_up(const Upload& upload);

// The record after the step. Preconditions: open for the first three, given up for abort() too;
// completing for finish().
// The plan is counted; `by` is the key of who asked.
Upload begin_completing(Upload upload, PartPlan plan, DeclaredDigests declared,
                        std::optional<CompletionKey> by = std::nullopt);
Upload abort(Upload upload, WallTime now);
Upload expire(Upload upload, WallTime now);
Upload finish(Upload upload, WallTime now);
// It stays open, and what was signed for it before is worth nothing. Precondition: open.
Upload revoke_urls(Upload upload);
// It stays completing, and another blob becomes the file. Precondition: completing.
Upload move_home(Upload upload, std::uint32_t home);
// It stays open, or completing, and says why it could not be completed. Precondition: not final.
Upload note_failure(Upload upload, std::string reason);

}  // namespace slipway::core

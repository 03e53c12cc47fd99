// UploadSessions: the in-memory state of uploads in use: who writes which part, and who is ending
// which upload. Each upload's state lives on its home loop and is touched there only; nothing here
// is durable or needs to be.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "engine/upload_content.hpp"
#include "runtime/event_loops.hpp"
#include "runtime/task.hpp"

namespace slipway::engine {

// A right that is given back when destroyed, on whatever thread that happens.
class Turn {
 public:
    Turn() = default;
    explicit Turn(std::function<void()> give_back) : give_back_(std::move(give_back)) {}
    Turn(Turn&& other) noexcept : give_back_(std::exchange(other.give_back_, nullptr)) {}
    Turn& operator=(Turn&& other) noexcept {
        std::swap(give_back_, other.give_back_);
        return *this;
    }
    ~Turn() {
        if (give_back_) {
            give_back_();
        }
    }

 private:
    std::function<void()> give_back_;
};

// The right to write one part. At most one exists for a part.
struct PartSlot {
    Turn turn;
    // Set when a newer request for the same part has ended this one.
    std::shared_ptr<const std::atomic<bool>> superseded;
};

// The room of one attempt at a part of a free size. Given back at its end.
struct PartRoom {
    ByteOffset offset;
    Turn turn;
    // Set before the part's record is handed in.
    std::shared_ptr<std::atomic<bool>> recorded;
};

class UploadSessions {
 public:
    explicit UploadSessions(runtime::EventLoops& loops);
    ~UploadSessions();
    UploadSessions(const UploadSessions&) = delete;
    UploadSessions& operator=(const UploadSessions&) = delete;

    // Takes the slot of a part. A holder is interrupted, and this waits until it has let go; of
    // several that wait the newest wins. Nothing: a newer request won. `interrupt` is called at
    // most once, from the home loop.
    Task<std::optional<PartSlot>> take_part(UploadId upload, PartNumber part,
                                            std::function<void()> interrupt);

    // Room for a part of a free size, which nobody else has. Nothing: the upload is not known here;
    // where its recorded parts end is in the catalog.
    Task<std::optional<PartRoom>> take_room(UploadId upload, ByteCount length);
    Task<PartRoom> take_room_behind(UploadId upload, ByteOffset end, ByteCount length);

    // Waits for the right to complete, abort or expire an upload, in order of asking.
    Task<Turn> take_ending(UploadId upload);

    // What becomes of an upload, told in the order in which it is recorded. These do not wait.
    void created(UploadId upload);
    void recorded(UploadId upload, const core::Part& part);
    void ended(UploadId upload);
    // The content of an upload all of whose parts are recorded. Nothing: not all of them were seen;
    // the catalog knows.
    Task<std::optional<ContentSummary>> content_of(UploadId upload, std::uint32_t total_parts);
    // Instead of recorded(), for who wants to know whether that was the last part.
    Task<Fullness> fullness_with(UploadId upload, const core::Part& part,
                                 std::uint32_t total_parts);

 private:
    class Home;
    std::shared_ptr<Home> home_of(const UploadId& upload) const;
    std::vector<std::shared_ptr<Home>> homes_;
};

}  // namespace slipway::engine

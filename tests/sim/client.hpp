// Client: makes one operation of a script through the use cases, as a door would, and tells the
// answer. It judges nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "core/upload.hpp"
#include "engine/outcome.hpp"
#include "engine/world.hpp"
#include "sim/contents.hpp"

namespace slipway::sim {

struct Answer {
    std::optional<engine::Reason> refused;
    // Where it succeeded, and the operation has it to tell.
    std::optional<core::Upload> upload;
    std::optional<core::Part> part;
    bool already_stored = false;
    std::optional<core::File> file;
    std::string content;
    // It was given before the process died: after that nobody hears it.
    bool in_time = true;
    // How many calls to the disk that change something were made for it.
    std::size_t changes = 0;
};

// What the client knows of the upload that it works on.
struct Target {
    std::uint8_t index = 0;
    Shape shape = Shape::two_parts;
    core::Upload upload;
    std::uint8_t part = 1;
};

// Whether the bodies of parts come at once, or give way to others between two pieces.
enum class Pace : std::uint8_t { at_once, in_turns };

Task<Answer> perform(engine::World& world, Op op, Target target, Pace pace);

// What can be told of an upload at any time.
struct Sight {
    // Nothing: there is no such upload.
    std::optional<core::UploadState> state;
    core::Upload upload;
    std::vector<core::Part> parts;
    std::optional<core::File> file;
    // Nobody takes them out of the outbox: all that were ever written.
    std::vector<core::Event> events;
    std::optional<engine::Reason> failed;
};
Task<Sight> look(engine::World& world, UploadId id);

inline constexpr std::string_view kOwner = "alice";

}  // namespace slipway::sim

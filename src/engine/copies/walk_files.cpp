#include "engine/copies/walk_files.hpp"

#include <sstream>

namespace slipway::engine {

namespace {

constexpr std::size_t kPageSize = 100;

struct Position {
    std::optional<UploadId> after;
    WalkTally tally;
};

Position parse_position(const std::string& text) {
    const auto space = text.find(' ');
    if (space == text.npos) {
        return {};
    }
    const auto after = UploadId::parse(text.substr(0, space));
    const auto tally = WalkTally::parse(text.substr(space + 1));
    return after && tally ? Position{after, *tally} : Position{};
}

}  // namespace

std::string WalkTally::to_string() const {
    return std::to_string(seen) + ' ' + std::to_string(changed) + ' ' + std::to_string(left);
}

std::optional<WalkTally> WalkTally::parse(const std::string& text) {
    std::istringstream in(text);
    WalkTally tally;
    if (!(in >> tally.seen >> tally.changed >> tally.left) || tally.to_string() != text) {
        return std::nullopt;
    }
    return tally;
}

Task<TaskOutcome> walk_files(World& world, TaskContext& context, FileLook look) {
    Position position = parse_position(context.task().checkpoint);
    for (;;) {
        const auto page =
            co_await world.catalog.list_all_files({.after = position.after, .limit = kPageSize});
        if (!page) {
            co_return TaskFailed{page.error()};
        }
        for (const core::File& file : page->items) {
            if (context.must_stop()) {
                co_return TaskStopped{};
            }
            if (auto looked = co_await look(file, position.tally); !looked) {
                co_return context.must_stop() ? TaskOutcome(TaskStopped{})
                                              : TaskOutcome(TaskFailed{looked.error()});
            }
        }
        if (!page->next) {
            co_return TaskDone{position.tally.to_string()};
        }
        position.after = page->next;
        const std::string checkpoint =
            position.after->to_string() + ' ' + position.tally.to_string();
        if (auto kept = co_await context.checkpoint(checkpoint); !kept) {
            co_return TaskStopped{};
        }
    }
}

}  // namespace slipway::engine

#include "adapters/mariadb/catalog/part_batcher.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <utility>

namespace slipway::adapters::mariadb {

using std::chrono::steady_clock;

PartBatcher::PartBatcher(Database& database, PartBatcherOptions options)
    : database_(database), options_(std::move(options)) {}

Task<BatchedOutcome> PartBatcher::put(WantedPart wanted) {
    return database_.call<std::optional<ports::PutPartOutcome>>(wait_for(std::move(wanted)));
}

Task<BatchedOutcome> PartBatcher::wait_for(WantedPart wanted) {
    const runtime::OneShot<BatchedOutcome> answer;
    queue_.push_back({std::move(wanted), answer});
    if (writing_ < options_.groups) {
        ++writing_;
        database_.spawn(write_groups());
    }
    co_return co_await answer.wait();
}

std::vector<PartBatcher::Waiting> PartBatcher::take_group() {
    const auto count = std::min(queue_.size(), options_.most);
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Waiting> group(std::make_move_iterator(queue_.begin()),
                               std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return group;
}

Task<void> PartBatcher::write_groups() {
    while (!queue_.empty()) {
        std::vector<Waiting> group = take_group();
        std::vector<WantedPart> parts;
        parts.reserve(group.size());
        for (Waiting& waiting : group) {
            parts.push_back(std::move(waiting.wanted));
        }
        const auto wanted = std::make_shared<const std::vector<WantedPart>>(std::move(parts));
        const auto begun = steady_clock::now();
        auto body = [wanted](Session& session, Attempt attempt) {
            return put_parts(session, attempt, wanted);
        };
        auto outcomes = co_await database_.transact<std::vector<BatchedOutcome>>(std::move(body),
                                                                                 Repeatable::yes);
        for (std::size_t i = 0; i < group.size(); ++i) {
            group[i].answer.deliver(outcomes ? std::move((*outcomes)[i])
                                             : BatchedOutcome(std::unexpected(outcomes.error())));
        }
        if (options_.on_group) {
            options_.on_group(group.size(),
                              std::chrono::duration<double>(steady_clock::now() - begun).count());
        }
    }
    --writing_;
}

}  // namespace slipway::adapters::mariadb

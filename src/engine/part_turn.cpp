#include "engine/part_turn.hpp"

namespace slipway::engine {

ports::PartClaim PartTurn::claim() const {
    return {.upload = upload_, .number = number_, .owner = world_.node, .length = kLength};
}

Task<Outcome<>> PartTurn::take(RequestContext context) {
    const SteadyTime asked_at = world_.clock.steady();
    const auto taken = co_await world_.shared->claim_part(claim());
    if (!taken) {
        co_return refuse(taken.error(), "claim_part", context.request_id);
    }
    if (!*taken) {
        co_return refuse(Reason::busy, "another server is writing this part; try again");
    }
    taken_at_ = asked_at;
    co_return Outcome<>();
}

bool PartTurn::holds() const {
    return !taken_at_ || world_.clock.steady() - *taken_at_ < kLength * 4 / 5;
}

// Where it cannot be told, it ends by its time.
Task<void> PartTurn::let_go() {
    if (taken_at_) {
        static_cast<void>(co_await world_.shared->let_part_go(claim()));
    }
}

}  // namespace slipway::engine

#include "engine/stores/store_health.hpp"

namespace slipway::engine {

bool is_away(Errc code) {
    return code == Errc::unavailable || code == Errc::deadline_exceeded ||
           code == Errc::outcome_unknown;
}

HealthChange StoreHealth::note_failure(Errc code) {
    if (!is_away(code)) {
        note_answer();
        return HealthChange::none;
    }
    if (failures_.fetch_add(1) + 1 < kFailuresInARow) {
        return HealthChange::none;
    }
    return up_.exchange(false) ? HealthChange::down : HealthChange::none;
}

HealthChange StoreHealth::note_probe(bool answers) {
    failures_.store(0);
    if (up_.exchange(answers) == answers) {
        return HealthChange::none;
    }
    return answers ? HealthChange::up : HealthChange::down;
}

}  // namespace slipway::engine

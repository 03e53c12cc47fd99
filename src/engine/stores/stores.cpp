#include "engine/stores/stores.hpp"

#include <algorithm>
#include <cstdint>

#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

void log_change(HealthChange change, std::string_view name, std::string_view detail) {
    if (change == HealthChange::none) {
        return;
    }
    const bool is_up = change == HealthChange::up;
    telemetry::log(is_up ? telemetry::Level::info : telemetry::Level::error,
                   is_up ? "store_answers_again" : "store_away",
                   {{"store", name}, {"detail", detail}});
}

}  // namespace

Stores::Stores(std::vector<StoreUse> stores)
    : unknown_("unknown", "the record's store is not configured") {
    for (const StoreUse& use : stores) {
        entries_.emplace_back(use.store, use.weight, use.role);
        all_.push_back(&use.store);
        normal_ += use.role == StoreRole::normal ? 1U : 0U;
    }
}

Stores::Entry* Stores::find(std::string_view name) const {
    const auto found =
        std::ranges::find(entries_, name, [](const Entry& entry) { return entry.store.name(); });
    return found == entries_.end() ? nullptr : &*found;
}

ports::Store& Stores::at(std::string_view name) const {
    const Entry* const entry = find(name);
    return entry == nullptr ? unknown_ : entry->store;
}

bool Stores::is_up(std::string_view name) const {
    const Entry* const entry = find(name);
    return entry != nullptr && (all_.size() == 1 || entry->health.is_up());
}

bool Stores::answers(std::string_view name) const {
    const Entry* const entry = find(name);
    return entry != nullptr && entry->health.is_up();
}

bool Stores::is_any_up() const {
    return std::ranges::any_of(entries_, [this](const Entry& entry) {
        return entry.health.is_up() && (entry.role == StoreRole::normal || &entry.store == active_);
    });
}

bool Stores::reaches(const core::StagedCopy& blob) const {
    return is_up(blob.storage_node) || at(blob.storage_node).is_staged_here(blob.placement);
}

void Stores::note_call(std::string_view name, const Error* error) {
    Entry* const entry = find(name);
    if (entry == nullptr) {
        return;
    }
    if (error == nullptr) {
        entry->health.note_answer();
        return;
    }
    log_change(entry->health.note_failure(error->code), name, error->detail);
}

void Stores::note_probe(std::string_view name, bool answers, std::string_view detail) {
    if (Entry* const entry = find(name)) {
        log_change(entry->health.note_probe(answers), name, detail);
    }
}

ports::Store* Stores::dr() const {
    const auto found = std::ranges::find(entries_, StoreRole::dr, &Entry::role);
    return found == entries_.end() ? nullptr : &found->store;
}

ports::Store* Stores::copy_store_of(std::string_view home) const {
    ports::Store* const dr_store = dr();
    if (dr_store == nullptr || dr_store->name() != home) {
        return dr_store;
    }
    // What came after it took over is copied the other way.
    return &std::ranges::find(entries_, StoreRole::normal, &Entry::role)->store;
}

bool Stores::takes_new(const Entry& entry, std::span<const std::string_view> but) const {
    const std::string_view name = entry.store.name();
    return entry.role == StoreRole::normal && (!are_several() || is_up(name)) &&
           std::ranges::find(but, name) == but.end();
}

ports::Store* Stores::choose(ports::Random& random, std::span<const std::string_view> but) const {
    if (ports::Store* const active = active_;
        active != nullptr && std::ranges::find(but, active->name()) == but.end()) {
        return active;
    }
    std::vector<const Entry*> candidates;
    std::uint64_t sum = 0;
    for (const Entry& entry : entries_) {
        if (takes_new(entry, but)) {
            candidates.push_back(&entry);
            sum += entry.weight;
        }
    }
    if (candidates.empty()) {
        return nullptr;
    }
    if (candidates.size() == 1 || sum == 0) {
        return &candidates.front()->store;
    }
    std::uint64_t drawn = 0;
    random.fill(std::as_writable_bytes(std::span(&drawn, 1)));
    drawn %= sum;
    const auto chosen = std::ranges::find_if(candidates, [&drawn](const Entry* entry) {
        const bool here = drawn < entry->weight;
        drawn -= here ? 0 : entry->weight;
        return here;
    });
    return &(*chosen)->store;
}

}  // namespace slipway::engine

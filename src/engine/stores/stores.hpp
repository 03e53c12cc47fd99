// Stores: the stores of a node, by the names that records have of them, with their health and their
// shares of what is new. One store alone is never down: there is no other to ask instead.
#pragma once

#include <atomic>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "core/upload.hpp"
#include "engine/stores/late_store.hpp"
#include "engine/stores/store_health.hpp"
#include "ports/random.hpp"
#include "ports/store.hpp"

namespace slipway::engine {

// dr: has a copy of every file, and takes what is new only after it has taken over.
enum class StoreRole { normal, dr };

// How a store is used.
struct StoreUse {
    ports::Store& store;
    // Its share of what is new; 0: a standby, which takes what no other can.
    unsigned weight = 1;
    StoreRole role = StoreRole::normal;
};

class Stores {
 public:
    // One normal one at least, and one for disaster recovery at most; of different names. They
    // outlive this.
    explicit Stores(std::vector<StoreUse> stores);
    // One alone.
    explicit Stores(ports::Store& only) : Stores(std::vector<StoreUse>{{.store = only}}) {}
    Stores(const Stores&) = delete;
    Stores& operator=(const Stores&) = delete;

    // For a name that is not among them, one that answers `unavailable` to everything: a record may
    // be of a configuration that has changed.
    ports::Store& at(std::string_view name) const;
    // Where the upload becomes a file.
    ports::Store& home_of(const core::Upload& upload) const {
        return at(core::home_of(upload).storage_node);
    }
    bool has(std::string_view name) const { return find(name) != nullptr; }
    std::span<ports::Store* const> all() const { return all_; }
    // More than one that is not for disaster recovery.
    bool are_several() const { return normal_ > 1; }

    // Whether it is worth asking.
    bool is_up(std::string_view name) const;
    // Of those that take what is new.
    bool is_any_up() const;
    // As it was found last, also where there is no other.
    bool answers(std::string_view name) const;
    // Whether the bytes of a staged blob can be had: its store is up, or keeps them on this node.
    bool reaches(const core::StagedCopy& blob) const;
    // What a call of the store came to, or a probe; thread-safe.
    template <class T>
    void note(std::string_view name, const Result<T>& outcome) {
        note_call(name, outcome ? nullptr : &outcome.error());
    }
    void note_probe(std::string_view name, bool answers, std::string_view detail);

    // For what is new: one that is up and is none of these, by weight. Nothing where there is none.
    ports::Store* choose(ports::Random& random, std::span<const std::string_view> but = {}) const;

    // For disaster recovery; nothing where none is.
    ports::Store* dr() const;
    // Where a file that lies in `home` is copied to; nothing where there is no such store.
    ports::Store* copy_store_of(std::string_view home) const;
    // From now on all that is new goes to this store, which is one of them; nothing: as they are
    // configured. Thread-safe.
    void take_over(ports::Store* store) { active_ = store; }
    // The one that has taken over.
    ports::Store* active() const { return active_; }

 private:
    struct Entry {
        ports::Store& store;
        unsigned weight;
        StoreRole role;
        StoreHealth health;
    };
    Entry* find(std::string_view name) const;
    bool takes_new(const Entry& entry, std::span<const std::string_view> but) const;
    void note_call(std::string_view name, const Error* error);

    mutable std::deque<Entry> entries_;
    std::vector<ports::Store*> all_;
    std::size_t normal_ = 0;
    std::atomic<ports::Store*> active_{nullptr};
    mutable LateStore unknown_;
};

}  // namespace slipway::engine

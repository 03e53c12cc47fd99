// Stores: the stores of a node, by the names that records have of them.
#pragma once

#include <atomic>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "core/upload.hpp"
#include "engine/stores/late_store.hpp"
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
    bool has(std::string_view name) const;
    std::span<ports::Store* const> all() const { return all_; }
    bool are_several() const { return all_.size() > 1; }

    // For what is new.
    ports::Store& choose(ports::Random& random) const;

    // For disaster recovery; nothing where none is.
    ports::Store* dr() const { return dr_; }
    // Where a file that lies in `home` is copied to; nothing where there is no such store.
    ports::Store* copy_store_of(std::string_view home) const;
    // From now on all that is new goes to this store, which is one of them; nothing: as they are
    // configured. Thread-safe.
    void take_over(ports::Store* store) { active_ = store; }
    // The one that has taken over.
    ports::Store* active() const { return active_; }

 private:
    std::vector<StoreUse> uses_;  // the normal ones
    ports::Store* dr_ = nullptr;
    std::atomic<ports::Store*> active_{nullptr};
    std::vector<ports::Store*> all_;
    mutable LateStore unknown_;
};

}  // namespace slipway::engine

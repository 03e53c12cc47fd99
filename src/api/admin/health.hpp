// Health: whether this process lives and takes work, with the reasons when it does not.
#pragma once

#include <atomic>
#include <initializer_list>
#include <string_view>

#include "http/server.hpp"

namespace slipway::api::admin {

class Health {
 public:
    void set_started() { started_.store(true); }
    // It still takes work, and wants to be sent no more.
    void set_leaving() { leaving_.store(true); }
    void set_draining() { draining_.store(true); }
    // No room for new uploads; what was begun can be ended.
    void set_low_space(bool low) { low_space_.store(low); }
    // The catalog does not answer.
    void set_catalog_away(bool away) { catalog_away_.store(away); }
    // The store does not answer.
    void set_store_away(bool away) { store_away_.store(away); }
    bool draining() const { return draining_.load(); }

    // The process answers: nothing else matters to who would restart it.
    http::Response livez() const;
    // It can take work.
    http::Response readyz() const;
    // It has carried through what the last end left undone.
    http::Response startupz() const;

 private:
    struct Reason {
        bool holds;
        std::string_view name;
    };
    static http::Response answer(std::initializer_list<Reason> reasons);

    std::atomic<bool> started_{false};
    std::atomic<bool> leaving_{false};
    std::atomic<bool> draining_{false};
    std::atomic<bool> low_space_{false};
    std::atomic<bool> catalog_away_{false};
    std::atomic<bool> store_away_{false};
};

}  // namespace slipway::api::admin

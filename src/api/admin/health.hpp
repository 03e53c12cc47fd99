// Health: whether this process lives and takes work, with the reasons when it does not.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "http/server.hpp"

namespace slipway::api::admin {

class Health {
 public:
    void set_draining() { draining_.store(true); }
    bool draining() const { return draining_.load(); }
    http::Response livez() const;
    http::Response readyz() const;

 private:
    std::atomic<bool> draining_{false};
};

}  // namespace slipway::api::admin

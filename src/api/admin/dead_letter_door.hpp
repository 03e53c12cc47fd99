// DeadLetterDoor: the administrator's calls on tasks that were given up (docs/events.md).
#pragma once

#include "engine/dead_letters.hpp"
#include "engine/world.hpp"
#include "http/server.hpp"

namespace slipway::api::admin {

class DeadLetterDoor {
 public:
    explicit DeadLetterDoor(engine::World& world) : letters_(world) {}

    Task<http::Response> list(http::Request& request);
    Task<http::Response> retry(http::Request& request, TaskId id);
    Task<http::Response> retry_all(http::Request& request);

 private:
    engine::DeadLetters letters_;
};

// 404, where there is none with this id.
http::Response no_dead_letter(const http::Request& request);

}  // namespace slipway::api::admin

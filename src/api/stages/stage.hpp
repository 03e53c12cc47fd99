// Stage: one step around the handling of every request, and Chain, the steps around the router. A
// stage does one thing before or after what is inside it, or answers itself; it knows no other
// stage.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "api/stages/exchange.hpp"
#include "runtime/task.hpp"

namespace slipway::api {

class Stage;
using Endpoint = std::function<Task<http::Response>(Exchange&)>;
using Stages = std::vector<std::unique_ptr<Stage>>;

// What is inside a stage. A value that refers to the chain.
class Inner {
 public:
    Inner(std::span<const std::unique_ptr<Stage>> rest, const Endpoint& endpoint)
        : rest_(rest), endpoint_(&endpoint) {}
    // Once. The exchange outlives the task.
    Task<http::Response> run(Exchange& exchange) const;

 private:
    std::span<const std::unique_ptr<Stage>> rest_;
    const Endpoint* endpoint_;
};

// Used by many requests at once, on every loop; outlives their tasks.
class Stage {
 public:
    virtual ~Stage() = default;
    virtual Task<http::Response> run(Exchange& exchange, Inner inner) = 0;
};

class Chain {
 public:
    // The first stage is the outermost.
    Chain(Stages stages, Endpoint endpoint)
        : stages_(std::move(stages)), endpoint_(std::move(endpoint)) {}
    Task<http::Response> run(Exchange& exchange) const {
        return Inner(stages_, endpoint_).run(exchange);
    }

 private:
    const Stages stages_;
    const Endpoint endpoint_;
};

inline Task<http::Response> Inner::run(Exchange& exchange) const {
    if (rest_.empty()) {
        return (*endpoint_)(exchange);
    }
    return rest_.front()->run(exchange, Inner(rest_.subspan(1), *endpoint_));
}

}  // namespace slipway::api

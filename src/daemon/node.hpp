// Node: one slipwayd process, wired: it opens the adapters, recovers, serves, sweeps and drains.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

class Node {
 public:
    // Opens the data directory and carries through what a crash left undone. Nothing is served yet.
    // The sources are what the configuration was made of.
    static Result<std::unique_ptr<Node>> open(const Config& config, ConfigSources sources);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // Serves until SIGTERM or SIGINT, then drains. A second signal ends the process at once.
    Result<> serve();

 private:
    class State;
    explicit Node(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace slipway::daemon

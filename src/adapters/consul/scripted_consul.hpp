// ScriptedConsul: a far end that answers requests one after another, whatever connection they come
// on; for tests only. What Consul really does is tested against Consul, in tests/cluster.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "http/scripted_server.hpp"

namespace slipway::adapters::consul {

class ScriptedConsul {
 public:
    // "404 text" answers that status and text, with the index 42. What is asked after the last
    // answer meets a closed connection.
    explicit ScriptedConsul(std::vector<std::string> answers)
        : answers_(std::move(answers)), server_(std::vector(8, script())) {}

    std::string url() const { return server_.url(""); }
    // "PUT /v1/agent/service/register", in order.
    std::vector<std::string> requests() const {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }
    std::string last_head() const {
        const std::scoped_lock lock(mutex_);
        return last_head_;
    }

 private:
    http::ScriptedServer::Script script() {
        return [this](http::ScriptedPeer& peer) {
            for (std::string head = peer.read_head(); !head.empty(); head = peer.read_head()) {
                const auto at = head.find("Content-Length: ");
                if (at != std::string::npos) {
                    peer.read_bytes(std::stoul(head.substr(at + 16)));
                }
                const auto answer = take(head);
                if (answer.empty()) {
                    return;
                }
                const auto body = answer.size() > 4 ? answer.substr(4) : std::string();
                peer.write("HTTP/1.1 " + answer.substr(0, 3) +
                           " Told\r\nX-Consul-Index: 42\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
            }
        };
    }

    std::string take(const std::string& head) {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(head.substr(0, head.find(" HTTP/")));
        last_head_ = head;
        return requests_.size() <= answers_.size() ? answers_[requests_.size() - 1] : std::string();
    }

    const std::vector<std::string> answers_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::string last_head_;
    // Last: its thread uses what stands above.
    http::ScriptedServer server_;
};

}  // namespace slipway::adapters::consul

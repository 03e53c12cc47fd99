// PeerStage: behind a proxy that is trusted, the client is who the proxy says. Anybody else's
// X-Forwarded-For is only text.
#pragma once

#include <string>
#include <vector>

#include "api/stages/stage.hpp"

namespace slipway::api {

class PeerStage final : public Stage {
 public:
    // Addresses of the proxies.
    explicit PeerStage(std::vector<std::string> trusted) : trusted_(std::move(trusted)) {}
    Task<http::Response> run(Exchange& exchange, Inner inner) override;

 private:
    bool trusts(std::string_view address) const;

    const std::vector<std::string> trusted_;
};

}  // namespace slipway::api

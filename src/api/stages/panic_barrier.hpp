// PanicBarrier: an exception that leaves a handler ends here: logged once, answered 500, and the
// connection closed, since nobody knows what was read of its body. The server lives.
#pragma once

#include "api/stages/stage.hpp"

namespace slipway::api {

class PanicBarrier final : public Stage {
 public:
    Task<http::Response> run(Exchange& exchange, Inner inner) override;
};

}  // namespace slipway::api

// Gate: turns requests away by their heads, before anything else is done for them: an answer that
// stands ready is sent, and their bodies are dropped. For a server that is offered far more than it
// can take, when what a refusal costs is what it cannot do for anybody else.
#pragma once

#include "http/message.hpp"
#include "http/ready_answer.hpp"

namespace slipway::http {

// Asked on every loop; outlives the server.
class Gate {
 public:
    virtual ~Gate() = default;
    // Whether it may turn anything away now. Asked for every request, and cheap.
    virtual bool closed() = 0;
    // The answer to this request, which is then counted as turned away; null: it goes its usual
    // way. Lives as long as the gate.
    virtual const ReadyAnswer* turn_away(const RequestHead& head) = 0;
};

}  // namespace slipway::http

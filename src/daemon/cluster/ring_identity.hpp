// Which keys the servers of one database sign with, as a word in the shared state: a server whose
// URLs the others would refuse is not let in.
#pragma once

#include <string>

#include "base/result.hpp"
#include "engine/signing_key_ring.hpp"
#include "ports/shared_state.hpp"
#include "runtime/task.hpp"

namespace slipway::daemon {

// Of a server with the cluster's secret, by its fingerprint; takes the place of a ring of before.
// invalid: the others have another secret.
Task<Result<>> claim_by_secret(ports::SharedState& state, std::string fingerprint);
// Of a server with a ring of its own, which is the only one then. invalid: the others have a
// secret, or another ring.
Task<Result<>> claim_by_ring(ports::SharedState& state, engine::RingKeys keys);

// Keeps a changed ring by `write`, and lets the shared state know of it: a crash leaves a state
// that names the ring of before as well.
Task<Result<>> keep_claimed(ports::SharedState& state, engine::RingKeys before,
                            engine::RingKeys next, Task<Result<>> write);

}  // namespace slipway::daemon

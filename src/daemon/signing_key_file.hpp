// The ring of keys that sign part URLs, as it is kept: keys/signing.keys, one key a line. A single
// key of before, keys/signing.key, becomes the first of the ring.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "engine/signing_key_ring.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"

namespace slipway::daemon {

// The ring in `directory`; made where there is none, kept and durable on return. invalid: what is
// kept is damaged.
Result<engine::RingKeys> load_signing_keys(const std::filesystem::path& directory,
                                           const ports::Clock& clock, ports::Random& random);
// Durable on return; a crash leaves the ring of before, or this one.
Result<> keep_signing_keys(const std::filesystem::path& directory, const engine::RingKeys& keys);

}  // namespace slipway::daemon

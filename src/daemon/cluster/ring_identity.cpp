#include "daemon/cluster/ring_identity.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kWord = "signers";
constexpr std::string_view kSecret = "secret ";
constexpr std::string_view kRing = "ring";
// More than an operator makes in the lifetime of a URL, and as many as a word holds.
constexpr std::size_t kMostKeys = 64;

// "ring ID ID …", the newest last.
std::string ring_word(const engine::RingKeys& keys) {
    const std::size_t skipped = keys.size() > kMostKeys ? keys.size() - kMostKeys : 0;
    std::string word(kRing);
    for (std::size_t i = skipped; i < keys.size(); ++i) {
        word += ' ' + keys[i].key.id;
    }
    return word;
}

bool shares_a_key(const std::string& word, const engine::RingKeys& keys) {
    std::istringstream in(word);
    std::string id;
    while (in >> id) {
        if (engine::find_key(keys, id) != nullptr) {
            return true;
        }
    }
    return false;
}

std::unexpected<Error> refused(const std::string& why) {
    return failure(Errc::invalid,
                   why + ": give every server of one database the same auth.cluster_secret_file");
}

// Once more where another server has changed it meanwhile.
Task<Result<>> write(ports::SharedState& state, std::string expected, std::string next) {
    auto replaced = co_await state.replace_word(kWord, std::move(expected), std::move(next));
    if (!replaced && replaced.error().code == Errc::conflict) {
        co_return refused("another server has begun to use this database at the same time");
    }
    co_return replaced;
}

}  // namespace

Task<Result<>> claim_by_secret(ports::SharedState& state, std::string fingerprint) {
    const std::string mine = std::string(kSecret) + fingerprint;
    const auto now = co_await state.word(kWord);
    if (!now) {
        co_return std::unexpected(now.error());
    }
    if (now->starts_with(kSecret) && *now != mine) {
        co_return refused("the servers of this database have another cluster secret than this one");
    }
    if (now->starts_with(kRing)) {
        telemetry::log(telemetry::Level::warn, "cluster_secret_begins",
                       {{"detail", "what servers without it have signed is refused from now on"}});
    }
    co_return co_await write(state, *now, mine);
}

Task<Result<>> claim_by_ring(ports::SharedState& state, engine::RingKeys keys) {
    const auto now = co_await state.word(kWord);
    if (!now) {
        co_return std::unexpected(now.error());
    }
    if (now->starts_with(kSecret)) {
        co_return refused(
            "the servers of this database have a cluster secret, and this one has not");
    }
    if (!now->empty() && !shares_a_key(*now, keys)) {
        co_return refused("another server of this database signs URLs with keys of its own");
    }
    co_return co_await write(state, *now, ring_word(keys));
}

Task<Result<>> keep_claimed(ports::SharedState& state, engine::RingKeys before,
                            engine::RingKeys next, Task<Result<>> write_ring) {
    engine::RingKeys both = before;
    std::ranges::copy_if(next, std::back_inserter(both), [&](const engine::RingKey& key) {
        return engine::find_key(before, key.key.id) == nullptr;
    });
    if (auto noted = co_await claim_by_ring(state, std::move(both)); !noted) {
        co_return noted;
    }
    if (auto written = co_await std::move(write_ring); !written) {
        co_return written;
    }
    co_return co_await claim_by_ring(state, std::move(next));
}

}  // namespace slipway::daemon

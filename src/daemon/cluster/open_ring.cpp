#include "daemon/cluster/open_ring.hpp"

#include <utility>

#include "daemon/cluster/cluster_secret.hpp"
#include "daemon/cluster/ring_identity.hpp"
#include "daemon/signing_key_file.hpp"
#include "engine/access/own_ring.hpp"
#include "engine/access/shared_ring.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {

namespace {

namespace fs = std::filesystem;
using engine::RingKeys;
using engine::SigningKeyRing;

Task<Result<>> write_ring(runtime::BlockingPool& pool, fs::path directory, RingKeys keys) {
    auto write = [directory = std::move(directory), keys = std::move(keys)] {
        return keep_signing_keys(directory, keys);
    };
    co_return co_await pool.run(std::move(write));
}

Task<Result<>> keep(RingMeans means, std::shared_ptr<SigningKeyRing> ring, fs::path directory,
                    RingKeys next) {
    auto written = write_ring(means.pool, std::move(directory), next);
    if (means.shared == nullptr) {
        co_return co_await std::move(written);
    }
    co_return co_await keep_claimed(*means.shared, ring->ring()->keys, std::move(next),
                                    std::move(written));
}

Task<Result<>> nothing_to_reload() {
    co_return Result<>();
}

Result<OpenedRing> open_own(fs::path directory, RingMeans means) {
    auto keys = load_signing_keys(directory, means.clock, means.random);
    if (!keys) {
        return std::unexpected(keys.error());
    }
    if (means.shared != nullptr) {
        if (auto claimed = runtime::run_blocking(claim_by_ring(*means.shared, *keys)); !claimed) {
            return std::unexpected(claimed.error());
        }
    }
    OpenedRing opened;
    opened.ring = std::make_shared<SigningKeyRing>(std::move(*keys));
    opened.keeper = std::make_unique<engine::OwnRing>(engine::OwnRing::Means{
        .ring = *opened.ring,
        .random = means.random,
        .keep = [means, ring = opened.ring, directory = std::move(directory)](RingKeys next) {
            return keep(means, ring, directory, std::move(next));
        }});
    opened.reload = nothing_to_reload;
    return opened;
}

Task<Result<>> reload(engine::SharedRing& keeper, const ports::Clock& clock,
                      std::shared_ptr<SigningKeyRing> ring) {
    auto loaded = co_await keeper.load(clock.wall());
    if (!loaded) {
        co_return std::unexpected(std::move(loaded.error()));
    }
    ring->replace(std::move(*loaded));
    co_return Result<>();
}

Result<OpenedRing> open_shared(std::string secret, RingMeans means) {
    auto keeper = std::make_unique<engine::SharedRing>(*means.shared, std::move(secret));
    if (auto claimed = runtime::run_blocking(claim_by_secret(*means.shared, keeper->fingerprint()));
        !claimed) {
        return std::unexpected(claimed.error());
    }
    auto ring = runtime::run_blocking(keeper->open(means.clock.wall()));
    if (!ring) {
        return std::unexpected(ring.error());
    }
    OpenedRing opened;
    opened.ring = std::make_shared<SigningKeyRing>(std::move(*ring));
    opened.reload = [&of = *keeper, &clock = means.clock, to = opened.ring] {
        return reload(of, clock, to);
    };
    opened.keeper = std::move(keeper);
    return opened;
}

}  // namespace

Result<OpenedRing> open_ring(const Config& config, const Environment& environment,
                             fs::path directory, RingMeans means) {
    if (means.shared == nullptr) {
        return open_own(std::move(directory), means);
    }
    auto secret = load_cluster_secret(environment, config);
    if (!secret) {
        return std::unexpected(secret.error());
    }
    return *secret ? open_shared(**std::move(secret), means)
                   : open_own(std::move(directory), means);
}

}  // namespace slipway::daemon

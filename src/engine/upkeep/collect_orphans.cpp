#include "engine/upkeep/collect_orphans.hpp"

#include "engine/upkeep/records.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kPageSize = 1000;

}  // namespace

Task<Result<>> CollectOrphans::run(TaskContext& context) {
    seen_in_this_pass_.clear();
    if (auto looked = co_await look_at_staged(context); !looked) {
        co_return looked;
    }
    if (auto looked = co_await look_at_published(context); !looked) {
        co_return looked;
    }
    if (!context.must_stop()) {
        std::erase_if(suspects_, [this](const auto& suspect) {
            return !seen_in_this_pass_.contains(suspect.first);
        });
    }
    co_return Result<>();
}

Task<Result<>> CollectOrphans::look_at_staged(TaskContext& context) {
    const auto staged = co_await world_.store.list_staged();
    if (!staged) {
        co_return std::unexpected(staged.error());
    }
    for (const ports::StagedBlob& blob : *staged) {
        if (context.must_stop()) {
            break;
        }
        const Suspect suspect{ports::BlobState::staged, blob.id};
        if (auto looked = co_await look_at(suspect); !looked) {
            co_return looked;
        }
    }
    co_return Result<>();
}

Task<Result<>> CollectOrphans::look_at_published(TaskContext& context) {
    std::optional<UploadId> after;
    while (!context.must_stop()) {
        const auto page = co_await world_.store.list_published(after, kPageSize);
        if (!page) {
            co_return std::unexpected(page.error());
        }
        for (const UploadId& id : *page) {
            const Suspect suspect{ports::BlobState::published, id};
            if (auto looked = co_await look_at(suspect); !looked) {
                co_return looked;
            }
        }
        if (page->size() < kPageSize) {
            break;
        }
        after = page->back();
    }
    co_return Result<>();
}

Task<Result<>> CollectOrphans::look_at(Suspect suspect) {
    const auto claim = co_await claim_on(world_, suspect.second, suspect.first);
    if (!claim) {
        co_return std::unexpected(claim.error());
    }
    if (*claim == BlobClaim::wanted) {
        co_return Result<>();
    }
    seen_in_this_pass_.insert(suspect);
    if (!waited_long_enough(suspect)) {
        co_return Result<>();
    }
    co_return co_await put_into_trash(suspect);
}

bool CollectOrphans::waited_long_enough(const Suspect& suspect) {
    const SteadyTime now = world_.clock.steady();
    const auto known = suspects_.find(suspect);
    if (known != suspects_.end()) {
        return now - known->second >= world_.options.orphan_age;
    }
    if (suspects_.size() < kMostSuspects) {
        suspects_.emplace(suspect, now);
    }
    return false;
}

Task<Result<>> CollectOrphans::put_into_trash(Suspect suspect) {
    const UploadId id = suspect.second;
    const ports::TrashedBlob blob{.id = id, .was = suspect.first, .since = world_.clock.wall()};
    if (auto trashed = co_await world_.store.trash(blob); !trashed) {
        co_return trashed;
    }
    suspects_.erase(suspect);
    world_.metrics.orphans_trashed.add();
    telemetry::log(telemetry::Level::warn, "orphan_trashed", {{"upload_id", id.to_string()}});
    // Its record may have come between the look and the move: then the blob goes back at once.
    const auto claim = co_await claim_on(world_, id, suspect.first);
    if (!claim) {
        co_return std::unexpected(claim.error());
    }
    if (*claim != BlobClaim::wanted) {
        co_return Result<>();
    }
    co_return co_await world_.store.restore(blob);
}

}  // namespace slipway::engine

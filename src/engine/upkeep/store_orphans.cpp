#include "engine/upkeep/store_orphans.hpp"

#include "engine/upkeep/records.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kPageSize = 1000;

}  // namespace

Task<Result<>> StoreOrphans::collect(TaskContext& context) {
    suspects_.begin_pass();
    drafts_.begin_pass();
    if (auto looked = co_await look_at_staged(context); !looked) {
        co_return looked;
    }
    if (auto looked = co_await look_at_drafts(context); !looked) {
        co_return looked;
    }
    if (auto looked = co_await look_at_published(context); !looked) {
        co_return looked;
    }
    if (!context.must_stop()) {
        suspects_.end_pass();
        drafts_.end_pass();
    }
    co_return Result<>();
}

Task<Result<>> StoreOrphans::look_at_drafts(TaskContext& context) {
    const auto drafts = co_await store_.list_drafts();
    if (!drafts) {
        co_return std::unexpected(drafts.error());
    }
    for (const ports::DraftName& draft : *drafts) {
        if (context.must_stop()) {
            break;
        }
        if (auto looked = co_await look_at(draft); !looked) {
            co_return looked;
        }
    }
    co_return Result<>();
}

Task<Result<>> StoreOrphans::look_at(ports::DraftName draft) {
    const auto wanted = co_await wants_drafts(world_, store_.name(), draft.id);
    if (!wanted) {
        co_return std::unexpected(wanted.error());
    }
    if (*wanted || !drafts_.has_waited(draft, world_.clock.steady(), world_.options.orphan_age)) {
        co_return Result<>();
    }
    const auto discarded = co_await store_.discard_drafts(draft.id);
    if (discarded) {
        drafts_.forget(draft);
        telemetry::log(telemetry::Level::warn, "orphaned_draft_removed",
                       {{"upload_id", draft.id.to_string()}});
    }
    co_return discarded;
}

Task<Result<>> StoreOrphans::look_at_staged(TaskContext& context) {
    const auto staged = co_await store_.list_staged();
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

Task<Result<>> StoreOrphans::look_at_published(TaskContext& context) {
    std::optional<UploadId> after;
    while (!context.must_stop()) {
        const auto page = co_await store_.list_published(after, kPageSize);
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

Task<Result<>> StoreOrphans::look_at(Suspect suspect) {
    const auto claim = co_await claim_on(world_, store_.name(), suspect.second, suspect.first);
    if (!claim) {
        co_return std::unexpected(claim.error());
    }
    if (*claim == BlobClaim::wanted) {
        co_return Result<>();
    }
    if (!suspects_.has_waited(suspect, world_.clock.steady(), world_.options.orphan_age)) {
        co_return Result<>();
    }
    co_return co_await put_into_trash(suspect);
}

Task<Result<>> StoreOrphans::put_into_trash(Suspect suspect) {
    const UploadId id = suspect.second;
    const ports::TrashedBlob blob{.id = id, .was = suspect.first, .since = world_.clock.wall()};
    if (auto trashed = co_await store_.trash(blob); !trashed) {
        co_return trashed;
    }
    suspects_.forget(suspect);
    world_.metrics.orphans_trashed.add();
    telemetry::log(telemetry::Level::warn, "orphan_trashed",
                   {{"upload_id", id.to_string()}, {"store", store_.name()}});
    // Its record may have come between the look and the move: then the blob goes back at once.
    const auto claim = co_await claim_on(world_, store_.name(), id, suspect.first);
    if (!claim) {
        co_return std::unexpected(claim.error());
    }
    if (*claim != BlobClaim::wanted) {
        co_return Result<>();
    }
    co_return co_await store_.restore(blob);
}

}  // namespace slipway::engine

#include "core/lifecycle.hpp"

#include <cassert>
#include <utility>

namespace slipway::core {

namespace {

Upload advance(Upload upload, UploadState state) {
    ++upload.epoch;
    upload.state = state;
    return upload;
}

Upload end(Upload upload, UploadState state, WallTime now) {
    upload.ended_at = now;
    return advance(std::move(upload), state);
}

}  // namespace

UploadState state_at(const Upload& upload, WallTime now) {
    const bool late = upload.state == UploadState::open && upload.expires_at <= now;
    return late ? UploadState::expired : upload.state;
}

bool is_final(UploadState state) {
    switch (state) {
        case UploadState::open:
        case UploadState::completing:
            return false;
        case UploadState::complete:
        case UploadState::aborted:
        case UploadState::expired:
            return true;
    }
    return false;
}

bool is_given_up(const Upload& upload) {
    return upload.state == UploadState::completing && !upload.failure.empty();
}

Upload begin_completing(Upload upload, PartPlan plan, DeclaredDigests declared,
                        std::optional<CompletionKey> by) {
    assert(upload.state == UploadState::open);
    upload.plan = plan;
    upload.declared = declared;
    upload.failure.clear();
    upload.completed_by = by;
    return advance(std::move(upload), UploadState::completing);
}

Upload abort(Upload upload, WallTime now) {
    assert(upload.state == UploadState::open || is_given_up(upload));
    return end(std::move(upload), UploadState::aborted, now);
}

Upload expire(Upload upload, WallTime now) {
    assert(upload.state == UploadState::open);
    return end(std::move(upload), UploadState::expired, now);
}

Upload revoke_urls(Upload upload) {
    assert(upload.state == UploadState::open);
    return advance(std::move(upload), UploadState::open);
}

Upload move_home(Upload upload, std::uint32_t home) {
    assert(upload.state == UploadState::completing && home < upload.blobs.size());
    upload.home = home;
    return advance(std::move(upload), UploadState::completing);
}

Upload note_failure(Upload upload, std::string reason) {
    assert(!is_final(upload.state));
    upload.failure = std::move(reason);
    const UploadState same = upload.state;
    return advance(std::move(upload), same);
}

Upload finish(Upload upload, WallTime now) {
    assert(upload.state == UploadState::completing);
    upload.failure.clear();
    return end(std::move(upload), UploadState::complete, now);
}

}  // namespace slipway::core

#include "base/seeded_bug.hpp"

#ifdef SLIPWAY_SEEDED_BUGS

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace slipway {

namespace {

constexpr std::array<std::string_view, 32> kNames = {"none",
                                                     "part_not_synced",
                                                     "sync_retried",
                                                     "sync_failure_not_remembered",
                                                     "sync_covers_later_writes",
                                                     "short_write_ignored",
                                                     "create_directory_not_synced",
                                                     "published_before_settled",
                                                     "publish_directories_not_synced",
                                                     "remove_directories_not_synced",
                                                     "part_acknowledged_before_durable",
                                                     "part_acknowledged_before_recorded",
                                                     "part_recorded_before_durable",
                                                     "part_overwritten_in_place",
                                                     "part_digest_not_checked",
                                                     "published_before_decided",
                                                     "file_recorded_before_published",
                                                     "completion_not_resumed",
                                                     "ended_blob_removed_first",
                                                     "removed_file_blob_first",
                                                     "forgotten_before_blob_removed",
                                                     "event_before_it_is_true",
                                                     "recorded_room_taken_again",
                                                     "draft_not_synced",
                                                     "draft_checkpoint_before_sync",
                                                     "form_file_not_synced",
                                                     "commit_not_synced",
                                                     "answered_before_commit",
                                                     "failed_commit_ignored",
                                                     "fencing_not_checked",
                                                     "heartbeat_without_token",
                                                     "checkpoint_not_stored"};
static_assert(kNames.size() == static_cast<std::size_t>(SeededBug::checkpoint_not_stored) + 1);

SeededBug bug_of_environment() {
    const char* name = std::getenv("SLIPWAY_SEEDED_BUG");
    if (name == nullptr) {
        return SeededBug::none;
    }
    const auto found = std::ranges::find(kNames, std::string_view(name));
    if (found == kNames.end()) {
        std::fprintf(stderr, "SLIPWAY_SEEDED_BUG: there is no bug %s\n", name);
        std::abort();
    }
    std::fprintf(stderr, "SLIPWAY_SEEDED_BUG: this process has the bug %s\n", name);
    return static_cast<SeededBug>(found - kNames.begin());
}

std::atomic<SeededBug>& seeded() {
    static std::atomic<SeededBug> bug{bug_of_environment()};
    return bug;
}

}  // namespace

bool has_bug(SeededBug bug) {
    return seeded().load(std::memory_order_relaxed) == bug;
}

void seed_bug(SeededBug bug) {
    seeded().store(bug, std::memory_order_relaxed);
}

std::span<const std::string_view> seeded_bug_names() {
    return kNames;
}

}  // namespace slipway

#endif

// Seeded bugs: mistakes of durability that can be made on purpose, one at a time, in a build with
// SLIPWAY_SEEDED_BUGS, to prove that the tests would find them (tests/sim/mutation_gate_test.cpp).
// In every other build has_bug() is constantly false, and nothing of this is in the program.
//
// SLIPWAY_SEEDED_BUG=NAME in the environment seeds one for a whole process, seed_bug() for a test.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace slipway {

enum class SeededBug : std::uint8_t {
    none,
    // The store.
    part_not_synced,
    sync_retried,
    sync_failure_not_remembered,
    sync_covers_later_writes,
    short_write_ignored,
    create_directory_not_synced,
    published_before_settled,
    publish_directories_not_synced,
    remove_directories_not_synced,
    // The use cases.
    part_acknowledged_before_durable,
    part_acknowledged_before_recorded,
    part_recorded_before_durable,
    part_overwritten_in_place,
    part_digest_not_checked,
    published_before_decided,
    file_recorded_before_published,
    completion_not_resumed,
    ended_blob_removed_first,
    removed_file_blob_first,
    forgotten_before_blob_removed,
    event_before_it_is_true,
    recorded_room_taken_again,
    draft_not_synced,
    draft_checkpoint_before_sync,
    form_file_not_synced,
    // The catalog and the task queue.
    commit_not_synced,
    answered_before_commit,
    failed_commit_ignored,
    fencing_not_checked,
    heartbeat_without_token,
    checkpoint_not_stored,
};

#ifdef SLIPWAY_SEEDED_BUGS
// Whether this one is seeded. Thread-safe.
bool has_bug(SeededBug bug);
// Instead of the one before; none ends it.
void seed_bug(SeededBug bug);
// By their values; "none" is the first.
std::span<const std::string_view> seeded_bug_names();
#else
constexpr bool has_bug(SeededBug) {
    return false;
}
#endif

}  // namespace slipway

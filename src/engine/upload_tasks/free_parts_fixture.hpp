// An upload whose parts have free sizes, on memory adapters, with the task that brings them into
// order: for the tests of both.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/upload_tasks/assembly_task.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "hash/digester.hpp"
#include "support/pass_rig.hpp"

namespace slipway::engine {

using testing::PassRig;
using testing::text_of_size;

inline const core::PartPlan kFree{.total_parts = 0,
                                  .part_size = 64_KiB,
                                  .file_size = std::nullopt,
                                  .sizes = core::PartSizes::free};
inline const std::map<std::uint32_t, std::string> kTexts = {{1, text_of_size(5001, 'a')},
                                                            {2, text_of_size(1, 'b')},
                                                            {3, text_of_size(40000, 'c')},
                                                            {4, text_of_size(4096, 'd')}};

inline std::string whole_text() {
    std::string text;
    for (const auto& [number, part] : kTexts) {
        text += part;
    }
    return text;
}

inline Sha256 digest_of(const std::string& text) {
    return hash::sha256(std::as_bytes(std::span(text)));
}

class FreeParts : public ::testing::Test {
 protected:
    FreeParts() { rig_.world.options.complete_wait = std::chrono::milliseconds(0); }

    void put(const core::Upload& upload, std::uint32_t number) {
        const auto stored = rig_.put(upload, number, kTexts.at(number));
        ASSERT_TRUE(stored) << stored.error().detail;
    }
    void put_all(const core::Upload& upload, const std::vector<std::uint32_t>& order) {
        for (const std::uint32_t number : order) {
            put(upload, number);
        }
    }
    Outcome<core::File> complete(UploadId id, std::optional<std::uint32_t> total_parts,
                                 std::optional<Sha256> sha256 = std::nullopt) {
        CompleteRequest request;
        request.upload = id;
        request.total_parts = total_parts;
        request.sha256 = sha256;
        return PassRig::run(CompleteUpload(rig_.world).run(PassRig::context(), request));
    }
    Reason refusal_of_complete(UploadId id, std::optional<std::uint32_t> total_parts) {
        const auto file = complete(id, total_parts);
        return file ? Reason::internal : file.error().reason;
    }
    std::optional<TaskOutcome> run_assembly() {
        return rig_.run_due(core::TaskKind::assemble, assembly_);
    }
    core::QueuedTask task_of(UploadId id) {
        return *PassRig::run(rig_.queue.find_by_key(assembly_key(id)));
    }
    std::vector<ports::DraftName> drafts() {
        return *PassRig::run(rig_.memory_store.list_drafts());
    }
    core::UploadState state_of(UploadId id) {
        return PassRig::run(rig_.memory_catalog.find_upload(id))->state;
    }
    std::optional<ByteOffset> extent_of(UploadId id, std::uint32_t number) {
        return PassRig::run(rig_.memory_catalog.find_part(id, PartNumber(number)))->extent;
    }

    PassRig rig_;
    AssemblyTask assembly_{rig_.world};
};

}  // namespace slipway::engine

// DirectRig: a PassRig whose store takes parts from clients, and the client that sends them.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "engine/direct/direct_upload.hpp"
#include "engine/upload_tasks/assembly_task.hpp"
#include "hash/digester.hpp"
#include "support/failing_ports.hpp"
#include "support/pass_rig.hpp"

namespace slipway::testing {

inline Sha256 sha256_of(std::string_view text) {
    return hash::sha256(std::as_bytes(std::span(text)));
}

class DirectRig {
 public:
    static constexpr core::PartPlan kPlan{.total_parts = 3, .part_size = 4_KiB, .file_size = 9_KiB};

    explicit DirectRig(Faults faults = {}) : faults_(faults) {
        rig.world.options.complete_wait = std::chrono::milliseconds(0);
    }

    static std::string text(std::uint32_t number, char seed = 'a') {
        return text_of_size(number == 3 ? 1024 : 4096,
                            static_cast<char>(seed + static_cast<char>(number)));
    }
    static std::string whole() { return text(1) + text(2) + text(3); }
    static engine::NewUpload wanted() {
        engine::NewUpload wanted;
        wanted.file_name = "file";
        wanted.plan = kPlan;
        wanted.direct = true;
        return wanted;
    }

    engine::Outcome<core::Upload> create(engine::NewUpload wanted = DirectRig::wanted()) {
        return PassRig::run(engine::CreateUpload(rig.world).run(PassRig::context(), wanted));
    }
    engine::Outcome<ports::PartAddress> address(const core::Upload& upload, std::uint32_t number,
                                                const std::string& content) {
        return PassRig::run(engine::DirectUpload(rig.world).address(
            PassRig::context(), upload,
            {PartNumber(number), sha256_of(content), rig.clock.wall() + std::chrono::minutes(10)}));
    }
    // Past the server, as with an address for these bytes.
    void send(const core::Upload& upload, std::uint32_t number, const std::string& content) {
        const ports::PartRegion region{core::offset_of(kPlan, PartNumber(number)),
                                       ByteCount(content.size())};
        auto sink = PassRig::run(
            remote.open_part({upload.id, core::home_of(record_of(upload.id)).placement}, region));
        ASSERT_TRUE(sink) << sink.error().detail;
        ASSERT_TRUE(PassRig::run((*sink)->write(std::as_bytes(std::span(content)))));
        ASSERT_TRUE(PassRig::run((*sink)->commit()));
    }
    void send_all(const core::Upload& upload) {
        for (const std::uint32_t number : {2U, 3U, 1U}) {
            send(upload, number, text(number));
        }
    }
    core::Upload record_of(UploadId id) {
        return *PassRig::run(rig.memory_catalog.find_upload(id));
    }
    std::optional<engine::TaskOutcome> run_task() {
        return rig.run_due(core::TaskKind::assemble, assembly_);
    }
    // Until the file is there, or nothing goes on.
    engine::Outcome<core::File> complete(engine::CompleteRequest request) {
        auto file =
            PassRig::run(engine::CompleteUpload(rig.world).run(PassRig::context(), request));
        if (file || file.error().reason != engine::Reason::assembling || !run_task()) {
            return file;
        }
        return PassRig::run(engine::CompleteUpload(rig.world).run(PassRig::context(), request));
    }
    engine::Outcome<core::File> complete(UploadId id) {
        engine::CompleteRequest request;
        request.upload = id;
        return complete(std::move(request));
    }

 private:
    Faults faults_;

 public:
    Faults& faults() { return faults_; }
    adapters::memory::MemoryStore remote{"remote", 1_GiB,
                                         adapters::memory::StoreManner::like_a_remote_one};
    PassRig rig{
        [this](ports::Catalog& inner) { return std::make_unique<FailingCatalog>(inner, faults_); },
        [this](ports::Store&) { return std::make_unique<FailingStore>(remote, faults_); }};

 private:
    engine::AssemblyTask assembly_{rig.world};
};

}  // namespace slipway::testing

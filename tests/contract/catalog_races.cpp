// The part of the catalog's contract that is about calls that overlap, each on a thread of its own.
#include <algorithm>
#include <atomic>
#include <utility>

#include "contract/catalog_contract.hpp"

namespace slipway::contract {
namespace {

using core::UploadState;
using ports::PartAlreadyStored;
using ports::PartRefused;
using ports::PartStored;

constexpr unsigned kThreads = 8;

}  // namespace

TEST_P(CatalogContract, OneOfManyStoresThePart) {
    const auto upload = create(1);
    for (std::uint32_t number = 1; number <= 50; ++number) {
        std::vector<Result<ports::PutPartOutcome>> outcomes(kThreads);
        race(kThreads, [&](unsigned i) {
            outcomes[i] = runtime::run_blocking(catalog().put_part(
                upload.id, upload.epoch, part_of(number, static_cast<std::uint8_t>(i))));
        });
        const auto stored = run(catalog().find_part(upload.id, PartNumber(number)));
        ASSERT_TRUE(succeeds(stored));
        unsigned winners = 0;
        for (unsigned i = 0; i < kThreads; ++i) {
            ASSERT_TRUE(succeeds(outcomes[i]));
            if (std::holds_alternative<PartStored>(*outcomes[i])) {
                ++winners;
                EXPECT_EQ(*stored, part_of(number, static_cast<std::uint8_t>(i)));
            } else {
                ASSERT_TRUE(std::holds_alternative<PartAlreadyStored>(*outcomes[i]));
                EXPECT_EQ(std::get<PartAlreadyStored>(*outcomes[i]).existing, *stored);
            }
        }
        ASSERT_EQ(winners, 1U);
    }
}

TEST_P(CatalogContract, OneOfManyCreatesTheUpload) {
    for (std::uint64_t number = 1; number <= 25; ++number) {
        std::atomic<unsigned> created = 0;
        race(kThreads, [&](unsigned i) {
            const auto result = runtime::run_blocking(
                catalog().create_upload(upload_of(number, "owner " + std::to_string(i))));
            if (result) {
                ++created;
            } else {
                EXPECT_TRUE(fails_with(result, Errc::conflict));
            }
        });
        ASSERT_EQ(created, 1U);
        const auto upload = run(catalog().find_upload(id_of(number)));
        ASSERT_TRUE(succeeds(upload));
        const auto listed = run(catalog().list_open_uploads(upload->owner, {}))->items;
        EXPECT_EQ(std::ranges::count(listed, *upload), 1);
    }
}

TEST_P(CatalogContract, OneOfManyAdvancesTheUpload) {
    auto upload = create(1);
    for (int round = 0; round < 25; ++round) {
        std::atomic<unsigned> advanced_by = 0;
        race(kThreads, [&](unsigned i) {
            auto next = advanced(upload, UploadState::open);
            next.file_name = std::to_string(i);
            const auto result = runtime::run_blocking(catalog().advance_upload(upload.epoch, next));
            if (result) {
                ++advanced_by;
            } else {
                EXPECT_TRUE(fails_with(result, Errc::conflict));
            }
        });
        ASSERT_EQ(advanced_by, 1U);
        upload = *run(catalog().find_upload(upload.id));
    }
}

// After an upload has left its epoch, nobody who saw the old one stores a part: what was
// acknowledged before is listed, and nothing comes later.
TEST_P(CatalogContract, LeavingAnEpochFencesLateParts) {
    for (std::uint64_t number = 1; number <= 25; ++number) {
        const auto upload = create(number);
        std::vector<Result<ports::PutPartOutcome>> outcomes(kThreads);
        std::vector<core::Part> seen;
        race(kThreads + 1, [&](unsigned i) {
            if (i < kThreads) {
                outcomes[i] = runtime::run_blocking(
                    catalog().put_part(upload.id, upload.epoch, part_of(i + 1)));
                return;
            }
            const auto next = advanced(upload, UploadState::completing);
            EXPECT_TRUE(
                succeeds(runtime::run_blocking(catalog().advance_upload(upload.epoch, next))));
            seen = *runtime::run_blocking(catalog().list_parts(upload.id));
        });
        std::vector<core::Part> stored;
        for (unsigned i = 0; i < kThreads; ++i) {
            ASSERT_TRUE(succeeds(outcomes[i]));
            if (std::holds_alternative<PartStored>(*outcomes[i])) {
                stored.push_back(part_of(i + 1));
            } else {
                ASSERT_TRUE(std::holds_alternative<PartRefused>(*outcomes[i]));
                EXPECT_EQ(std::get<PartRefused>(*outcomes[i]).upload.state,
                          UploadState::completing);
            }
        }
        EXPECT_EQ(seen, stored);
        EXPECT_EQ(run(catalog().list_parts(upload.id)), stored);
    }
}

TEST_P(CatalogContract, NobodySeesACompleteUploadWithoutItsFile) {
    for (std::uint64_t number = 1; number <= 25; ++number) {
        const auto upload = create(number);
        std::atomic<bool> done = false;
        race(3, [&](unsigned i) {
            if (i == 0) {
                EXPECT_TRUE(succeeds(runtime::run_blocking(catalog().complete_upload(
                    upload.epoch, advanced(upload, UploadState::complete), file_of(upload)))));
                done = true;
                return;
            }
            while (!done) {
                const auto seen = runtime::run_blocking(catalog().find_upload(upload.id));
                const auto file = runtime::run_blocking(catalog().find_file(upload.id));
                // The file is looked up later, so a complete upload must have one by then.
                if (seen->state == UploadState::complete) {
                    EXPECT_TRUE(succeeds(file));
                }
            }
        });
        EXPECT_TRUE(run(catalog().list_open_uploads("alice", {}))->items.empty());
    }
}

TEST_P(CatalogContract, OneOfCompleteAndAbortWins) {
    for (std::uint64_t number = 1; number <= 25; ++number) {
        const auto upload = create(number);
        Result<> completed;
        Result<> aborted;
        race(2, [&](unsigned i) {
            if (i == 0) {
                completed = runtime::run_blocking(catalog().complete_upload(
                    upload.epoch, advanced(upload, UploadState::complete), file_of(upload)));
            } else {
                aborted = runtime::run_blocking(
                    catalog().advance_upload(upload.epoch, advanced(upload, UploadState::aborted)));
            }
        });
        ASSERT_NE(completed.has_value(), aborted.has_value());
        const auto state = run(catalog().find_upload(upload.id))->state;
        EXPECT_EQ(state, completed ? UploadState::complete : UploadState::aborted);
        EXPECT_EQ(run(catalog().find_file(upload.id)).has_value(), completed.has_value());
        EXPECT_TRUE(fails_with(completed ? aborted : completed, Errc::conflict));
    }
}

}  // namespace slipway::contract

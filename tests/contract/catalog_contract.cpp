#include "contract/catalog_contract.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>

namespace slipway::contract {
namespace {

using core::UploadState;
using ports::PartAlreadyStored;
using ports::PartRefused;
using ports::PartStored;

}  // namespace

core::Upload CatalogContract::create(std::uint64_t number, std::string owner) {
    auto upload = upload_of(number, std::move(owner));
    EXPECT_TRUE(succeeds(run(catalog().create_upload(upload))));
    return upload;
}

core::Upload CatalogContract::advance(const core::Upload& upload, UploadState state) {
    auto next = advanced(upload, state);
    EXPECT_TRUE(succeeds(run(catalog().advance_upload(upload.epoch, next))));
    return next;
}

core::File CatalogContract::complete(const core::Upload& upload) {
    auto file = file_of(upload);
    EXPECT_TRUE(succeeds(run(
        catalog().complete_upload(upload.epoch, advanced(upload, UploadState::complete), file))));
    return file;
}

void CatalogContract::put(const core::Upload& upload, const core::Part& part) {
    const auto outcome = run(catalog().put_part(upload.id, upload.epoch, part));
    ASSERT_TRUE(succeeds(outcome));
    EXPECT_TRUE(std::holds_alternative<PartStored>(*outcome));
}

void CatalogContract::put_all(const core::Upload& upload, const std::vector<core::Part>& parts) {
    boost::asio::io_context& loop = runtime::blocking_loop();
    std::size_t stored = 0;
    for (const auto& part : parts) {
        boost::asio::co_spawn(
            loop, catalog().put_part(upload.id, upload.epoch, part),
            [&stored](const std::exception_ptr&, const Result<ports::PutPartOutcome>& outcome) {
                ASSERT_TRUE(succeeds(outcome));
                stored += std::holds_alternative<PartStored>(*outcome) ? 1 : 0;
            });
    }
    loop.run();
    ASSERT_EQ(stored, parts.size());
}

TEST_P(CatalogContract, FindsWhatWasCreated) {
    const auto upload = create(1);
    const auto found = run(catalog().find_upload(upload.id));
    ASSERT_TRUE(succeeds(found));
    EXPECT_EQ(*found, upload);
}

TEST_P(CatalogContract, KeepsAnUploadWithNothingOptional) {
    core::Upload bare;
    bare.id = id_of(1);
    ASSERT_TRUE(succeeds(run(catalog().create_upload(bare))));
    EXPECT_EQ(run(catalog().find_upload(bare.id)), bare);
}

TEST_P(CatalogContract, WhoCompletedAnUploadStaysWithIt) {
    auto completing = advanced(create(1), UploadState::completing);
    completing.completed_by.emplace().key.bytes[0] = std::byte{1};
    completing.completed_by->fingerprint.bytes[31] = std::byte{2};
    ASSERT_TRUE(succeeds(run(catalog().advance_upload(completing.epoch - 1, completing))));
    EXPECT_EQ(run(catalog().find_upload(completing.id)), completing);
    complete(completing);
    EXPECT_EQ(run(catalog().find_upload(completing.id))->completed_by, completing.completed_by);
}

TEST_P(CatalogContract, UnknownIdsAreNotFound) {
    create(1);
    const auto unknown = id_of(2);
    EXPECT_TRUE(fails_with(run(catalog().find_upload(unknown)), Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().find_part(unknown, PartNumber(1))), Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().find_part(id_of(1), PartNumber(1))), Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().find_file(unknown)), Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().remove_file(unknown)), Errc::not_found));
    const auto next = advanced(upload_of(2), UploadState::aborted);
    EXPECT_TRUE(fails_with(run(catalog().advance_upload(1, next)), Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().complete_upload(
                               1, advanced(upload_of(2), UploadState::complete), file_of(next))),
                           Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().put_part(unknown, 1, part_of(1))), Errc::not_found));
    const auto parts = run(catalog().list_parts(unknown));
    ASSERT_TRUE(succeeds(parts));
    EXPECT_TRUE(parts->empty());
}

TEST_P(CatalogContract, AnIdIsCreatedOnce) {
    const auto upload = create(1);
    auto other = upload_of(1, "mallory");
    EXPECT_TRUE(fails_with(run(catalog().create_upload(other)), Errc::conflict));
    EXPECT_EQ(run(catalog().find_upload(upload.id)), upload);
    EXPECT_TRUE(run(catalog().list_open_uploads("mallory", {}))->items.empty());
}

TEST_P(CatalogContract, TheIdOfAFileStaysTaken) {
    const auto upload = create(1);
    complete(upload);
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(upload.id))));
    EXPECT_TRUE(fails_with(run(catalog().create_upload(upload)), Errc::conflict));
}

TEST_P(CatalogContract, EndedUploadsAreFoundUntilTheyAreForgotten) {
    const auto aborted = advance(create(1), UploadState::aborted);
    EXPECT_EQ(run(catalog().find_upload(aborted.id)), aborted);
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(aborted.id))));
    EXPECT_TRUE(fails_with(run(catalog().find_upload(aborted.id)), Errc::not_found));
}

TEST_P(CatalogContract, FindsPartsThatWereStored) {
    const auto upload = create(1);
    put(upload, part_of(2, 20));
    put(upload, part_of(1, 10));
    EXPECT_EQ(run(catalog().find_part(upload.id, PartNumber(2))), part_of(2, 20));
    EXPECT_EQ(run(catalog().list_parts(upload.id)), (std::vector{part_of(1, 10), part_of(2, 20)}));
}

TEST_P(CatalogContract, APartIsStoredOnceAndNeverReplaced) {
    const auto upload = create(1);
    put(upload, part_of(1, 10));
    for (const auto content : {std::uint8_t{10}, std::uint8_t{11}}) {
        const auto again = run(catalog().put_part(upload.id, upload.epoch, part_of(1, content)));
        ASSERT_TRUE(succeeds(again));
        ASSERT_TRUE(std::holds_alternative<PartAlreadyStored>(*again));
        EXPECT_EQ(std::get<PartAlreadyStored>(*again).existing, part_of(1, 10));
    }
    EXPECT_EQ(run(catalog().list_parts(upload.id)), std::vector{part_of(1, 10)});
}

TEST_P(CatalogContract, PartsAreReplacedWhereTheStoreSaysWhatTheyAre) {
    const auto upload = create(1);
    put(upload, part_of(1, 10));
    auto second = part_of(2, 21);
    second.digests.crc64nvme.reset();
    const std::vector parts{part_of(1, 11), second};
    ASSERT_TRUE(succeeds(run(catalog().replace_parts(upload.id, upload.epoch, parts))));
    EXPECT_EQ(run(catalog().list_parts(upload.id)), parts);
    const auto late = run(catalog().replace_parts(upload.id, upload.epoch + 1, {part_of(1, 12)}));
    EXPECT_TRUE(fails_with(late, Errc::conflict));
    advance(upload, UploadState::completing);
    const auto decided = run(catalog().replace_parts(upload.id, upload.epoch + 1, {part_of(1)}));
    EXPECT_TRUE(fails_with(decided, Errc::conflict));
    EXPECT_EQ(run(catalog().list_parts(upload.id)), parts);
    const auto unknown = run(catalog().replace_parts(id_of(2), 1, {part_of(1)}));
    EXPECT_TRUE(fails_with(unknown, Errc::not_found));
}

TEST_P(CatalogContract, PartsOfOneUploadAreNotSeenInAnother) {
    const auto first = create(1);
    const auto second = create(2);
    put(first, part_of(1, 10));
    EXPECT_TRUE(fails_with(run(catalog().find_part(second.id, PartNumber(1))), Errc::not_found));
    put(second, part_of(1, 20));
    EXPECT_EQ(run(catalog().list_parts(first.id)), std::vector{part_of(1, 10)});
    EXPECT_EQ(run(catalog().list_parts(second.id)), std::vector{part_of(1, 20)});
}

TEST_P(CatalogContract, AnotherEpochRefusesPartsAndTellsTheUpload) {
    const auto upload = create(1);
    const auto next = advance(upload, UploadState::open);
    for (const core::Epoch epoch : {upload.epoch, next.epoch + 1}) {
        const auto outcome = run(catalog().put_part(upload.id, epoch, part_of(1)));
        ASSERT_TRUE(succeeds(outcome));
        ASSERT_TRUE(std::holds_alternative<PartRefused>(*outcome));
        EXPECT_EQ(std::get<PartRefused>(*outcome).upload, next);
    }
    EXPECT_TRUE(run(catalog().list_parts(upload.id))->empty());
    put(next, part_of(1));
}

TEST_P(CatalogContract, OnlyAnOpenUploadTakesParts) {
    std::uint64_t number = 0;
    for (const auto state : kAllStates) {
        const auto upload = create(++number);
        put(upload, part_of(1, 10));
        if (state == UploadState::open) {
            continue;
        }
        const auto next = advance(upload, state);
        // The part that is there already as well as a new one: the upload's state comes first.
        for (const std::uint32_t part : {1U, 2U}) {
            const auto outcome = run(catalog().put_part(next.id, next.epoch, part_of(part, 10)));
            ASSERT_TRUE(succeeds(outcome));
            ASSERT_TRUE(std::holds_alternative<PartRefused>(*outcome)) << to_string(state);
            EXPECT_EQ(std::get<PartRefused>(*outcome).upload, next);
        }
        EXPECT_EQ(run(catalog().list_parts(next.id)), std::vector{part_of(1, 10)});
    }
}

TEST_P(CatalogContract, TenThousandPartsComeInOrder) {
    const auto upload = create(1);
    create(2);
    constexpr std::uint32_t kParts = 10'000;
    // 7919 is prime: every number once, in no order.
    for (std::uint32_t i = 0; i < kParts;) {
        std::vector<core::Part> some;
        for (; some.size() < 1'000; ++i) {
            const std::uint32_t number = 1 + (i * 7919U) % kParts;
            some.push_back(part_of(number, static_cast<std::uint8_t>(number)));
        }
        put_all(upload, some);
    }
    const auto parts = run(catalog().list_parts(upload.id));
    ASSERT_TRUE(succeeds(parts));
    ASSERT_EQ(parts->size(), kParts);
    for (std::uint32_t i = 0; i < kParts; ++i) {
        ASSERT_EQ((*parts)[i], part_of(i + 1, static_cast<std::uint8_t>(i + 1)));
    }
    const auto next = advance(upload, UploadState::aborted);
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(next.id))));
    EXPECT_TRUE(run(catalog().list_parts(upload.id))->empty());
    EXPECT_TRUE(fails_with(run(catalog().find_part(upload.id, PartNumber(7))), Errc::not_found));
}

TEST_P(CatalogContract, AdvancingReplacesTheRecord) {
    auto next = advanced(create(1), UploadState::completing);
    next.expires_at += std::chrono::hours(1);
    next.metadata.clear();
    next.declared = {};
    ASSERT_TRUE(succeeds(run(catalog().advance_upload(next.epoch - 1, next))));
    EXPECT_EQ(run(catalog().find_upload(next.id)), next);
}

TEST_P(CatalogContract, AdvancingFromAnotherEpochChangesNothing) {
    const auto upload = create(1);
    const auto second = advance(upload, UploadState::completing);
    auto late = advanced(second, UploadState::aborted);
    for (const core::Epoch expected : {upload.epoch, second.epoch + 1}) {
        late.epoch = expected + 1;
        EXPECT_TRUE(fails_with(run(catalog().advance_upload(expected, late)), Errc::conflict));
        auto complete = late;
        complete.state = UploadState::complete;
        EXPECT_TRUE(fails_with(run(catalog().complete_upload(expected, complete, file_of(late))),
                               Errc::conflict));
    }
    EXPECT_EQ(run(catalog().find_upload(upload.id)), second);
    EXPECT_TRUE(fails_with(run(catalog().find_file(upload.id)), Errc::not_found));
    EXPECT_TRUE(run(catalog().list_files("alice", {}))->items.empty());
}

TEST_P(CatalogContract, AnEpochThatDoesNotRiseIsInvalid) {
    const auto upload = create(1);
    EXPECT_TRUE(fails_with(run(catalog().advance_upload(upload.epoch, upload)), Errc::invalid));
    auto complete = upload;
    complete.state = UploadState::complete;
    EXPECT_TRUE(fails_with(run(catalog().complete_upload(upload.epoch, complete, file_of(upload))),
                           Errc::invalid));
    EXPECT_EQ(run(catalog().find_upload(upload.id)), upload);
}

TEST_P(CatalogContract, AFileComesFromItsOwnCompletion) {
    const auto upload = create(1);
    auto next = advanced(upload, UploadState::complete);
    EXPECT_TRUE(fails_with(
        run(catalog().complete_upload(upload.epoch, next, file_of(upload_of(2)))), Errc::invalid));
    next.state = UploadState::aborted;
    EXPECT_TRUE(fails_with(run(catalog().complete_upload(upload.epoch, next, file_of(upload))),
                           Errc::invalid));
    EXPECT_EQ(run(catalog().find_upload(upload.id)), upload);
}

TEST_P(CatalogContract, CompletingMakesUploadAndFileAtOnce) {
    const auto upload = create(1);
    put(upload, part_of(1, 10));
    const auto completing = advance(upload, UploadState::completing);
    const auto file = complete(completing);
    EXPECT_EQ(run(catalog().find_upload(upload.id)), advanced(completing, UploadState::complete));
    EXPECT_EQ(run(catalog().find_file(upload.id)), file);
    EXPECT_EQ(run(catalog().list_parts(upload.id)), std::vector{part_of(1, 10)});
}

TEST_P(CatalogContract, AFileIsMadeOnce) {
    const auto upload = create(1);
    const auto file = complete(upload);
    const auto once_more = advanced(advanced(upload, UploadState::complete), UploadState::complete);
    auto other = file;
    other.name = "other";
    EXPECT_TRUE(fails_with(run(catalog().complete_upload(once_more.epoch - 1, once_more, other)),
                           Errc::conflict));
    EXPECT_EQ(run(catalog().find_file(upload.id)), file);
}

TEST_P(CatalogContract, AnUnfinishedUploadIsNotForgotten) {
    const auto upload = create(1);
    put(upload, part_of(1));
    EXPECT_TRUE(fails_with(run(catalog().forget_upload(upload.id)), Errc::conflict));
    const auto completing = advance(upload, UploadState::completing);
    EXPECT_TRUE(fails_with(run(catalog().forget_upload(upload.id)), Errc::conflict));
    EXPECT_EQ(run(catalog().find_upload(upload.id)), completing);
    EXPECT_EQ(run(catalog().list_parts(upload.id)), std::vector{part_of(1)});
}

TEST_P(CatalogContract, ForgettingRemovesAnEndedUploadWithItsPartsOnly) {
    for (const auto state : {UploadState::aborted, UploadState::expired}) {
        const auto number = static_cast<std::uint64_t>(state) * 10;
        const auto neighbour = create(number + 1);
        const auto upload = create(number);
        put(upload, part_of(1));
        put(upload, part_of(2));
        put(neighbour, part_of(1, 5));
        advance(upload, state);
        // Twice: it is idempotent.
        ASSERT_TRUE(succeeds(run(catalog().forget_upload(upload.id))));
        ASSERT_TRUE(succeeds(run(catalog().forget_upload(upload.id))));
        EXPECT_TRUE(fails_with(run(catalog().find_upload(upload.id)), Errc::not_found));
        EXPECT_TRUE(run(catalog().list_parts(upload.id))->empty());
        EXPECT_TRUE(run(catalog().list_uploads(state, {}))->items.empty());
        EXPECT_EQ(run(catalog().list_parts(neighbour.id)), std::vector{part_of(1, 5)});
    }
    EXPECT_TRUE(succeeds(run(catalog().forget_upload(id_of(999)))));
}

TEST_P(CatalogContract, AForgottenIdStartsEmptyAgain) {
    const auto upload = create(1);
    put(upload, part_of(1, 10));
    advance(upload, UploadState::aborted);
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(upload.id))));
    create(1);
    EXPECT_TRUE(run(catalog().list_parts(upload.id))->empty());
    put(upload, part_of(1, 11));
}

TEST_P(CatalogContract, ForgettingTheUploadOfAFileKeepsFileAndParts) {
    const auto upload = create(1);
    put(upload, part_of(1));
    const auto file = complete(upload);
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(upload.id))));
    EXPECT_TRUE(fails_with(run(catalog().find_upload(upload.id)), Errc::not_found));
    EXPECT_EQ(run(catalog().find_file(upload.id)), file);
    EXPECT_EQ(run(catalog().list_parts(upload.id)), std::vector{part_of(1)});
    EXPECT_EQ(run(catalog().list_files("alice", {}))->items, std::vector{file});
    ASSERT_TRUE(succeeds(run(catalog().remove_file(upload.id))));
    EXPECT_TRUE(run(catalog().list_parts(upload.id))->empty());
}

TEST_P(CatalogContract, RemovingAFileRemovesAllOfIt) {
    const auto upload = create(1);
    const auto neighbour = complete(create(2));
    put(upload, part_of(1));
    complete(upload);
    ASSERT_TRUE(succeeds(run(catalog().remove_file(upload.id))));
    EXPECT_TRUE(fails_with(run(catalog().find_file(upload.id)), Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().find_upload(upload.id)), Errc::not_found));
    EXPECT_TRUE(fails_with(run(catalog().find_part(upload.id, PartNumber(1))), Errc::not_found));
    EXPECT_TRUE(run(catalog().list_parts(upload.id))->empty());
    EXPECT_EQ(ids_of(run(catalog().list_uploads(UploadState::complete, {}))->items),
              std::vector{id_of(2)});
    EXPECT_EQ(run(catalog().list_files("alice", {}))->items, std::vector{neighbour});
    EXPECT_TRUE(fails_with(run(catalog().remove_file(upload.id)), Errc::not_found));
}

}  // namespace slipway::contract

// What S3Store promises of parts that go through while they arrive.
#include <gtest/gtest.h>

#include "runtime/group.hpp"
#include "runtime/sleep.hpp"
#include "stores/s3_store_rig.hpp"

namespace slipway::stores {
namespace {

using adapters::s3::MultipartName;

template <class T>
std::optional<Errc> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

class S3StoreThrough : public testing::Test {
 protected:
    Blob blob_of(Bytes bytes) {
        auto blob = rig_.create_through(kId, std::move(bytes));
        EXPECT_TRUE(blob) << blob.error().detail;
        EXPECT_TRUE(blob->ref.placement.starts_with("through:"));
        return std::move(blob).value();
    }
    // How many parts the store has of the one upload.
    std::size_t stored_parts() {
        const auto uploads = rig_.bucket().uploads;
        return uploads.size() == 1 ? uploads.begin()->second.parts.size() : 99;
    }
    MultipartName upload_of() { return {rig_.name_of(kId), rig_.bucket().uploads.begin()->first}; }
    std::unique_ptr<ports::PartSink> open(const Blob& blob, std::uint32_t number) {
        return *run(rig_.store().open_part(blob.ref, blob.region_of(number)));
    }

    const UploadId kId = id_of(1);
    const Bytes kBytes = pattern(2 * kPart + 100, 1);
    S3StoreRig rig_;
};

// Time for what goes on by itself.
Task<bool> a_moment() {
    co_await runtime::sleep_for(std::chrono::milliseconds(20));
    co_return true;
}

TEST_F(S3StoreThrough, NothingTouchesTheSpool) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    EXPECT_TRUE(run(rig_.spool().list_staged())->empty());
    EXPECT_EQ(stored_parts(), 3U);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), kBytes);
    EXPECT_EQ(rig_.faults().calls("UploadPart"), 3U);
    const auto object = rig_.bucket().objects.at(rig_.name_of(kId).key);
    EXPECT_EQ(object.attributes.find("x-amz-meta-slipway-upload"), kId.to_string());
    EXPECT_EQ(object.attributes.find("Content-Type"), "application/octet-stream");
    EXPECT_TRUE(object.crc64nvme.has_value());
    EXPECT_TRUE(rig_.bucket().uploads.empty());
}

TEST_F(S3StoreThrough, APartIsNotStoredBeforeItIsCommitted) {
    const Blob blob = blob_of(kBytes);
    const auto sink = open(blob, 1);
    ASSERT_TRUE(run(sink->write(blob.part(1))));
    run(a_moment());
    EXPECT_EQ(stored_parts(), 0U);
    EXPECT_EQ(rig_.faults().calls("UploadPart"), 0U);
    ASSERT_TRUE(run(sink->commit()));
    EXPECT_EQ(stored_parts(), 1U);
}

TEST_F(S3StoreThrough, APartThatIsGivenUpIsNeverStored) {
    const Blob blob = blob_of(kBytes);
    {
        const auto sink = open(blob, 1);
        ASSERT_TRUE(run(sink->write(blob.part(1))));
    }
    run(a_moment());
    EXPECT_EQ(stored_parts(), 0U);
    EXPECT_EQ(rig_.faults().calls("UploadPart"), 0U) << "the store never had the whole of it";
}

// As versitygw does; the digest that comes behind a part keeps it from that.
TEST_F(S3StoreThrough, NorIsItWhereTheStoreTakesHalfABodyForTheWhole) {
    auto options = rig_options();
    options.takes_half_bodies = true;
    S3StoreRig rig(options);
    Blob blob = rig.create_through(kId, kBytes).value();
    ASSERT_TRUE(rig.put_all(blob));
    {
        const auto sink = *run(rig.store().open_part(blob.ref, blob.region_of(1)));
        ASSERT_TRUE(run(sink->write(blob.part(1))));
    }
    run(a_moment());
    EXPECT_TRUE(rig.publish(blob));
    EXPECT_EQ(rig.read(kId), kBytes);
}

TEST_F(S3StoreThrough, WithoutADigestSuchAStoreIsNotUsed) {
    auto options = rig_options();
    options.takes_half_bodies = true;
    s3fake::FakeRig fake(options);
    SpoolRig spool;
    adapters::system::SystemRandom random;
    const adapters::s3::S3StoreMeans means{spool.store(), fake.clock, random};
    adapters::s3::S3StoreOptions wanted{.name = "s3",
                                        .endpoint = fake.endpoint,
                                        .credentials = options.credentials,
                                        .bucket = "bucket",
                                        .prefix = "",
                                        .can = capabilities_of(options),
                                        .patience = {},
                                        .sizes = {}};
    EXPECT_EQ(code_of(adapters::s3::S3Store::make(wanted, means)), std::nullopt);
    wanted.endpoint.checksums = adapters::s3::ChecksumMode::none;
    EXPECT_EQ(code_of(adapters::s3::S3Store::make(wanted, means)), Errc::unsupported);
    wanted.endpoint.checksums = adapters::s3::ChecksumMode::header;
    wanted.can.trailing_checksums = false;
    EXPECT_EQ(code_of(adapters::s3::S3Store::make(wanted, means)), Errc::unsupported);
}

TEST_F(S3StoreThrough, APartThatIsNotWholeIsNotCommitted) {
    const Blob blob = blob_of(kBytes);
    const auto sink = open(blob, 1);
    ASSERT_TRUE(run(sink->write(pattern(kPart - 1, 1))));
    EXPECT_EQ(code_of(run(sink->write(pattern(2, 1)))), Errc::invalid);
    EXPECT_EQ(code_of(run(sink->commit())), Errc::invalid);
    EXPECT_EQ(code_of(run(sink->commit())), Errc::invalid);
    EXPECT_EQ(stored_parts(), 0U);
}

TEST_F(S3StoreThrough, ThePiecesOfAPartComeInAnySizes) {
    Blob blob = blob_of(kBytes);
    for (const std::size_t step : {1U, 7U, 1000U, 1023U, 1024U}) {
        const auto sink = open(blob, 1);
        const Bytes part = blob.part(1);
        for (std::size_t at = 0; at < part.size(); at += step) {
            const auto piece = std::span(part).subspan(at, std::min(step, part.size() - at));
            ASSERT_TRUE(run(sink->write(piece)));
            ASSERT_TRUE(run(sink->write({})));
        }
        blob.pieces[0].receipt = run(sink->commit()).value();
    }
    ASSERT_TRUE(rig_.put(blob, 2));
    ASSERT_TRUE(rig_.put(blob, 3));
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), kBytes);
}

TEST_F(S3StoreThrough, APartWhoseAnswerIsLostIsSentAgain) {
    Blob blob = blob_of(kBytes);
    for (const Fault fault :
         {Fault::lost_answer, Fault::late_error, Fault::cut_before, Fault::internal_error}) {
        rig_.faults().next("UploadPart", fault);
        EXPECT_EQ(code_of(rig_.put(blob, 1)), Errc::outcome_unknown);
    }
    ASSERT_TRUE(rig_.put_all(blob));
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), kBytes);
    EXPECT_EQ(rig_.faults().fired(), 4U);
}

TEST_F(S3StoreThrough, APartOfWhichBytesWereTakenIsNotTriedAgain) {
    const Blob blob = blob_of(kBytes);
    rig_.faults().next("UploadPart", Fault::slow_down);
    EXPECT_EQ(code_of(rig_.write(blob, blob.region_of(1), blob.part(1))), Errc::throttled);
    EXPECT_EQ(rig_.faults().calls("UploadPart"), 1U);
}

TEST_F(S3StoreThrough, WhoWritesIsToldWhyTheStoreRefuses) {
    const Blob blob = blob_of(pattern(4 * kPart, 1));
    ASSERT_TRUE(run(rig_.client().abort_multipart(upload_of())));
    EXPECT_EQ(code_of(rig_.write(blob, blob.region_of(1), blob.part(1))), Errc::not_found);
    rig_.fake().go_down();
    EXPECT_EQ(code_of(rig_.write(blob, blob.region_of(1), blob.part(1))), Errc::unavailable);
    rig_.fake().come_back();
}

TEST_F(S3StoreThrough, AStoreThatIsAwayForAMomentIsWaitedForBeforeTheFirstByte) {
    Blob blob = blob_of(kBytes);
    const auto sink = open(blob, 1);
    // The connection that is kept ends, and the next attempt finds the store again.
    rig_.fake().go_down();
    rig_.fake().come_back();
    ASSERT_TRUE(run(sink->write(blob.part(1))));
    EXPECT_TRUE(run(sink->commit()));
}

TEST_F(S3StoreThrough, CompleteIsBroughtAboutWhateverAnswerIsLost) {
    std::uint64_t n = 0;
    for (const Fault fault :
         {Fault::internal_error, Fault::late_error, Fault::slow_down, Fault::error_in_200,
          Fault::late_error_in_200, Fault::cut_before, Fault::lost_answer, Fault::cut_in_answer}) {
        SCOPED_TRACE(static_cast<int>(fault));
        const UploadId id = id_of(100 + n++);
        Blob blob = rig_.create_through(id, kBytes).value();
        ASSERT_TRUE(rig_.put_all(blob));
        rig_.faults().next("CompleteMultipartUpload", fault);
        EXPECT_EQ(code_of(rig_.publish(blob)), std::nullopt);
        EXPECT_EQ(rig_.read(id), kBytes);
        EXPECT_EQ(rig_.faults().fired(fault), 1U);
    }
    EXPECT_TRUE(rig_.bucket().uploads.empty());
}

TEST_F(S3StoreThrough, AListOfThePastIsAskedForAgain) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    rig_.faults().next("ListParts", Fault::stale_list);
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.faults().fired(), 1U);
    EXPECT_EQ(rig_.read(kId), kBytes);
}

// A file that is declared damaged is lost, so one look at a list of the past is not enough for it.
TEST_F(S3StoreThrough, WhatAListTellsOnceEndsNothing) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    // Until patience ends, and the last look is one at the past.
    for (unsigned i = 0; i < 5; ++i) {
        rig_.faults().next("CompleteMultipartUpload", Fault::cut_before);
    }
    rig_.faults().next("ListParts", Fault::stale_list, 5);
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::outcome_unknown);
    EXPECT_EQ(rig_.faults().fired(Fault::stale_list), 1U);
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), kBytes);
}

Task<void> publish_into(ports::Store& store, const Blob& blob, std::vector<Result<>>& results) {
    results.push_back(co_await store.publish(blob.ref, blob.content()));
}

Task<std::vector<Result<>>> publish_at_once(ports::Store& store, const Blob& blob, unsigned times) {
    std::vector<Result<>> results;
    const auto group = co_await runtime::Group::open();
    for (unsigned i = 0; i < times; ++i) {
        group->spawn(publish_into(store, blob, results));
    }
    co_await group->wait();
    co_return results;
}

TEST_F(S3StoreThrough, TwoCompletesAtOnceAreOne) {
    for (const auto second : {s3fake::SecondComplete::unknown, s3fake::SecondComplete::replayed}) {
        auto options = rig_options();
        options.second_complete = second;
        S3StoreRig rig(options);
        Blob blob = rig.create_through(kId, kBytes).value();
        ASSERT_TRUE(rig.put_all(blob));
        for (const auto& result : run(publish_at_once(rig.store(), blob, 5))) {
            EXPECT_EQ(code_of(result), std::nullopt);
        }
        EXPECT_EQ(rig.read(kId), kBytes);
    }
}

TEST_F(S3StoreThrough, APartOfALateAttemptIsNeverPublished) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    const auto other = pattern(kPart, 9);
    const std::string text(reinterpret_cast<const char*>(other.data()), other.size());
    auto body = s3fake::body_of(text);
    body.digests.crc64nvme = crc64_of(other);
    ASSERT_TRUE(run(rig_.client().upload_part(upload_of(), PartNumber(2), std::move(body))));
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::corrupted);
    EXPECT_EQ(rig_.faults().calls("CompleteMultipartUpload"), 0U);
    EXPECT_FALSE(rig_.has_object(kId));
    ASSERT_TRUE(rig_.put(blob, 2));
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), kBytes);
}

TEST_F(S3StoreThrough, WhatTheStoreMadeOfItIsCompared) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    ports::Content content = blob.content();
    content.crc64nvme = crc64_of(pattern(kBytes.size(), 2));
    EXPECT_EQ(code_of(run(rig_.store().publish(blob.ref, content))), Errc::corrupted);
    EXPECT_FALSE(rig_.has_object(kId));
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(code_of(run(rig_.store().publish(blob.ref, content))), Errc::corrupted);
    content = blob.content();
    content.pieces.pop_back();
    EXPECT_TRUE(run(rig_.store().publish(blob.ref, content))) << "it stands already";
}

TEST_F(S3StoreThrough, PiecesThatDoNotMakeTheContentAreRefused) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    ports::Content content = blob.content();
    content.pieces.pop_back();
    EXPECT_EQ(code_of(run(rig_.store().publish(blob.ref, content))), Errc::invalid);
    content.pieces.clear();
    EXPECT_EQ(code_of(run(rig_.store().publish(blob.ref, content))), Errc::invalid);
}

TEST_F(S3StoreThrough, AnObjectOfSomebodyElseIsNotReplaced) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    ASSERT_TRUE(run(rig_.client().put_object(rig_.name_of(kId), s3fake::body_of("other"))));
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::conflict);
    EXPECT_EQ(*rig_.bucket().objects.at(rig_.name_of(kId).key).bytes, "other");
}

TEST_F(S3StoreThrough, AnUploadThatIsGoneIsNotFound) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    ASSERT_TRUE(run(rig_.client().abort_multipart(upload_of())));
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::not_found);
}

Task<void> abort_once_asked(S3StoreRig& rig, MultipartName upload) {
    while (rig.faults().calls("CompleteMultipartUpload") == 0) {
        co_await runtime::sleep_for(std::chrono::milliseconds(1));
    }
    co_await rig.client().abort_multipart(std::move(upload));
}

Task<std::vector<Result<>>> publish_beside_an_abort(S3StoreRig& rig, const Blob& blob,
                                                    MultipartName upload) {
    std::vector<Result<>> results;
    const auto group = co_await runtime::Group::open();
    group->spawn(publish_into(rig.store(), blob, results));
    group->spawn(abort_once_asked(rig, std::move(upload)));
    co_await group->wait();
    co_return results;
}

// The upload is gone, and no object there: a store may still be at it.
TEST_F(S3StoreThrough, WhatBecameOfACompleteMayStayOpen) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put_all(blob));
    for (unsigned i = 0; i < 10; ++i) {
        rig_.faults().next("CompleteMultipartUpload", Fault::cut_before);
    }
    const auto results = run(publish_beside_an_abort(rig_, blob, upload_of()));
    EXPECT_EQ(code_of(results.at(0)), Errc::outcome_unknown);
    rig_.faults().none();
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::not_found) << "this time nobody asked";
}

TEST_F(S3StoreThrough, ACreateWhoseAnswerIsLostLeavesOneUpload) {
    for (const Fault fault : {Fault::lost_answer, Fault::late_error, Fault::internal_error}) {
        rig_.faults().next("CreateMultipartUpload", fault);
        Blob blob = blob_of(kBytes);
        EXPECT_EQ(rig_.bucket().uploads.size(), 1U);
        EXPECT_TRUE(rig_.put(blob, 1));
        ASSERT_TRUE(run(rig_.store().remove(kId)));
    }
}

TEST_F(S3StoreThrough, RemovingAbortsWhatIsOpen) {
    Blob blob = blob_of(kBytes);
    ASSERT_TRUE(rig_.put(blob, 1));
    ASSERT_TRUE(rig_.create_through(id_of(2), kBytes));
    EXPECT_EQ(run(rig_.store().list_staged())->size(), 2U);
    ASSERT_TRUE(run(rig_.store().remove(kId)));
    EXPECT_EQ(rig_.bucket().uploads.size(), 1U);
    ASSERT_TRUE(run(rig_.store().remove_staged(id_of(2))));
    EXPECT_TRUE(rig_.bucket().uploads.empty());
    EXPECT_TRUE(run(rig_.store().list_staged())->empty());
}

// Some stores break an object whose upload is aborted.
TEST_F(S3StoreThrough, NothingIsAbortedBesideAnObjectThatStands) {
    auto options = rig_options();
    options.late_abort = s3fake::LateAbort::breaks_the_object;
    S3StoreRig rig(options);
    Blob blob = rig.create_through(kId, kBytes).value();
    ASSERT_TRUE(rig.put_all(blob));
    ASSERT_TRUE(rig.publish(blob));
    // A list that still tells of the upload, to whoever looks for leftovers.
    rig.faults().next("ListMultipartUploads", Fault::stale_list);
    ASSERT_TRUE(run(rig.store().remove_staged(kId)));
    EXPECT_EQ(rig.faults().fired(), 0U);
    const ports::TrashedBlob blob_in_trash{
        .id = kId, .was = ports::BlobState::staged, .since = from_unix_millis(1)};
    ASSERT_TRUE(run(rig.store().trash(blob_in_trash)));
    EXPECT_EQ(rig.faults().fired(), 1U);
    EXPECT_EQ(run(rig.store().list_trash())->size(), 1U);
    ASSERT_TRUE(run(rig.store().purge(blob_in_trash)));
    EXPECT_EQ(rig.read(kId), kBytes);
}

}  // namespace
}  // namespace slipway::stores

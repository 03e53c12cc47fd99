// What S3Store promises of blobs that are staged in its spool and sent when they are published; of
// reading; and of the trash.
#include <gtest/gtest.h>

#include "runtime/group.hpp"
#include "stores/s3_store_rig.hpp"

namespace slipway::stores {
namespace {

template <class T>
std::optional<Errc> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

class S3StoreSpooled : public testing::Test {
 protected:
    Blob staged(UploadId id, std::size_t size) {
        auto blob = rig_.create_spooled(id, pattern(size, 1));
        EXPECT_TRUE(blob) << blob.error().detail;
        const ports::PartRegion all{ByteOffset(0), ByteCount(size)};
        EXPECT_TRUE(rig_.write(*blob, all, blob->bytes));
        return std::move(blob).value();
    }
    bool spool_is_empty() {
        return run(rig_.spool().list_staged())->empty() &&
               run(rig_.spool().list_published(std::nullopt, 10))->empty() &&
               run(rig_.spool().list_trash())->empty();
    }
    unsigned calls(const std::string& operation) { return rig_.faults().calls(operation); }

    const UploadId kId = id_of(1);
    S3StoreRig rig_;
};

TEST_F(S3StoreSpooled, ASmallFileIsSentByOneCall) {
    const Blob blob = staged(kId, kPut);
    EXPECT_TRUE(blob.ref.placement.starts_with("spool:"));
    EXPECT_EQ(calls("PutObject"), 0U);
    const unsigned before = calls("HeadObject");
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(calls("PutObject"), 1U);
    EXPECT_EQ(calls("HeadObject") - before, 2U) << "one look before and one after";
    EXPECT_EQ(calls("CreateMultipartUpload"), 0U);
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    const auto object = rig_.bucket().objects.at(rig_.name_of(kId).key);
    EXPECT_EQ(object.attributes.find("x-amz-meta-slipway-upload"), kId.to_string());
    EXPECT_TRUE(object.crc64nvme.has_value());
    EXPECT_TRUE(spool_is_empty());
}

TEST_F(S3StoreSpooled, ALargeOneInParts) {
    const Blob blob = staged(kId, 5 * kPut + 1);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(calls("PutObject"), 0U);
    EXPECT_EQ(calls("UploadPart"), 6U);
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(rig_.bucket().objects.at(rig_.name_of(kId).key).crc64nvme.has_value());
    EXPECT_TRUE(rig_.bucket().uploads.empty());
    EXPECT_TRUE(spool_is_empty());
}

TEST_F(S3StoreSpooled, IsBroughtAboutWhateverAnswerIsLost) {
    std::uint64_t n = 0;
    for (const std::string operation : {"PutObject", "HeadObject", "CreateMultipartUpload",
                                        "UploadPart", "ListParts", "CompleteMultipartUpload"}) {
        for (const Fault fault : {Fault::internal_error, Fault::late_error, Fault::slow_down,
                                  Fault::cut_before, Fault::lost_answer, Fault::cut_in_answer}) {
            SCOPED_TRACE(operation + ' ' + std::to_string(static_cast<int>(fault)));
            const UploadId id = id_of(100 + n++);
            const Blob blob = staged(id, operation == "PutObject" ? 10 : 3 * kPut);
            const unsigned before = rig_.faults().fired();
            rig_.faults().next(operation, fault);
            EXPECT_EQ(code_of(rig_.publish(blob)), std::nullopt);
            EXPECT_EQ(rig_.faults().fired(), before + 1);
            EXPECT_EQ(rig_.read(id), blob.bytes);
        }
    }
    EXPECT_TRUE(spool_is_empty());
}

// Ends the process's patience at a part, and goes on in the next one.
TEST_F(S3StoreSpooled, GoesOnAfterACrashWithWhatTheStoreHas) {
    const Blob blob = staged(kId, 5 * kPut);
    for (unsigned i = 0; i < 200; ++i) {
        rig_.faults().next("UploadPart", i < 2 ? Fault::none : Fault::cut_before);
    }
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::outcome_unknown);
    EXPECT_FALSE(rig_.has_object(kId));
    rig_.faults().none();
    const auto has_parts = rig_.bucket().uploads.begin()->second.parts.size();
    EXPECT_EQ(has_parts, 2U);
    rig_.restart();
    const unsigned before = calls("UploadPart");
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(calls("UploadPart") - before, 3U);
    EXPECT_EQ(rig_.bucket().uploads.size(), 0U);
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(spool_is_empty());
}

// Such a store may have taken half a part for the whole.
TEST_F(S3StoreSpooled, APartWithoutADigestIsNotTakenOverFromACrash) {
    auto options = rig_options();
    options.chunked = s3fake::Chunked::refused;
    S3StoreRig rig(options);
    Blob blob = rig.create_spooled(kId, pattern(3 * kPut, 1)).value();
    ASSERT_TRUE(rig.put_all(blob));
    ASSERT_TRUE(run(rig.client().create_multipart(rig.name_of(kId),
                                                  adapters::s3::StoreAccess::attributes_of(kId))));
    const std::string upload = rig.bucket().uploads.begin()->first;
    const std::string zeros(kPut, '\0');
    ASSERT_TRUE(run(rig.client().upload_part({rig.name_of(kId), upload}, PartNumber(2),
                                             s3fake::body_of(zeros))));
    ASSERT_TRUE(rig.publish(blob));
    EXPECT_EQ(rig.read(kId), blob.bytes);
    EXPECT_TRUE(rig.bucket().uploads.empty()) << "the upload that was open is the one";
}

// The bytes are still there: nothing that the store says about an upload of them is final.
TEST_F(S3StoreSpooled, AnUploadThatTheStoreForgetsIsBegunAnew) {
    const Blob blob = staged(kId, 3 * kPut);
    const adapters::s3::ObjectName name = rig_.name_of(kId);
    for (unsigned i = 0; i < 10; ++i) {
        rig_.faults().next("CompleteMultipartUpload", Fault::internal_error);
    }
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::outcome_unknown);
    rig_.faults().none();
    const std::string upload = rig_.bucket().uploads.begin()->first;
    ASSERT_TRUE(run(rig_.client().abort_multipart({name, upload})));
    // Lists that still tell of it, until patience ends.
    for (unsigned i = 0; i < 10; ++i) {
        rig_.faults().next("ListMultipartUploads", Fault::stale_list);
    }
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::outcome_unknown);
    rig_.faults().none();
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(spool_is_empty());
}

TEST_F(S3StoreSpooled, GoesOnAfterACrashBehindEachStep) {
    const Blob blob = staged(kId, 3 * kPut);
    // Sealed, and nothing sent.
    ASSERT_TRUE(run(rig_.spool().publish({kId, ""}, {ByteCount(blob.bytes.size())})));
    rig_.restart();
    ASSERT_TRUE(rig_.publish(blob));
    // Sent and still in the spool.
    const Blob again = staged(id_of(2), 10);
    ASSERT_TRUE(rig_.publish(again));
    ASSERT_TRUE(run(rig_.spool().create(id_of(2), {.capacity = 10_B})));
    rig_.restart();
    EXPECT_TRUE(rig_.publish(again));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_EQ(rig_.read(id_of(2)), again.bytes);
    EXPECT_TRUE(spool_is_empty());
}

TEST_F(S3StoreSpooled, AStoreThatIsAwayKeepsNothingFromBeingPublishedLater) {
    const Blob blob = staged(kId, 10);
    rig_.fake().go_down();
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::unavailable);
    rig_.fake().come_back();
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
}

TEST_F(S3StoreSpooled, AnObjectOfSomebodyElseIsNotReplaced) {
    for (const auto condition : {s3fake::Condition::kept, s3fake::Condition::ignored}) {
        auto options = rig_options();
        options.put_condition = condition;
        S3StoreRig rig(options);
        Blob blob = rig.create_spooled(kId, pattern(10, 1)).value();
        ASSERT_TRUE(rig.put_all(blob));
        ASSERT_TRUE(run(rig.client().put_object(rig.name_of(kId), s3fake::body_of("0123456789"))));
        EXPECT_EQ(code_of(rig.publish(blob)), Errc::conflict);
        EXPECT_EQ(*rig.bucket().objects.at(rig.name_of(kId).key).bytes, "0123456789");
    }
}

TEST_F(S3StoreSpooled, AStoreOfFewTalentsIsEnough) {
    s3fake::FakeOptions options = rig_options();
    options.put_condition = s3fake::Condition::ignored;
    options.complete_condition = s3fake::Condition::refused;
    options.chunked = s3fake::Chunked::refused;
    options.checks_checksums = false;
    options.tells_complete_etag = false;
    options.checks_object_size = false;
    S3StoreRig rig(options);
    for (const std::size_t size : {std::size_t{10}, 3 * kPut}) {
        Blob blob = rig.create_spooled(id_of(size), pattern(size, 1)).value();
        ASSERT_TRUE(rig.put_all(blob));
        ASSERT_TRUE(rig.publish(blob));
        EXPECT_EQ(rig.read(id_of(size)), blob.bytes);
    }
    Blob blob = rig.create_through(kId, pattern(2 * kPart, 1)).value();
    ASSERT_TRUE(rig.put_all(blob));
    ASSERT_TRUE(rig.publish(blob));
    EXPECT_EQ(rig.read(kId), blob.bytes);
}

TEST_F(S3StoreSpooled, ACreateIsRefusedWhereTheStoreCannotBeAsked) {
    rig_.fake().go_down();
    EXPECT_EQ(code_of(rig_.create_spooled(kId, pattern(10, 1))), Errc::unavailable);
    EXPECT_EQ(code_of(rig_.create_through(kId, pattern(kPart, 1))), Errc::unavailable);
    rig_.fake().come_back();
    EXPECT_TRUE(spool_is_empty());
}

TEST_F(S3StoreSpooled, WhoWaitsIsNotKeptForAsLongAsTheStoreWantsToRest) {
    for (const unsigned seconds : {5U, 7U}) {
        auto options = rig_options();
        options.retry_after = seconds;
        S3StoreRig rig(options);
        rig.faults().next("HeadObject", Fault::slow_down);
        const bool is_created = rig.create_spooled(kId, pattern(10, 1)).has_value();
        EXPECT_EQ(is_created, seconds == 5);
        EXPECT_EQ(rig.faults().calls("HeadObject"), is_created ? 2U : 1U);
    }
}

// The store is told what the draft has to be, and nothing else is published.
TEST_F(S3StoreSpooled, ADraftIsSentWithItsChecksum) {
    const std::size_t size = 2 * kPut;
    const Blob blob = staged(kId, size);
    const ports::DraftName name{kId, 7};
    const auto make = [&] {
        const auto draft = run(rig_.store().create_draft(name, ByteCount(size))).value();
        ASSERT_TRUE(run(draft->copy({ByteOffset(0), ByteCount(size)}, ByteOffset(0))));
        ASSERT_TRUE(run(draft->sync()));
    };
    make();
    ports::Content other = blob.content();
    other.crc64nvme = crc64_of(pattern(size, 2));
    EXPECT_NE(code_of(run(rig_.store().publish_draft(name, other))), std::nullopt);
    EXPECT_FALSE(rig_.has_object(kId));
    EXPECT_EQ(code_of(run(rig_.store().publish_draft(name, blob.content()))), std::nullopt);
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_EQ(code_of(run(rig_.store().publish_draft(name, other))), Errc::corrupted);
}

// Reading.

class S3StoreReading : public S3StoreSpooled {
 protected:
    std::unique_ptr<ports::BlobReader> published(std::size_t size) {
        bytes_ = pattern(size, 1);
        const auto* text = reinterpret_cast<const char*>(bytes_.data());
        EXPECT_TRUE(run(
            rig_.client().put_object(rig_.name_of(kId), s3fake::body_of(std::string(text, size)))));
        return *run(rig_.store().open_published(kId));
    }
    // In order from there to the end, by pieces of this size.
    static Result<Bytes> read_from(ports::BlobReader& reader, std::size_t offset,
                                   std::size_t step) {
        Bytes all;
        Bytes piece(step);
        for (;;) {
            const auto count = run(reader.read_at(ByteOffset(offset + all.size()), piece));
            if (!count || *count == 0) {
                return count ? Result<Bytes>(all) : std::unexpected(count.error());
            }
            all.insert(all.end(), piece.begin(),
                       piece.begin() + static_cast<std::ptrdiff_t>(*count));
        }
    }
    Bytes expected_from(std::size_t offset) const {
        return {bytes_.begin() + static_cast<std::ptrdiff_t>(offset), bytes_.end()};
    }

    static constexpr std::size_t kLarge = 7U << 20U;
    Bytes bytes_;
};

TEST_F(S3StoreReading, InOrderTakesFewCalls) {
    const auto reader = published(kLarge);
    EXPECT_TRUE(read_from(*reader, 0, 100'000).value() == bytes_);
    // 1 MiB, 4 MiB, and the rest.
    EXPECT_EQ(calls("GetObject"), 3U);
}

TEST_F(S3StoreReading, ALittleAsksForALittle) {
    const auto reader = published(kLarge);
    for (const std::size_t offset : {kLarge - 10, std::size_t{5}, std::size_t{3U << 20U}}) {
        Bytes piece(7);
        ASSERT_EQ(run(reader->read_at(ByteOffset(offset), piece)).value(), 7U);
        const auto expected = expected_from(offset);
        EXPECT_TRUE(std::equal(piece.begin(), piece.end(), expected.begin()));
    }
    EXPECT_EQ(calls("GetObject"), 3U);
}

TEST_F(S3StoreReading, OpeningCostsOneLook) {
    published(10);
    const unsigned heads = calls("HeadObject");
    const unsigned lists = calls("ListObjectsV2");
    EXPECT_TRUE(run(rig_.store().open_published(kId)));
    EXPECT_TRUE(run(rig_.store().open_published(kId)));
    EXPECT_EQ(calls("HeadObject") - heads, 2U);
    EXPECT_EQ(calls("ListObjectsV2"), lists);
}

TEST_F(S3StoreReading, AnAnswerThatIsCutIsTakenUpAgain) {
    const auto reader = published(kLarge);
    rig_.faults().next("GetObject", Fault::cut_in_answer);
    rig_.faults().next("GetObject", Fault::cut_in_answer);
    rig_.faults().next("GetObject", Fault::slow_down);
    rig_.faults().next("GetObject", Fault::internal_error);
    EXPECT_TRUE(read_from(*reader, 0, 50'000).value() == bytes_);
    EXPECT_EQ(rig_.faults().fired(), 4U);
}

TEST_F(S3StoreReading, AnotherObjectIsNotTakenForIt) {
    const auto reader = published(100'000);
    const std::string other(100'000, 'x');
    ASSERT_TRUE(run(rig_.client().put_object(rig_.name_of(kId), s3fake::body_of(other))));
    EXPECT_EQ(code_of(read_from(*reader, 0, 1000)), Errc::conflict);
    ASSERT_TRUE(run(rig_.store().remove(kId)));
    EXPECT_EQ(code_of(read_from(*reader, 0, 1000)), Errc::not_found);
}

Task<void> read_into(ports::BlobReader& reader, std::size_t offset, Bytes& out) {
    for (std::size_t at = 0; at < out.size();) {
        const auto count =
            co_await reader.read_at(ByteOffset(offset + at), std::span(out).subspan(at));
        EXPECT_TRUE(count);
        at += count.value_or(out.size());
    }
}

Task<Bytes> read_in_parallel(ports::BlobReader& reader, std::size_t size, std::size_t step) {
    std::vector<Bytes> pieces;
    for (std::size_t offset = 0; offset < size; offset += step) {
        pieces.emplace_back(std::min(step, size - offset));
    }
    const auto group = co_await runtime::Group::open();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        group->spawn(read_into(reader, i * step, pieces[i]));
    }
    co_await group->wait();
    Bytes all;
    for (const Bytes& piece : pieces) {
        all.insert(all.end(), piece.begin(), piece.end());
    }
    co_return all;
}

TEST_F(S3StoreReading, SeveralReadAtOnce) {
    const auto reader = published(kLarge);
    EXPECT_TRUE(run(read_in_parallel(*reader, kLarge, 1'000'000)) == bytes_);
}

// The trash.

using ports::BlobState;
using ports::TrashedBlob;

TrashedBlob trashed(UploadId id, BlobState was) {
    return {.id = id, .was = was, .since = from_unix_millis(1234)};
}

TEST_F(S3StoreSpooled, AnUploadInTheTrashCountsAsGoneUntilItIsPutBack) {
    Blob blob = rig_.create_through(kId, pattern(2 * kPart, 1)).value();
    ASSERT_TRUE(rig_.put_all(blob));
    const TrashedBlob in_trash = trashed(kId, BlobState::staged);
    ASSERT_TRUE(run(rig_.store().trash(in_trash)));
    EXPECT_EQ(*run(rig_.store().list_trash()), std::vector{in_trash});
    EXPECT_TRUE(run(rig_.store().list_staged())->empty());
    ASSERT_TRUE(run(rig_.store().restore(in_trash)));
    EXPECT_EQ(code_of(run(rig_.store().restore(in_trash))), Errc::not_found);
    EXPECT_EQ(run(rig_.store().list_staged())->size(), 1U);
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
}

TEST_F(S3StoreSpooled, ListingWhatIsStagedTakesOneCallForAllUploads) {
    for (std::uint64_t n = 1; n <= 5; ++n) {
        ASSERT_TRUE(rig_.create_through(id_of(n), pattern(kPart, n)));
    }
    ASSERT_TRUE(run(rig_.store().trash(trashed(id_of(3), BlobState::staged))));
    const unsigned before = calls("ListMultipartUploads");
    EXPECT_EQ(run(rig_.store().list_staged())->size(), 4U);
    EXPECT_EQ(calls("ListMultipartUploads") - before, 1U);
}

// By another node: the trash is listed now and then.
TEST_F(S3StoreSpooled, WhatOthersTrashIsKnownWhenTheTrashWasListed) {
    const Blob blob = staged(kId, 10);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    const TrashedBlob in_trash = trashed(kId, BlobState::published);
    const adapters::s3::ObjectName mark{"bucket", "trash/" + adapters::s3::marker_name(in_trash)};
    ASSERT_TRUE(run(rig_.client().put_object(mark, s3fake::body_of(""))));
    EXPECT_EQ(run(rig_.store().list_trash())->size(), 1U);
    EXPECT_EQ(code_of(rig_.read(kId)), Errc::not_found);
    ASSERT_TRUE(run(rig_.client().delete_object(mark)));
    EXPECT_EQ(rig_.read(kId), blob.bytes) << "another has put it back";
    EXPECT_TRUE(run(rig_.store().list_trash())->empty());
    EXPECT_EQ(rig_.read(kId), blob.bytes);
}

// What was put into the trash before this process began.
TEST_F(S3StoreSpooled, TheTrashOutlivesTheProcess) {
    const Blob blob = staged(kId, 10);
    ASSERT_TRUE(rig_.publish(blob));
    ASSERT_TRUE(run(rig_.store().trash(trashed(kId, BlobState::published))));
    EXPECT_EQ(code_of(rig_.read(kId)), Errc::not_found);
    rig_.restart();
    EXPECT_EQ(code_of(rig_.read(kId)), Errc::not_found);
    ASSERT_TRUE(run(rig_.store().restore(trashed(kId, BlobState::published))));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
}

TEST_F(S3StoreSpooled, PurgingAbortsTheUploadsThatWereMeant) {
    ASSERT_TRUE(rig_.create_through(kId, pattern(2 * kPart, 1)));
    const TrashedBlob in_trash = trashed(kId, BlobState::staged);
    ASSERT_TRUE(run(rig_.store().trash(in_trash)));
    Blob blob = rig_.create_through(kId, pattern(2 * kPart, 2)).value();
    EXPECT_EQ(code_of(run(rig_.store().restore(in_trash))), Errc::conflict);
    EXPECT_EQ(rig_.bucket().uploads.size(), 2U);
    ASSERT_TRUE(run(rig_.store().purge(in_trash)));
    EXPECT_EQ(rig_.bucket().uploads.size(), 1U);
    EXPECT_TRUE(rig_.bucket().objects.empty()) << "the marker is gone";
    ASSERT_TRUE(rig_.put_all(blob));
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
}

TEST_F(S3StoreSpooled, WhatIsTrashedIsNeitherRemovedNorReplaced) {
    const Blob blob = staged(kId, 10);
    ASSERT_TRUE(rig_.publish(blob));
    const TrashedBlob in_trash = trashed(kId, BlobState::published);
    ASSERT_TRUE(run(rig_.store().trash(in_trash)));
    EXPECT_TRUE(run(rig_.store().remove(kId)));
    EXPECT_EQ(code_of(rig_.create_spooled(kId, pattern(10, 2))), Errc::conflict);
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::not_found);
    ASSERT_TRUE(run(rig_.store().restore(in_trash)));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    // What was put back is not purged by whoever had seen it in the trash.
    ASSERT_TRUE(run(rig_.store().purge(in_trash)));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    ASSERT_TRUE(run(rig_.store().trash(in_trash)));
    ASSERT_TRUE(run(rig_.store().purge(in_trash)));
    EXPECT_TRUE(rig_.bucket().objects.empty());
}

TEST_F(S3StoreSpooled, StrangersInTheBucketAreLeftAlone) {
    for (const std::string& key :
         {std::string("files/readme.txt"), "trash/" + kId.to_string(),
          "trash/" + kId.to_string() + "-published-x", std::string("other")}) {
        ASSERT_TRUE(run(rig_.client().put_object({"bucket", key}, s3fake::body_of("stranger"))));
    }
    ASSERT_TRUE(run(rig_.client().create_multipart({"bucket", "files/readme.txt"})));
    const Blob blob = staged(kId, 10);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(*run(rig_.store().list_published(std::nullopt, 10)), std::vector{kId});
    EXPECT_TRUE(run(rig_.store().list_trash())->empty());
    EXPECT_TRUE(run(rig_.store().list_staged())->empty());
    ASSERT_TRUE(run(rig_.store().remove(kId)));
    EXPECT_EQ(rig_.bucket().objects.size(), 4U);
}

}  // namespace
}  // namespace slipway::stores

// What S3Store promises of parts that lie beside the multipart upload of their blob, because
// another attempt has the place of their number and may write to it whenever it likes.
#include <gtest/gtest.h>

#include "adapters/s3/store/placement.hpp"
#include "hash/digester.hpp"
#include "stores/s3_store_rig.hpp"

namespace slipway::stores {
namespace {

using adapters::s3::MultipartName;

template <class T>
std::optional<Errc> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

class S3StoreAside : public testing::Test {
 protected:
    // Of three parts, the second of which lies aside.
    Blob stored(UploadId id) {
        auto blob = rig_.create_through(id, kBytes);
        EXPECT_TRUE(blob) << blob.error().detail;
        EXPECT_TRUE(rig_.put(*blob, 1) && rig_.put_aside(*blob, 2) && rig_.put(*blob, 3));
        return std::move(blob).value();
    }
    static std::string upload_of(const Blob& blob) {
        const auto placement = adapters::s3::parse_placement(blob.ref.placement);
        return std::get<adapters::s3::Through>(*placement).upload_id;
    }
    // Another server comes to the end of its attempt, with other bytes.
    void write_late(const Blob& blob, std::uint32_t number) {
        const auto other = pattern(blob.region_of(number).length.value(), 9);
        ASSERT_TRUE(rig_.write(blob, blob.region_of(number), other));
    }
    // The same, in the midst of a call.
    void appear_late(const Blob& blob, unsigned number) {
        rig_.fake().change([&](s3fake::FakeState& state) {
            auto& part = state.buckets.at("bucket").uploads.at(upload_of(blob)).parts.at(number);
            part.bytes = std::make_shared<std::string>(part.bytes->size(), 'x');
            part.etag = std::string(32, '0');
        });
    }
    std::vector<std::string> part_keys() {
        std::vector<std::string> keys;
        for (const auto& [key, object] : rig_.bucket().objects) {
            if (key.starts_with("parts/")) {
                keys.push_back(key);
            }
        }
        return keys;
    }
    unsigned calls(const std::string& operation) { return rig_.faults().calls(operation); }

    const UploadId kId = id_of(1);
    const Bytes kBytes = pattern(2 * kPart + 100, 1);
    S3StoreRig rig_;
};

TEST_F(S3StoreAside, IsAnObjectUntilTheFileIsMade) {
    const Blob blob = stored(kId);
    EXPECT_TRUE(rig_.store().has_common_places(blob.ref.placement));
    ASSERT_EQ(part_keys().size(), 1U);
    EXPECT_TRUE(part_keys().front().starts_with("parts/" + kId.to_string() + "-"));
    EXPECT_EQ(rig_.bucket().uploads.at(upload_of(blob)).parts.size(), 2U);
    rig_.move_to_another_node();
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), kBytes);
    EXPECT_TRUE(part_keys().empty());
    EXPECT_TRUE(rig_.bucket().uploads.empty());
    EXPECT_TRUE(rig_.publish(blob)) << "again, as after a crash";
}

TEST_F(S3StoreAside, NothingIsStoredOfAnAttemptThatIsGivenUp) {
    const auto blob = rig_.create_through(kId, kBytes).value();
    {
        const auto sink = run(rig_.store().open_part_aside(blob.ref, blob.region_of(1))).value();
        ASSERT_TRUE(run(sink->write(blob.part(1))));
    }
    EXPECT_TRUE(part_keys().empty());
}

TEST_F(S3StoreAside, IsOfBlobsThatGoThroughAlone) {
    const auto blob = rig_.create_spooled(kId, kBytes).value();
    EXPECT_FALSE(rig_.store().has_common_places(blob.ref.placement));
    const auto sink = run(rig_.store().open_part_aside(blob.ref, blob.region_of(1)));
    EXPECT_EQ(code_of(sink), Errc::unsupported);
    const auto other = rig_.create_through(id_of(2), kBytes).value();
    const ports::PartRegion none{ByteOffset(1), ByteCount(kPart)};
    EXPECT_EQ(code_of(run(rig_.store().open_part_aside(other.ref, none))), Errc::invalid);
}

TEST_F(S3StoreAside, WhatAnotherHasWrittenToThePlaceIsNotTheFiles) {
    const Blob blob = stored(kId);
    write_late(blob, 2);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), kBytes);
}

// Between the part that is brought to its place and Complete, which names its ETag.
TEST_F(S3StoreAside, NorWhatAnotherWritesAtTheLastMoment) {
    const Blob blob = stored(kId);
    rig_.faults().before("CompleteMultipartUpload", [&] { appear_late(blob, 2); });
    const unsigned before = calls("UploadPart");
    ASSERT_EQ(code_of(rig_.publish(blob)), std::nullopt);
    EXPECT_EQ(calls("CompleteMultipartUpload"), 2U) << "the first one was refused";
    EXPECT_EQ(calls("UploadPart") - before, 2U) << "it was done again";
    EXPECT_EQ(rig_.read(kId), kBytes);
    EXPECT_TRUE(part_keys().empty());
}

// The objects stay until the file was seen to stand: whoever comes later begins anew.
TEST_F(S3StoreAside, NorWhatAnotherWritesWhileAPublicationIsBrokenOff) {
    const Blob blob = stored(kId);
    for (unsigned i = 0; i < 6; ++i) {
        rig_.faults().next("CompleteMultipartUpload", Fault::cut_before);
    }
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::outcome_unknown);
    EXPECT_EQ(part_keys().size(), 1U);
    write_late(blob, 2);
    rig_.move_to_another_node();
    ASSERT_EQ(code_of(rig_.publish(blob)), std::nullopt);
    EXPECT_EQ(rig_.read(kId), kBytes);
    EXPECT_TRUE(part_keys().empty());
}

TEST_F(S3StoreAside, IsSentOnceWhereOnlyAnAnswerIsLost) {
    const Blob blob = stored(kId);
    rig_.faults().next("CompleteMultipartUpload", Fault::cut_before);
    const unsigned before = calls("UploadPart");
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(calls("UploadPart") - before, 1U);
}

TEST_F(S3StoreAside, IsBroughtAboutWhateverAnswerIsLost) {
    std::uint64_t n = 100;
    for (const std::string operation : {"GetObject", "HeadObject", "ListObjectsV2", "UploadPart",
                                        "ListParts", "CompleteMultipartUpload", "DeleteObject"}) {
        for (const Fault fault : {Fault::internal_error, Fault::late_error, Fault::slow_down,
                                  Fault::cut_before, Fault::lost_answer, Fault::cut_in_answer}) {
            SCOPED_TRACE(operation + ' ' + std::to_string(static_cast<int>(fault)));
            const UploadId id = id_of(n++);
            const Blob blob = stored(id);
            const unsigned before = rig_.faults().fired();
            rig_.faults().next(operation, fault);
            EXPECT_EQ(code_of(rig_.publish(blob)), std::nullopt);
            EXPECT_EQ(rig_.faults().fired(), before + 1);
            EXPECT_EQ(rig_.read(id), kBytes);
        }
    }
    EXPECT_TRUE(part_keys().empty() && rig_.bucket().uploads.empty());
}

TEST_F(S3StoreAside, OneThatIsGoneOrAnotherIsFoundAndNothingPublished) {
    Blob blob = stored(kId);
    const adapters::s3::ObjectName name{"bucket", part_keys().front()};
    const std::string other(kPart, 'x');
    ASSERT_TRUE(run(rig_.client().put_object(name, s3fake::body_of(other))));
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::corrupted);
    ASSERT_TRUE(run(rig_.client().delete_object(name)));
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::corrupted);
    blob.pieces[1].receipt = "aside:nothing";
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::corrupted);
    EXPECT_FALSE(rig_.has_object(kId));
}

TEST_F(S3StoreAside, EachPartIsComparedWithItsSha256) {
    Blob blob = stored(kId);
    blob.pieces[1].sha256 = Sha256{};
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::corrupted);
    EXPECT_FALSE(rig_.has_object(kId));
}

TEST_F(S3StoreAside, GoesWithItsBlob) {
    stored(kId);
    ASSERT_EQ(run(rig_.store().list_staged())->size(), 1U);
    const ports::TrashedBlob trashed{
        .id = kId, .was = ports::BlobState::staged, .since = from_unix_millis(1234)};
    ASSERT_TRUE(run(rig_.store().trash(trashed)));
    EXPECT_TRUE(run(rig_.store().list_staged())->empty());
    ASSERT_TRUE(run(rig_.store().purge(trashed)));
    EXPECT_TRUE(part_keys().empty() && rig_.bucket().uploads.empty());
    stored(kId);
    ASSERT_TRUE(run(rig_.store().remove(kId)));
    EXPECT_TRUE(part_keys().empty() && rig_.bucket().uploads.empty());
}

}  // namespace
}  // namespace slipway::stores

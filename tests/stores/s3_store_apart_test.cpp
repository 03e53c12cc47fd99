// What S3Store promises of parts that lie in the store as objects of their own until the file is
// made of them.
#include <gtest/gtest.h>

#include "hash/digester.hpp"
#include "stores/s3_store_rig.hpp"

namespace slipway::stores {
namespace {

using ports::BlobState;
using ports::TrashedBlob;

template <class T>
std::optional<Errc> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

class S3StoreApart : public testing::Test {
 protected:
    // All its parts are there.
    Blob stored(UploadId id, std::size_t size) {
        auto blob = rig_.create_apart(id, pattern(size, 1));
        EXPECT_TRUE(blob) << blob.error().detail;
        EXPECT_TRUE(rig_.put_all(*blob));
        return std::move(blob).value();
    }
    // In the folder of parts.
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
    bool spool_is_empty() {
        return run(rig_.spool().list_staged())->empty() &&
               run(rig_.spool().list_published(std::nullopt, 1))->empty();
    }

    const UploadId kId = id_of(1);
    S3StoreRig rig_;
};

TEST_F(S3StoreApart, ASmallFileIsMadeByOneCallOfWhatItsPartsWere) {
    const Blob blob = stored(kId, 3 * kPart + 7);
    EXPECT_TRUE(blob.ref.placement.starts_with("apart:"));
    ASSERT_EQ(part_keys().size(), 4U);
    for (const std::string& key : part_keys()) {
        EXPECT_TRUE(key.starts_with("parts/" + kId.to_string() + "-")) << key;
    }
    EXPECT_TRUE(spool_is_empty());
    EXPECT_FALSE(rig_.has_object(kId));
    const unsigned before = calls("PutObject");
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(calls("PutObject") - before, 1U);
    EXPECT_EQ(calls("CreateMultipartUpload"), 0U);
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(part_keys().empty()) << "they are removed when the file is there";
}

TEST_F(S3StoreApart, ALargerOneInPartsThatTheStoreTakes) {
    const Blob blob = stored(kId, 3 * kPut + 2 * kPart + 7);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(calls("UploadPart"), 4U);
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(rig_.bucket().uploads.empty());
    EXPECT_TRUE(part_keys().empty());
}

// What the first node had on its disk is lost with it.
TEST_F(S3StoreApart, AnotherNodeGoesOnWithItAndMakesTheFile) {
    auto blob = rig_.create_apart(kId, pattern(2 * kPut + 9, 1)).value();
    ASSERT_TRUE(rig_.put(blob, 1));
    rig_.move_to_another_node();
    ASSERT_TRUE(rig_.put_all(blob));
    rig_.move_to_another_node();
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(part_keys().empty()) << "also what was sent twice";
}

TEST_F(S3StoreApart, NothingIsStoredOfAnAttemptThatIsGivenUp) {
    const auto blob = rig_.create_apart(kId, pattern(kPart, 1)).value();
    {
        const auto sink = run(rig_.store().open_part(blob.ref, blob.region_of(1))).value();
        ASSERT_TRUE(run(sink->write(blob.bytes)));
    }
    EXPECT_TRUE(part_keys().empty());
}

// Two nodes may have the same part at the same time: the record says which one counts.
TEST_F(S3StoreApart, AnAttemptTakesNothingFromAnother) {
    auto blob = stored(kId, 2 * kPart);
    const auto other = rig_.write(blob, blob.region_of(1), pattern(kPart, 9));
    ASSERT_TRUE(other);
    EXPECT_EQ(part_keys().size(), 3U);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(part_keys().empty());
}

TEST_F(S3StoreApart, APartThatIsGoneIsFoundAndNothingPublished) {
    for (const std::size_t size : {2 * kPart, 2 * kPut}) {
        const UploadId id = id_of(size);
        const Blob blob = stored(id, size);
        ASSERT_TRUE(run(rig_.client().delete_object({"bucket", part_keys().front()})));
        EXPECT_EQ(code_of(rig_.publish(blob)), Errc::corrupted);
        EXPECT_FALSE(rig_.has_object(id));
        ASSERT_TRUE(run(rig_.store().remove(id)));
    }
    EXPECT_TRUE(part_keys().empty() && rig_.bucket().uploads.empty());
}

TEST_F(S3StoreApart, OneThatIsAnotherByNowToo) {
    const Blob blob = stored(kId, 2 * kPart);
    const std::string other(kPart, 'x');
    const adapters::s3::ObjectName name{"bucket", part_keys().front()};
    ASSERT_TRUE(run(rig_.client().put_object(name, s3fake::body_of(other))));
    EXPECT_EQ(code_of(rig_.publish(blob)), Errc::corrupted);
    EXPECT_FALSE(rig_.has_object(kId));
}

// A store that changes what it keeps, and says nothing: neither does its ETag.
TEST_F(S3StoreApart, EachPartIsComparedWithItsSha256) {
    auto options = rig_options();
    options.checks_checksums = false;
    S3StoreRig rig(options);
    for (const std::size_t size : {2 * kPart, 2 * kPut}) {
        auto blob = rig.create_apart(id_of(size), pattern(size, 1)).value();
        ASSERT_TRUE(rig.put_all(blob));
        auto content = blob.content();
        content.crc64nvme = std::nullopt;
        for (std::uint32_t number = 1; number <= blob.part_count(); ++number) {
            content.pieces[number - 1].sha256 = hash::sha256(blob.part(number));
        }
        auto wrong = content;
        wrong.pieces[1].sha256 = Sha256{};
        EXPECT_EQ(code_of(run(rig.store().publish(blob.ref, wrong))), Errc::corrupted);
        EXPECT_FALSE(rig.has_object(id_of(size)));
        EXPECT_EQ(code_of(run(rig.store().publish(blob.ref, content))), std::nullopt);
        EXPECT_EQ(rig.read(id_of(size)), blob.bytes);
    }
}

TEST_F(S3StoreApart, AReceiptOfAnotherPartIsNotTaken) {
    const Blob blob = stored(kId, 2 * kPart);
    auto wrong = blob;
    wrong.pieces[1].receipt = wrong.pieces[0].receipt;
    EXPECT_EQ(code_of(rig_.publish(wrong)), Errc::corrupted);
    wrong.pieces[1].receipt = "etag";
    EXPECT_EQ(code_of(rig_.publish(wrong)), Errc::corrupted);
    wrong.pieces[1].receipt = "empty";
    EXPECT_EQ(code_of(rig_.publish(wrong)), Errc::corrupted);
    EXPECT_TRUE(rig_.publish(blob));
}

TEST_F(S3StoreApart, IsBroughtAboutWhateverAnswerIsLost) {
    std::uint64_t n = 100;
    for (const std::string operation :
         {"PutObject", "GetObject", "HeadObject", "ListObjectsV2", "CreateMultipartUpload",
          "UploadPart", "ListParts", "CompleteMultipartUpload", "DeleteObject"}) {
        for (const Fault fault : {Fault::internal_error, Fault::late_error, Fault::slow_down,
                                  Fault::cut_before, Fault::lost_answer, Fault::cut_in_answer}) {
            SCOPED_TRACE(operation + ' ' + std::to_string(static_cast<int>(fault)));
            const UploadId id = id_of(n++);
            const Blob blob = stored(id, operation == "PutObject" ? kPart : 2 * kPut);
            const unsigned before = rig_.faults().fired();
            rig_.faults().next(operation, fault);
            EXPECT_EQ(code_of(rig_.publish(blob)), std::nullopt);
            EXPECT_EQ(rig_.faults().fired(), before + 1);
            EXPECT_EQ(rig_.read(id), blob.bytes);
        }
    }
    EXPECT_TRUE(part_keys().empty() && rig_.bucket().uploads.empty());
}

// The file stands and some parts are left, as after a crash between the two.
TEST_F(S3StoreApart, GoesOnAfterACrashBetweenTheFileAndTheEndOfItsParts) {
    const Blob blob = stored(kId, 2 * kPart);
    for (unsigned i = 0; i < 40; ++i) {
        rig_.faults().next("DeleteObject", Fault::cut_before);
    }
    EXPECT_TRUE(rig_.publish(blob)) << "the file is there; what is left costs room alone";
    rig_.faults().none();
    EXPECT_FALSE(part_keys().empty());
    EXPECT_EQ(run(rig_.store().list_staged())->size(), 1U) << "the collection of orphans sees it";
    rig_.move_to_another_node();
    EXPECT_TRUE(rig_.publish(blob));
    EXPECT_EQ(rig_.read(kId), blob.bytes);
    EXPECT_TRUE(part_keys().empty());
    EXPECT_TRUE(run(rig_.store().list_staged())->empty());
}

TEST_F(S3StoreApart, RemovingABlobRemovesItsParts) {
    stored(kId, 5 * kPart);
    stored(id_of(2), kPart);
    ASSERT_TRUE(run(rig_.store().remove(kId)));
    EXPECT_EQ(part_keys().size(), 1U);
    ASSERT_TRUE(run(rig_.store().remove_staged(id_of(2))));
    EXPECT_TRUE(part_keys().empty());
    EXPECT_TRUE(run(rig_.store().remove(kId)));
}

// Of an attempt to create it that never came to its record.
TEST_F(S3StoreApart, WhatIsLeftBesideAFileIsRemovedAlone) {
    stored(kId, kPart);
    const Blob blob = stored(kId, 2 * kPart);
    ASSERT_TRUE(rig_.publish(blob));
    EXPECT_EQ(part_keys().size(), 1U);
    ASSERT_TRUE(run(rig_.store().remove_staged(kId)));
    EXPECT_TRUE(part_keys().empty());
    EXPECT_EQ(rig_.read(kId), blob.bytes);
}

TEST_F(S3StoreApart, IsListedTrashedPutBackAndPurged) {
    const Blob blob = stored(kId, 2 * kPart);
    ASSERT_EQ(run(rig_.store().list_staged())->size(), 1U);
    EXPECT_EQ(run(rig_.store().list_staged())->front().id, kId);
    const TrashedBlob trashed{.id = kId, .was = BlobState::staged, .since = from_unix_millis(1234)};
    ASSERT_TRUE(run(rig_.store().trash(trashed)));
    EXPECT_TRUE(run(rig_.store().list_staged())->empty());
    EXPECT_EQ(run(rig_.store().list_trash()), (std::vector{trashed}));
    ASSERT_TRUE(run(rig_.store().restore(trashed)));
    EXPECT_EQ(run(rig_.store().list_staged())->size(), 1U);
    ASSERT_TRUE(run(rig_.store().trash(trashed)));
    // Its id is used again: only what was meant goes.
    const Blob again = stored(kId, kPart);
    ASSERT_TRUE(run(rig_.store().purge(trashed)));
    EXPECT_EQ(part_keys().size(), 1U);
    EXPECT_TRUE(run(rig_.store().list_trash())->empty());
    ASSERT_TRUE(rig_.publish(again));
    EXPECT_EQ(rig_.read(kId), again.bytes);
}

TEST_F(S3StoreApart, PartsOfFreeSizesAreMadeIntoAFileInTheOrderOfTheirNumbers) {
    rig_.move_to_another_node();
    const std::vector<std::size_t> sizes{5 * kPart, 0, 1, kPut + 3, 77};
    auto blob = rig_.create_free_apart(kId, 0).value();
    ports::Content content{.size = {}};
    Bytes all;
    // The later, the nearer to the beginning.
    std::uint64_t offset = 1U << 20U;
    for (std::uint32_t number = 1; number <= sizes.size(); ++number) {
        const std::size_t size = sizes[number - 1];
        offset -= 1U << 16U;
        ASSERT_TRUE(run(rig_.store().grow(blob.ref, ByteCount(offset + size))));
        const Bytes part = pattern(size, number);
        const auto receipt = rig_.write(blob, {ByteOffset(offset), ByteCount(size)}, part);
        ASSERT_TRUE(receipt) << receipt.error().detail;
        content.pieces.push_back(
            {PartNumber(number), ByteCount(size), *receipt, hash::sha256(part)});
        content.size += ByteCount(size);
        all.insert(all.end(), part.begin(), part.end());
    }
    ASSERT_EQ(code_of(run(rig_.store().publish(blob.ref, content))), std::nullopt);
    EXPECT_EQ(rig_.read(kId), all);
    EXPECT_TRUE(part_keys().empty());
}

TEST_F(S3StoreApart, APartOfAFreeSizeHasALimit) {
    const auto blob = rig_.create_free_apart(kId, 0).value();
    ASSERT_TRUE(run(rig_.store().grow(blob.ref, ByteCount(4 * kFreePart))));
    const auto open = [&](std::size_t length) {
        return code_of(run(rig_.store().open_part(blob.ref, {{}, ByteCount(length)})));
    };
    EXPECT_EQ(open(kFreePart), std::nullopt);
    EXPECT_EQ(open(kFreePart + 1), Errc::too_large);
}

// Nobody was told of what comes in one piece: where it waits for its file does not matter.
TEST_F(S3StoreApart, WhatHasNoPartsIsSpooledAsEver) {
    EXPECT_TRUE(rig_.create_whole(kId, pattern(10, 1))->ref.placement.starts_with("spool:"));
    EXPECT_TRUE(rig_.create_through(id_of(2), pattern(2 * kPart, 1))
                    ->ref.placement.starts_with("through:"));
}

}  // namespace
}  // namespace slipway::stores

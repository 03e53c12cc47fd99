// Blobs of which clients send the parts to the store themselves.
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "hash/digester.hpp"
#include "http/client.hpp"
#include "stores/s3_store_rig.hpp"

namespace slipway::stores {
namespace {

class DirectParts : public ::testing::Test {
 protected:
    static Sha256 digest_of(const Bytes& bytes) { return hash::sha256(bytes); }

    Blob create(std::uint64_t n, std::size_t size) {
        Blob blob{.ref = {id_of(n), {}}, .bytes = pattern(size, n)};
        auto placement = run(rig_.store().create(
            blob.ref.id,
            {.capacity = ByteCount(size), .part_size = ByteCount(kPart), .direct = true}));
        EXPECT_TRUE(placement) << placement.error().detail;
        blob.ref.placement = placement.value_or("");
        return blob;
    }
    Result<ports::PartAddress> address(const Blob& blob, std::uint32_t number, const Bytes& bytes) {
        return run(rig_.store().address(blob.ref, blob.region_of(number), digest_of(bytes),
                                        std::chrono::minutes(1)));
    }
    // As a client does it; the status.
    unsigned send(const ports::PartAddress& to, const Bytes& bytes) {
        http::Client client;
        http::ClientRequest request{
            http::Method::put,
            to.url,
            {},
            std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
        for (const auto& [name, value] : to.headers) {
            request.headers.add(name, value);
        }
        const auto answer = run(client.send(std::move(request)));
        return answer ? answer->status : 0;
    }
    void send_all(Blob& blob) {
        for (std::uint32_t number = blob.part_count(); number >= 1; --number) {
            const Bytes part = blob.part(number);
            ASSERT_EQ(send(*address(blob, number, part), part), 200U);
        }
        note_pieces(blob);
    }
    void note_pieces(Blob& blob) {
        blob.pieces.clear();
        const auto listed = run(rig_.store().list_parts(blob.ref));
        ASSERT_TRUE(listed);
        for (const ports::DirectPart& part : *listed) {
            EXPECT_EQ(part.sha256, digest_of(blob.part(part.number.value())));
            blob.pieces.push_back({part.number, part.size, part.receipt});
        }
    }
    Result<> publish(const Blob& blob) {
        ports::Content content{.size = ByteCount(blob.bytes.size()), .pieces = blob.pieces};
        return run(rig_.store().publish(blob.ref, std::move(content)));
    }

    S3StoreRig rig_;
};

TEST_F(DirectParts, GoToTheStoreAndBecomeTheBlob) {
    Blob blob = create(1, 2 * kPart + 100);
    EXPECT_TRUE(run(rig_.store().list_parts(blob.ref))->empty());
    send_all(blob);
    ASSERT_EQ(blob.pieces.size(), 3U);
    EXPECT_EQ(blob.pieces[2].size, 100_B);
    rig_.restart();
    const auto published = publish(blob);
    ASSERT_TRUE(published) << published.error().detail;
    EXPECT_EQ(rig_.read(blob.ref.id).value(), blob.bytes);
    EXPECT_TRUE(publish(blob)) << "again";
}

TEST_F(DirectParts, AnOnlyPartHasAnySize) {
    Blob blob = create(1, 10);
    send_all(blob);
    ASSERT_TRUE(publish(blob));
    EXPECT_EQ(rig_.read(blob.ref.id).value(), blob.bytes);
}

TEST_F(DirectParts, AnAddressTakesOneBody) {
    const Blob blob = create(1, 2 * kPart);
    const auto to = *address(blob, 1, blob.part(1));
    Bytes other = blob.part(1);
    other[7] ^= std::byte{1};
    EXPECT_EQ(send(to, other), 400U);
    other = blob.part(1);
    other.push_back(std::byte{0});
    EXPECT_EQ(send(to, other), 403U);
    auto bare = to;
    bare.headers.clear();
    EXPECT_EQ(send(bare, blob.part(1)), 403U);
    EXPECT_TRUE(run(rig_.store().list_parts(blob.ref))->empty());
    EXPECT_EQ(send(to, blob.part(1)), 200U);
    EXPECT_EQ(send(to, blob.part(1)), 200U) << "as often as one likes";
}

TEST_F(DirectParts, APartThatWasOverwrittenIsNotPublished) {
    Blob blob = create(1, 2 * kPart);
    send_all(blob);
    const Bytes other = pattern(kPart, 77);
    ASSERT_EQ(send(*address(blob, 2, other), other), 200U);
    const auto published = publish(blob);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().code, Errc::corrupted);
    EXPECT_FALSE(rig_.has_object(blob.ref.id));
    // With the bytes that were listed it is as it was.
    ASSERT_EQ(send(*address(blob, 2, blob.part(2)), blob.part(2)), 200U);
    EXPECT_TRUE(publish(blob));
}

// An ETag may be an MD5, which two parts can be made to share.
TEST_F(DirectParts, AreKnownByTheirSha256AsWellAsByTheirETag) {
    Blob blob = create(1, kPart);
    send_all(blob);
    const std::string receipt = blob.pieces[0].receipt;
    EXPECT_TRUE(receipt.ends_with(' ' + encode_hex(digest_of(blob.bytes).view()))) << receipt;
    blob.pieces[0].receipt =
        receipt.substr(0, receipt.find(' ') + 1) + encode_hex(digest_of(pattern(5, 5)).view());
    EXPECT_EQ(publish(blob).error().code, Errc::corrupted);
}

TEST_F(DirectParts, AreRefusedWhereTheStoreWouldNotTakeThem) {
    const auto code_of = [&](ports::BlobLayout layout) {
        layout.direct = true;
        const auto created = run(rig_.store().create(id_of(9), std::move(layout)));
        return created ? Errc::internal : created.error().code;
    };
    EXPECT_EQ(code_of({.capacity = 8_B, .part_size = 4_B}), Errc::unsupported) << "small parts";
    EXPECT_EQ(code_of({.capacity = 0_B, .part_size = 4_B}), Errc::unsupported);
    EXPECT_EQ(code_of({.capacity = 8_KiB}), Errc::unsupported) << "free sizes";
    EXPECT_EQ(code_of({.capacity = 8_KiB, .part_size = 4_KiB, .read_staged = true}),
              Errc::unsupported);
    EXPECT_TRUE(rig_.bucket().uploads.empty());
    auto options = rig_options();
    options.checks_checksums = false;
    S3StoreRig careless(options);
    const ports::BlobLayout layout{.capacity = 8_KiB, .part_size = 4_KiB, .direct = true};
    EXPECT_TRUE(careless.store().refusal(layout));
    EXPECT_EQ(run(careless.store().create(id_of(9), layout)).error().code, Errc::unsupported);
}

TEST_F(DirectParts, AreOfBlobsThatWereCreatedForThem) {
    const Blob through = *rig_.create_through(id_of(2), pattern(2 * kPart, 2));
    EXPECT_EQ(run(rig_.store().list_parts(through.ref)).error().code, Errc::invalid);
    EXPECT_EQ(address(through, 1, through.part(1)).error().code, Errc::invalid);
    const Blob direct = create(3, 2 * kPart);
    EXPECT_EQ(run(rig_.store().address(direct.ref, {ByteOffset(1), ByteCount(kPart)}, {},
                                       std::chrono::minutes(1)))
                  .error()
                  .code,
              Errc::invalid);
}

TEST_F(DirectParts, OfABlobThatIsGoneAreNotFound) {
    Blob blob = create(1, 2 * kPart);
    const auto to = *address(blob, 1, blob.part(1));
    ASSERT_TRUE(run(rig_.store().remove(blob.ref.id)));
    EXPECT_EQ(run(rig_.store().list_parts(blob.ref)).error().code, Errc::not_found);
    EXPECT_EQ(send(to, blob.part(1)), 404U);
}

TEST_F(DirectParts, AListIsAskedForAgainWhereItFailed) {
    Blob blob = create(1, 2 * kPart);
    send_all(blob);
    rig_.faults().next("ListParts", s3fake::Fault::slow_down);
    EXPECT_EQ(run(rig_.store().list_parts(blob.ref))->size(), 2U);
    EXPECT_EQ(rig_.faults().fired(), 1U);
}

}  // namespace
}  // namespace slipway::stores

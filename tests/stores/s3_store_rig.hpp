// StoreRig, S3StoreRig: an S3Store and all it needs, for tests of more than one call of it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/s3/store/s3_store.hpp"
#include "adapters/system/system_random.hpp"
#include "s3fake/fake_rig.hpp"
#include "stores/s3_target.hpp"
#include "stores/spool_rig.hpp"

namespace slipway::stores {

using Bytes = std::vector<std::byte>;
using s3fake::Fault;

// Of the parts that go through: the fake wants as much, too.
inline constexpr std::size_t kPart = 1024;
// What is larger is sent from the spool in parts of this size.
inline constexpr std::size_t kPut = 4096;
// The largest of a free size, where parts are objects of their own.
inline constexpr std::size_t kFreePart = 24 * 1024;

s3fake::FakeOptions rig_options();
// A complete store's, but for what the options lack.
adapters::s3::Capabilities capabilities_of(const s3fake::FakeOptions& options);
Bytes pattern(std::size_t size, std::uint64_t seed);
UploadId id_of(std::uint64_t n);
Crc64Nvme crc64_of(const Bytes& bytes);

// A blob as the engine knows it.
struct Blob {
    ports::BlobRef ref;
    std::size_t part_size = kPart;
    Bytes bytes;
    std::vector<ports::StoredPiece> pieces = {};

    std::uint32_t part_count() const;
    // The region of a part, counted from 1, and its bytes.
    ports::PartRegion region_of(std::uint32_t number) const;
    Bytes part(std::uint32_t number) const;
    ports::Content content() const;
};

// Which store a rig is over.
struct RigTarget {
    adapters::s3::Endpoint endpoint;
    adapters::s3::Endpoint direct;  // the same, round what troubles the store under test
    sigv4::Credentials credentials;
    std::string bucket;
    adapters::s3::Capabilities can;
    adapters::s3::Sizes sizes;
    adapters::s3::SmallParts small_parts = adapters::s3::SmallParts::on_disk;
};

// An S3Store over a spool of its own, with little patience, which can be restarted as after a
// crash.
class StoreRig {
 public:
    explicit StoreRig(RigTarget target);

    adapters::s3::S3Store& store() { return *store_; }
    ports::Store& spool() { return spool_->store(); }
    adapters::s3::S3Client& client() { return *client_; }
    adapters::s3::ObjectName name_of(UploadId id) const;
    std::size_t part_size() const { return target_.sizes.smallest_part.value(); }
    std::size_t put_size() const { return target_.sizes.largest_put.value(); }
    // As after a crash of the process.
    void restart();
    // Another node that has nothing of this one's disk.
    void move_to_another_node();

    // A blob that goes through; one that is spooled.
    Result<Blob> create_through(UploadId id, Bytes bytes);
    Result<Blob> create_spooled(UploadId id, Bytes bytes);
    // One whose parts lie in the store as objects of their own.
    Result<Blob> create_apart(UploadId id, Bytes bytes);
    // Likewise, of free sizes; and one that comes in one piece, where parts would lie apart.
    Result<Blob> create_free_apart(UploadId id, std::size_t capacity);
    Result<Blob> create_whole(UploadId id, Bytes bytes);
    // One attempt to store a part of it; the receipt is noted.
    Result<> put(Blob& blob, std::uint32_t number);
    Result<> put_all(Blob& blob);
    // The same, as an attempt that may not write to the part's place.
    Result<> put_aside(Blob& blob, std::uint32_t number);
    Result<std::string> write(const Blob& blob, ports::PartRegion region, const Bytes& bytes);
    Result<> publish(const Blob& blob) { return run(store().publish(blob.ref, blob.content())); }
    Result<Bytes> read(UploadId id);

 private:
    Result<Blob> create(UploadId id, Bytes bytes, ports::BlobLayout layout);
    Result<Blob> create_with_small_parts_in_store(UploadId id, Bytes bytes,
                                                  ports::BlobLayout layout);
    void open_store(adapters::s3::SmallParts small_parts);
    static Result<std::string> write_into(Result<std::unique_ptr<ports::PartSink>> sink,
                                          const Bytes& bytes);

    const RigTarget target_;
    adapters::system::SystemClock clock_;
    adapters::system::SystemRandom random_;
    std::unique_ptr<adapters::s3::S3Client> client_;
    std::optional<SpoolRig> spool_{std::in_place};
    std::unique_ptr<adapters::s3::S3Store> store_;
};

// One over a fake.
class S3StoreRig : private s3fake::FakeRig, public StoreRig {
 public:
    explicit S3StoreRig(s3fake::FakeOptions options = rig_options());

    using StoreRig::client;
    s3fake::FakeS3& fake() { return FakeRig::fake; }
    s3fake::FakeFaults& faults() { return fake().faults(); }
    s3fake::FakeBucket bucket() { return fake().state().buckets.at("bucket"); }
    bool has_object(UploadId id) { return bucket().objects.contains(name_of(id).key); }
};

}  // namespace slipway::stores

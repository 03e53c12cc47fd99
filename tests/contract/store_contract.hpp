// The contract of ports::Store as a suite: an adapter's test instantiates StoreContract with a way
// to make the store. What only one adapter promises is tested beside that adapter.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "ports/store.hpp"
#include "support/ending.hpp"

namespace slipway::contract {

// An empty store and what it needs to live.
class StoreFixture {
 public:
    virtual ~StoreFixture() = default;
    virtual ports::Store& store() = 0;
    // Whether an open reader keeps the bytes of a blob that is removed.
    virtual bool keeps_removed_bytes() const { return true; }
};

struct StoreAdapter {
    std::string name;
    std::function<std::unique_ptr<StoreFixture>()> make;
    friend void PrintTo(const StoreAdapter& adapter, std::ostream* out) { *out << adapter.name; }
};

// For INSTANTIATE_TEST_SUITE_P: tests are named after their adapter.
inline std::string adapter_name(const testing::TestParamInfo<StoreAdapter>& test) {
    return test.param.name;
}

using Bytes = std::vector<std::byte>;

using support::Ending;
using support::ending_of;
using support::kDone;

// Different bytes for different seeds, so that one part cannot pass for another.
Bytes pattern(std::size_t size, std::uint64_t seed);

class StoreContract : public testing::TestWithParam<StoreAdapter> {
 protected:
    StoreContract();

    ports::Store& store() { return fixture_->store(); }
    bool keeps_removed_bytes() const { return fixture_->keeps_removed_bytes(); }
    // With the placement that its last create() was answered with.
    ports::BlobRef ref(UploadId id) const;
    // The n-th id of this test; consecutive ones lie in different shards.
    UploadId id(std::uint8_t n) const;

    // Each runs one call to its end, on a loop of its own.
    // Its regions may be anywhere, and it may be read while it is staged.
    Result<> create(UploadId id, std::uint64_t capacity);
    Result<> create(UploadId id, ports::BlobLayout layout);
    Result<> grow(UploadId id, std::uint64_t capacity);
    Result<std::unique_ptr<ports::PartSink>> open_part(UploadId id, std::uint64_t offset,
                                                       std::uint64_t length);
    Result<> write(ports::PartSink& sink, const Bytes& bytes);
    Result<std::string> commit(ports::PartSink& sink);
    Result<> put(UploadId id, std::uint64_t offset, const Bytes& bytes);
    // Where parts have receipts.
    Result<std::string> put_for_receipt(UploadId id, std::uint64_t offset, const Bytes& bytes);
    Result<> publish(UploadId id, std::uint64_t size);
    Result<> publish(UploadId id, ports::Content content);
    Result<> remove(UploadId id);
    Result<> remove_staged(UploadId id);
    Result<std::unique_ptr<ports::Draft>> create_draft(ports::DraftName name, std::uint64_t size);
    Result<std::unique_ptr<ports::Draft>> open_draft(ports::DraftName name, std::uint64_t size);
    Result<> copy(ports::Draft& draft, ports::PartRegion from, std::uint64_t to);
    Result<> sync(ports::Draft& draft);
    Result<> publish_draft(ports::DraftName name, std::uint64_t size);
    Result<> discard_drafts(UploadId id);
    std::vector<ports::DraftName> drafts();
    Result<std::unique_ptr<ports::BlobReader>> open_published(UploadId id);
    Result<std::unique_ptr<ports::BlobReader>> open_staged(UploadId id);
    Result<Bytes> read(ports::BlobReader& reader, std::uint64_t offset, std::size_t size);
    Result<Bytes> published(UploadId id);
    std::vector<ports::StagedBlob> staged();
    std::vector<UploadId> list_published(std::optional<UploadId> after, std::size_t limit);
    Result<> trash(UploadId id, ports::BlobState was, std::int64_t millis);
    std::vector<ports::TrashedBlob> list_trash();
    Result<> restore(const ports::TrashedBlob& blob);
    Result<> purge(const ports::TrashedBlob& blob);
    std::uint64_t free_space();

 private:
    std::unique_ptr<StoreFixture> fixture_;
    mutable std::mutex mutex_;
    std::map<UploadId, std::string> placements_;
};

// What it says of blobs that come in parts of one size: of every store, and of one that needs their
// receipts. To be instantiated beside StoreContract.
class StoreParts : public StoreContract {
 protected:
    // Small parts are beneath what some stores take as such.
    static constexpr std::size_t kPart = 5UL * 1024 * 1024;
    static constexpr std::size_t kLast = 77;
    static constexpr std::size_t kSize = 2 * kPart + kLast;

    void create_blob(UploadId id);
    // Puts this part, of bytes of this seed, and remembers its receipt.
    Result<> put_part(UploadId id, std::uint32_t number, std::uint64_t seed);
    static Bytes part(std::uint32_t number, std::uint64_t seed);
    ports::Content content() const;

    std::map<std::uint32_t, std::string> receipts_;
};
class StoreReceipts : public StoreParts {};

// What it says of drafts; to be instantiated beside StoreContract.
class StoreDrafts : public StoreContract {
 protected:
    // A blob with two extents, the second before the first; and a draft of it, copied whole.
    void stage(UploadId id);
    void assemble(ports::DraftName name);
};

}  // namespace slipway::contract

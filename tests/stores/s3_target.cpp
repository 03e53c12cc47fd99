#include "stores/s3_target.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "hash/digester.hpp"

namespace slipway::stores {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// When a store changes its mind, the probe's test shows it.
adapters::s3::Capabilities known_of(const std::string& kind) {
    adapters::s3::Capabilities all{.conditional_put = true,
                                   .conditional_complete = true,
                                   .checks_checksums = true,
                                   .trailing_checksums = true,
                                   .whole_checksums = true,
                                   .checks_size = true,
                                   .copies_parts = true,
                                   .lists_at_once = true,
                                   .replays_complete = false,
                                   .tells_complete_etag = true,
                                   .smallest_part = 5_MiB,
                                   .checks_direct_parts = true};
    if (kind == "minio") {
        all.checks_size = false;
    } else if (kind == "versitygw") {
        all.replays_complete = true;
    } else if (kind == "garage") {
        all.conditional_put = false;
        all.conditional_complete = false;
        all.checks_size = false;
        all.smallest_part = 1_B;
    } else if (kind == "swift" || kind == "ceph") {
        all.conditional_put = kind == "ceph";
        all.conditional_complete = kind == "swift";
        all.checks_checksums = false;
        all.trailing_checksums = false;
        all.whole_checksums = false;
        all.checks_direct_parts = false;
        all.checks_size = false;
        all.replays_complete = true;
        all.tells_complete_etag = kind != "ceph";
    }
    return all;
}

}  // namespace

namespace {

std::unique_ptr<S3Target> target_of_this_process;

// The fake's threads end before the process begins to: its static objects go in any order.
class EndsWithTheTests final : public testing::Environment {
 public:
    void TearDown() override { target_of_this_process.reset(); }
};
const auto* const kEnds = testing::AddGlobalTestEnvironment(new EndsWithTheTests);

}  // namespace

S3Target& S3Target::instance() {
    if (!target_of_this_process) {
        target_of_this_process.reset(new S3Target);
    }
    return *target_of_this_process;
}

S3Target::S3Target()
    : kind_(variable("SLIPWAY_S3_KIND")),
      url_(variable("SLIPWAY_S3_URL")),
      credentials_{variable("SLIPWAY_S3_ACCESS_KEY"), variable("SLIPWAY_S3_SECRET_KEY"), ""} {
    if (kind_.empty()) {
        kind_ = "fake";
        s3fake::FakeOptions options;
        options.min_part = 5_MiB;
        credentials_ = options.credentials;
        fake_ = std::make_unique<s3fake::FakeS3>(std::move(options));
        url_ = fake_->url();
    }
    known_ = known_of(kind_);
}

Endpoint S3Target::endpoint() const {
    Endpoint endpoint;
    endpoint.url = url_;
    return endpoint;
}

ClientPtr S3Target::client(const Endpoint& endpoint) const {
    auto made = S3Client::make(endpoint, credentials_, clock_);
    if (!made) {
        throw std::runtime_error(made.error().detail);
    }
    return *std::move(made);
}

const adapters::s3::Capabilities& S3Target::capabilities(const std::string& bucket) {
    if (!capabilities_) {
        const auto probe = adapters::s3::CapabilityProbe::make(endpoint(), credentials_, clock_);
        const auto found = run((*probe)->run(bucket, "probe"));
        EXPECT_TRUE(found) << found.error().detail;
        capabilities_ = found.value_or(adapters::s3::Capabilities{});
    }
    return *capabilities_;
}

UploadBody text_body(std::string text, StatedDigests digests) {
    return {http::stream_of(std::move(text)), digests};
}

std::string some_bytes(std::size_t size, unsigned seed) {
    std::string bytes(size, '\0');
    std::uint32_t state = seed * 2'654'435'761U + 1;
    for (char& byte : bytes) {
        state = state * 1'664'525U + 1'013'904'223U;
        byte = static_cast<char>(state >> 24U);
    }
    return bytes;
}

Crc64Nvme crc64_of(std::string_view text) {
    hash::Crc64NvmeHasher hasher;
    hasher.update(std::as_bytes(std::span(text)));
    return hasher.finish();
}

Result<std::string> get_text(S3Client& client, const ObjectName& name,
                             std::optional<ByteRange> range) {
    std::string text;
    // A named function: a lambda that is a coroutine captures nothing.
    struct Collector {
        static Task<Result<>> take(std::string* into, std::span<const std::byte> bytes) {
            into->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            co_return Result<>{};
        }
    };
    const auto got = run(client.get_object(name, range, [&text](std::span<const std::byte> bytes) {
        return Collector::take(&text, bytes);
    }));
    if (!got) {
        return std::unexpected(got.error());
    }
    return text;
}

}  // namespace slipway::stores

// A fake and a client of it, for tests of either.
#pragma once

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "adapters/s3/s3_client.hpp"
#include "adapters/system/system_clock.hpp"
#include "runtime/run_blocking.hpp"
#include "s3fake/fake_s3.hpp"

namespace slipway::s3fake {

// A body that fails after so many bytes, where that is less than all.
class TextSource final : public http::BodySource {
 public:
    explicit TextSource(std::string text, std::size_t good = SIZE_MAX)
        : text_(std::move(text)), good_(good) {}
    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        if (given_ >= good_) {
            co_return failure(Errc::corrupted, "the source failed");
        }
        const std::size_t count = std::min({out.size(), text_.size() - given_, good_ - given_});
        std::memcpy(out.data(), text_.data() + given_, count);
        given_ += count;
        co_return count;
    }

 private:
    const std::string text_;
    const std::size_t good_;
    std::size_t given_ = 0;
};

template <class T>
T run(Task<T> task) {
    return runtime::run_blocking(std::move(task));
}

inline adapters::s3::UploadBody body_of(std::string text, std::size_t good = SIZE_MAX) {
    const ByteCount length(text.size());
    return {{std::make_shared<TextSource>(std::move(text), good), length}, {}};
}

struct FakeRig {
    explicit FakeRig(FakeOptions options = {}) : fake(std::move(options)) {
        endpoint.url = fake.url();
        client = make_client(endpoint);
        if (const auto created = run(client->create_bucket("bucket")); !created) {
            throw std::runtime_error(created.error().detail);
        }
    }
    std::unique_ptr<adapters::s3::S3Client> make_client(const adapters::s3::Endpoint& to) {
        return *adapters::s3::S3Client::make(to, fake.options().credentials, clock);
    }
    static adapters::s3::ObjectName name(std::string key) { return {"bucket", std::move(key)}; }

    bool has(const std::string& key) const {
        return fake.state().buckets.at("bucket").objects.contains(key);
    }

    FakeS3 fake;
    adapters::system::SystemClock clock;
    adapters::s3::Endpoint endpoint;
    std::unique_ptr<adapters::s3::S3Client> client;
};

}  // namespace slipway::s3fake

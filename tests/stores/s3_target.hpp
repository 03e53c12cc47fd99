// Which S3 store a contract test talks to: the fake, or a real one that the environment names
// (SLIPWAY_S3_KIND, SLIPWAY_S3_URL, SLIPWAY_S3_ACCESS_KEY, SLIPWAY_S3_SECRET_KEY).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/s3/capability_probe.hpp"
#include "adapters/s3/endpoint.hpp"
#include "adapters/s3/s3_client.hpp"
#include "adapters/system/system_clock.hpp"
#include "runtime/run_blocking.hpp"
#include "s3fake/fake_s3.hpp"

namespace slipway::stores {

using adapters::s3::Endpoint;
using adapters::s3::ObjectName;
using adapters::s3::S3Client;
using adapters::s3::UploadBody;

using ClientPtr = std::unique_ptr<S3Client>;

class S3Target {
 public:
    // The one of this process. A fake wants parts of 5 MiB, as real stores do.
    static S3Target& instance();

    // "fake", or the name of a script in scripts/servers.
    const std::string& kind() const { return kind_; }
    // What the probe has to find.
    const adapters::s3::Capabilities& known() const { return known_; }
    Endpoint endpoint() const;
    sigv4::Credentials credentials() const { return credentials_; }
    ClientPtr client() const { return client(endpoint()); }
    ClientPtr client(const Endpoint& endpoint) const;
    // What the store can do, as the probe finds in this bucket; looked for once.
    const adapters::s3::Capabilities& capabilities(const std::string& bucket);

 private:
    S3Target();
    std::string kind_;
    adapters::s3::Capabilities known_;
    std::string url_;
    sigv4::Credentials credentials_;
    adapters::system::SystemClock clock_;
    std::unique_ptr<s3fake::FakeS3> fake_;
    std::optional<adapters::s3::Capabilities> capabilities_;
};

// Runs one call to its end, on this thread's loop.
template <class T>
T run(Task<T> task) {
    return runtime::run_blocking(std::move(task));
}

UploadBody text_body(std::string text, StatedDigests digests = {});
// Bytes that look random and depend on the seed alone.
std::string some_bytes(std::size_t size, unsigned seed);
Crc64Nvme crc64_of(std::string_view text);
Result<std::string> get_text(S3Client& client, const ObjectName& name,
                             std::optional<ByteRange> range = std::nullopt);

}  // namespace slipway::stores

// Download: the bytes of one file into a target, verified part by part, from wherever they stopped.
#pragma once

#include <memory>
#include <string>

#include "cli/api_client.hpp"
#include "cli/get/download_target.hpp"
#include "cli/get/part_verifier.hpp"
#include "cli/reporter.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::cli {

struct RemoteFile {
    std::string id;
    std::string etag;  // may be empty
    std::string name;  // as the server says; not fit for a path
    PartTable table;
};

class Download final {
 public:
    // All outlive it.
    Download(ApiClient& api, Reporter& reporter, runtime::BlockingPool& pool,
             const RemoteFile& file, DownloadTarget& target, std::string shown);

    // Completes when every part is in the target and was found right. Fails with `corrupt` when a
    // part comes with other bytes than its digest says, again and again; what was found right stays
    // in the target.
    Task<Outcome<>> run();

 private:
    Task<Outcome<>> take_existing();
    Task<Outcome<>> fetch();
    http::ClientRequest make_request() const;
    Task<Result<>> take(std::span<const std::byte> bytes);

    ApiClient& api_;
    Reporter& reporter_;
    runtime::BlockingPool& pool_;
    const RemoteFile& file_;
    DownloadTarget& target_;
    const std::string shown_;
    PartVerifier verifier_;
    bool garbled_ =
        false;  // a part came with another digest; between its taking and the end of its exchange
};

}  // namespace slipway::cli

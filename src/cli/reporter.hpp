// Reporter: what a transfer tells while it runs, either as JSON lines for programs or as progress
// for people. Notices and errors for people go to standard error in both.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/api_calls.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

// A transfer that begins, or goes on.
struct TransferStart {
    std::string path;  // as the user named it
    std::string id;    // of the upload or of the file
    std::uint64_t size = 0;
    std::uint32_t total_parts = 0;
    std::uint64_t chunk_size = 0;
    std::uint32_t done_parts = 0;  // already there
    std::uint64_t done_bytes = 0;
};

struct PartDone {
    std::string path;
    std::string id;
    std::uint32_t number = 0;
    std::uint64_t size = 0;
    std::string sha256;
};

struct TransferDone {
    std::string path;
    std::string id;
    std::string url;
    std::uint64_t size = 0;
    std::string chain;
};

struct RetryReport {
    std::string what;
    unsigned attempt = 0;
    std::chrono::milliseconds delay{0};
    std::string reason;
};

// Used on one thread.
class Reporter {
 public:
    virtual ~Reporter() = default;
    // How much there will be in all, as far as that is known.
    virtual void expect(std::uint64_t files, std::uint64_t bytes) = 0;
    virtual void started(const TransferStart& start) = 0;
    virtual void resumed(const TransferStart& start) = 0;
    virtual void part(const PartDone& part) = 0;
    virtual void retrying(const RetryReport& retry) = 0;
    virtual void completed(const TransferDone& done) = 0;
    virtual void skipped(const std::string& path, const std::string& reason) = 0;
    virtual void failed(const std::string& path, const Failure& failure) = 0;
    // A sentence for people.
    virtual void notice(const std::string& text) = 0;
    // Bytes on their way, or (negative) bytes of an attempt that came to nothing.
    virtual void moved(std::int64_t bytes) = 0;
    // Called a few times a second.
    virtual void tick() = 0;
    // Nothing more will come: leaves the terminal tidy.
    virtual void finish() = 0;
};

}  // namespace slipway::cli

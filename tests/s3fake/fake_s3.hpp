// FakeS3: a strict S3 store in memory, on a free port of the loopback and on a thread of its own.
// It checks signatures, hashes, checksums and framing, refuses query parameters and x-amz fields
// that it does not know, and fails in the ways of FakeFaults. For tests only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "s3fake/cutting_relay.hpp"
#include "s3fake/fake_faults.hpp"
#include "s3fake/fake_options.hpp"
#include "s3fake/fake_store.hpp"

namespace slipway::s3fake {

class FakeS3 {
 public:
    explicit FakeS3(FakeOptions options = {});
    ~FakeS3();
    FakeS3(const FakeS3&) = delete;
    FakeS3& operator=(const FakeS3&) = delete;

    std::string url() const;
    const FakeOptions& options() const;
    FakeFaults& faults();
    FakeState state() const;
    // What somebody else does to it meanwhile; thread-safe.
    void change(const std::function<void(FakeState&)>& change);

    // Cuts every connection and refuses new ones; what was done stays. On the same port again.
    void go_down();
    void come_back();

 private:
    class Running;
    std::unique_ptr<Running> running_;
};

}  // namespace slipway::s3fake

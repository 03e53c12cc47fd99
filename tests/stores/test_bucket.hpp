// TestBucket: a bucket of one test, empty at first, removed at the end with all in it.
#pragma once

#include <string>

#include "stores/s3_target.hpp"

namespace slipway::stores {

class TestBucket {
 public:
    explicit TestBucket(S3Target& target);
    ~TestBucket();
    TestBucket(const TestBucket&) = delete;
    TestBucket& operator=(const TestBucket&) = delete;

    const std::string& name() const { return name_; }

 private:
    const ClientPtr client_;
    std::string name_;
};

}  // namespace slipway::stores

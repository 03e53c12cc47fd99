// What every test of the contract begins with: a client, and a bucket of its own that is empty.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "stores/s3_target.hpp"
#include "stores/test_bucket.hpp"

namespace slipway::stores {

// One contract for the fake and for real stores: what a test demands, all of them do. Where they
// differ on purpose, the test says which way each goes.
class S3Contract : public testing::Test {
 protected:
    ObjectName name(std::string key) const { return {bucket_, std::move(key)}; }
    void put(const std::string& key, const std::string& text);

    S3Target& target_ = S3Target::instance();
    const adapters::s3::Capabilities& can_ = target_.known();
    const ClientPtr client_ = target_.client();
    const TestBucket own_bucket_{target_};
    const std::string bucket_ = own_bucket_.name();
};

// The code of the error; nothing where there is none.
template <class T>
std::optional<Errc> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace slipway::stores

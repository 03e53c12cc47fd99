// The contract of ports::ApiKeys as a test suite over any adapter, instantiated like the catalog's
// (catalog_contract.hpp).
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/catalog_samples.hpp"
#include "contract/race.hpp"
#include "ports/api_keys.hpp"

namespace slipway::contract {

class ApiKeysUnderTest {
 public:
    virtual ~ApiKeysUnderTest() = default;
    virtual ports::ApiKeys& keys() = 0;
    // As after the end of the process, where the adapter outlives it.
    virtual void restart() {}
};

struct ApiKeysAdapter {
    std::string name;
    std::function<std::unique_ptr<ApiKeysUnderTest>()> make;
};

class ApiKeysContract : public testing::TestWithParam<ApiKeysAdapter> {
 protected:
    ports::ApiKeys& keys() { return under_test_->keys(); }
    void restart() { under_test_->restart(); }

    core::ApiKey create(std::uint8_t number) {
        core::ApiKey key = key_of(number);
        EXPECT_TRUE(succeeds(run(keys().create_key(key))));
        return key;
    }
    static core::ApiKey key_of(std::uint8_t number) {
        core::ApiKey key;
        key.id = key_id(number);
        key.principal = "principal " + std::to_string(number);
        key.scopes = *core::Scopes::from_bits(number % 16);
        key.digest.bytes.fill(std::byte{number});
        key.created_at = from_unix_millis(1'000 + number);
        if (number % 2 == 0) {
            key.expires_at = from_unix_millis(9'000 + number);
        }
        return key;
    }
    static KeyId key_id(std::uint8_t number) {
        KeyId::Bytes bytes{};
        bytes[0] = number;
        bytes[15] = 0xA5;
        return KeyId(bytes);
    }
    std::vector<core::ApiKey> all() { return run(keys().list_keys({}))->items; }

 private:
    std::unique_ptr<ApiKeysUnderTest> under_test_ = GetParam().make();
};

}  // namespace slipway::contract

#include "stores/s3_contract.hpp"

namespace slipway::stores {

void S3Contract::put(const std::string& key, const std::string& text) {
    const auto stored = run(client_->put_object(name(key), text_body(text)));
    ASSERT_TRUE(stored) << key << ": " << stored.error().detail;
}

}  // namespace slipway::stores

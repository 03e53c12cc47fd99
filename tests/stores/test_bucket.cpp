#include "stores/test_bucket.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace slipway::stores {

TestBucket::TestBucket(S3Target& target) : client_(target.client()) {
    static unsigned count = 0;
    name_ = "contract-" + std::to_string(::getpid()) + '-' + std::to_string(++count);
    const auto created = run(client_->create_bucket(name_));
    EXPECT_TRUE(created) << created.error().detail;
}

TestBucket::~TestBucket() {
    if (const auto uploads = run(client_->list_multiparts({name_, "", {}}))) {
        for (const auto& upload : uploads->uploads) {
            run(client_->abort_multipart({{name_, upload.key}, upload.upload_id}));
        }
    }
    if (const auto objects = run(client_->list_objects({name_, "", "", "", {}}))) {
        for (const auto& object : objects->objects) {
            run(client_->delete_object({name_, object.key}));
        }
    }
    run(client_->delete_bucket(name_));
}

}  // namespace slipway::stores

#include "stores/s3_contract.hpp"

#include <unistd.h>

namespace slipway::stores {

S3Contract::S3Contract() {
    static unsigned count = 0;
    bucket_ = "contract-" + std::to_string(::getpid()) + '-' + std::to_string(++count);
    const auto created = run(client_->create_bucket(bucket_));
    EXPECT_TRUE(created) << created.error().detail;
}

S3Contract::~S3Contract() {
    if (const auto uploads = run(client_->list_multiparts({bucket_, "", {}}))) {
        for (const auto& upload : uploads->uploads) {
            run(client_->abort_multipart({name(upload.key), upload.upload_id}));
        }
    }
    if (const auto objects = run(client_->list_objects({bucket_, "", "", "", {}}))) {
        for (const auto& object : objects->objects) {
            run(client_->delete_object(name(object.key)));
        }
    }
    run(client_->delete_bucket(bucket_));
}

void S3Contract::put(const std::string& key, const std::string& text) {
    const auto stored = run(client_->put_object(name(key), text_body(text)));
    ASSERT_TRUE(stored) << key << ": " << stored.error().detail;
}

}  // namespace slipway::stores

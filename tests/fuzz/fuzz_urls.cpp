// Request targets and signed URLs: the input is a target. One URL of these keys is in the world;
// whatever else is accepted would be a forgery.
#include <string>

#include "api/part_urls.hpp"
#include "core/part_plan.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace slipway;
using fuzz::require;

constexpr WallTime kNow = from_unix_millis(1'700'000'000'000);

api::PartUrls make_urls() {
    engine::SigningKey key{.id = "k1"};
    key.secret.fill(std::byte{7});
    return {engine::PartSigner(std::move(key)), {}};
}

core::Upload make_upload() {
    core::Upload upload;
    upload.id = *UploadId::parse("0123456789abcdef0123456789abcdef");
    upload.plan = {.total_parts = 3, .part_size = 8192_B, .file_size = 20000_B};
    upload.expires_at = kNow + std::chrono::hours(24);
    return upload;
}

void check_target(const http::Target& target) {
    for (const auto& segment : target.segments) {
        require(
            segment != "." && segment != ".." && !segment.contains('/') && !segment.contains('\0'),
            "no way out of a path");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const api::PartUrls urls = make_urls();
    static const core::Upload upload = make_upload();
    // The corpus holds this one, for the mutations to begin with.
    static const std::string url = urls.make(upload, PartNumber(2), "host", kNow).url;
    http::RequestHead head;
    head.method = http::Method::put;
    head.host = "host";
    auto target = http::parse_target(fuzz::text_of(data, size));
    if (!target) {
        return 0;
    }
    check_target(*target);
    head.target = *std::move(target);
    const auto valid = http::parse_target(std::string_view(url).substr(url.find("/upload")));
    const auto grant = urls.verify(head, kNow);
    if (grant) {
        require(grant->upload() == upload.id && grant->number() == PartNumber(2) &&
                    grant->epoch() == upload.epoch &&
                    grant->length() == core::length_of(upload.plan, PartNumber(2)) &&
                    head.target.path == valid->path,
                "only what was signed is granted");
    }
    return 0;
}

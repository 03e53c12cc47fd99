// Request targets and signed URLs: the input is a target. One URL of a part and one of a form are
// in the world of these keys; whatever else is accepted would be a forgery.
#include <string>

#include "api/form_urls.hpp"
#include "api/part_urls.hpp"
#include "core/part_plan.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace slipway;
using fuzz::require;

constexpr WallTime kNow = from_unix_millis(1'700'000'000'000);

engine::SigningKey make_key() {
    engine::SigningKey key{.id = "k1"};
    key.secret.fill(std::byte{7});
    return key;
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

void check_part_url(http::RequestHead head) {
    static const api::PartUrls urls(engine::PartSigner(make_key()), {});
    static const core::Upload upload = make_upload();
    // The corpus holds this one, for the mutations to begin with.
    static const std::string url = urls.make(upload, PartNumber(2), "host", kNow).url;
    static const auto valid = http::parse_target(std::string_view(url).substr(url.find("/upload")));
    head.method = http::Method::put;
    if (const auto grant = urls.verify(head, kNow)) {
        require(grant->upload() == upload.id && grant->number() == PartNumber(2) &&
                    grant->epoch() == upload.epoch &&
                    grant->length() == core::length_of(upload.plan, PartNumber(2)) &&
                    head.target.path == valid->path,
                "only the part that was signed is granted");
    }
}

void check_form_url(http::RequestHead head) {
    static const api::FormUrls urls(engine::FormSigner(make_key()), {});
    static const api::FormUrlTerms terms{.owner = "al ice&max=9",
                                         .file = make_upload().id,
                                         .max_size = 100_B,
                                         .lifetime = std::chrono::seconds(60)};
    // The corpus holds urls.make(terms, "host", kNow).
    head.method = http::Method::post;
    if (const auto grant = urls.verify(head, kNow)) {
        require(grant->owner() == terms.owner && grant->file() == terms.file &&
                    grant->max_size() == terms.max_size,
                "only the form that was signed is granted");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    http::RequestHead head;
    head.host = "host";
    auto target = http::parse_target(fuzz::text_of(data, size));
    if (!target) {
        return 0;
    }
    check_target(*target);
    head.target = *std::move(target);
    check_part_url(head);
    check_form_url(std::move(head));
    return 0;
}

#include "adapters/s3/object_name.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::size_t kMaxKey = 1024;
constexpr std::size_t kMaxMetadata = 2048;

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_usual_segment(std::string_view segment) {
    return !segment.empty() && segment != "." && segment != "..";
}

bool has_usual_segments(std::string_view key) {
    while (true) {
        const auto slash = key.find('/');
        if (!is_usual_segment(key.substr(0, slash))) {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        key.remove_prefix(slash + 1);
    }
}

bool is_field_text(std::string_view text) {
    const bool visible = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
    return visible && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
}

}  // namespace

Result<> check_bucket_name(std::string_view bucket) {
    const bool fits = bucket.size() >= 3 && bucket.size() <= 63 &&
                      is_lower_or_digit(bucket.front()) && is_lower_or_digit(bucket.back()) &&
                      std::ranges::all_of(bucket, [](char c) {
                          return is_lower_or_digit(c) || c == '-' || c == '.';
                      });
    return fits ? Result<>()
                : failure(Errc::invalid, "no name of a bucket: " + std::string(bucket));
}

Result<> check_object_name(const ObjectName& name) {
    if (auto checked = check_bucket_name(name.bucket); !checked) {
        return checked;
    }
    const std::string& key = name.key;
    const bool fits = !key.empty() && key.size() <= kMaxKey && is_utf8(key) &&
                      std::ranges::none_of(key, is_control) && has_usual_segments(key);
    return fits ? Result<>() : failure(Errc::invalid, "no key that every store takes: " + key);
}

Result<> check_attributes(const ObjectAttributes& attributes) {
    std::size_t size = 0;
    bool fits = is_field_text(attributes.content_type);
    for (const auto& [name, value] : attributes.metadata) {
        size += name.size() + value.size();
        fits = fits && !name.empty() && is_field_text(value) &&
               std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-'; });
    }
    fits = fits && size <= kMaxMetadata;
    return fits ? Result<>()
                : failure(Errc::invalid, "attributes that cannot travel in HTTP fields unchanged");
}

}  // namespace slipway::adapters::s3

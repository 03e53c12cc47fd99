#include "adapters/s3/attributes.hpp"

#include <algorithm>

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kMetadata = "x-amz-meta-";

}  // namespace

sigv4::Fields fields_of(const ObjectAttributes& attributes) {
    sigv4::Fields fields;
    if (!attributes.content_type.empty()) {
        fields.emplace_back("Content-Type", attributes.content_type);
    }
    for (const auto& [name, value] : attributes.metadata) {
        fields.emplace_back(std::string(kMetadata) + name, value);
    }
    return fields;
}

ObjectAttributes attributes_of(const http::Headers& headers) {
    ObjectAttributes attributes;
    attributes.content_type = headers.find("Content-Type").value_or("");
    for (const auto& [name, value] : headers.lines()) {
        if (!http::equals_ignoring_case(std::string_view(name).substr(0, kMetadata.size()),
                                        kMetadata)) {
            continue;
        }
        std::string own = name.substr(kMetadata.size());
        std::ranges::transform(own, own.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        attributes.metadata.emplace(std::move(own), value);
    }
    return attributes;
}

}  // namespace slipway::adapters::s3

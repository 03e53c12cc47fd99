#include "adapters/s3/configuration_xml.hpp"

#include "adapters/s3/xml.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::s3 {

namespace {

std::optional<unsigned> days_of(const XmlElement& rule, std::string_view action,
                                std::string_view name) {
    const auto element = rule.child(action);
    const auto days = element ? element->number_of(name) : std::nullopt;
    return days ? std::optional(static_cast<unsigned>(*days)) : std::nullopt;
}

std::vector<std::string> texts_of(const XmlElement& element, std::string_view name) {
    std::vector<std::string> texts;
    for (const auto& child : element.children(name)) {
        texts.push_back(child.text());
    }
    return texts;
}

void write_all(XmlWriter& xml, std::string_view name, const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
        xml.element(name, text);
    }
}

}  // namespace

std::string format_part_list(const std::vector<StoredPart>& parts) {
    XmlWriter xml("CompleteMultipartUpload");
    for (const auto& part : parts) {
        xml.open("Part");
        xml.element("PartNumber", std::to_string(part.number.value()));
        xml.element("ETag", '"' + part.etag + '"');
        if (part.crc64nvme) {
            xml.element("ChecksumCRC64NVME", encode_base64(part.crc64nvme->bytes));
        }
        if (part.sha256) {
            xml.element("ChecksumSHA256", encode_base64(part.sha256->bytes));
        }
        xml.close("Part");
    }
    return std::move(xml).finish();
}

std::string format_create_bucket(std::string_view region) {
    if (region == "us-east-1") {
        return {};
    }
    XmlWriter xml("CreateBucketConfiguration");
    xml.element("LocationConstraint", region);
    return std::move(xml).finish();
}

std::string format_lifecycle(const std::vector<LifecycleRule>& rules) {
    XmlWriter xml("LifecycleConfiguration");
    for (const auto& rule : rules) {
        xml.open("Rule").element("ID", rule.id);
        xml.element("Status", rule.enabled ? "Enabled" : "Disabled");
        xml.open("Filter").element("Prefix", rule.prefix).close("Filter");
        if (rule.expire_after_days) {
            xml.open("Expiration").element("Days", std::to_string(*rule.expire_after_days));
            xml.close("Expiration");
        }
        if (rule.abort_incomplete_after_days) {
            xml.open("AbortIncompleteMultipartUpload");
            xml.element("DaysAfterInitiation", std::to_string(*rule.abort_incomplete_after_days));
            xml.close("AbortIncompleteMultipartUpload");
        }
        xml.close("Rule");
    }
    return std::move(xml).finish();
}

Result<std::vector<LifecycleRule>> parse_lifecycle(std::string_view body) {
    const auto document = XmlDocument::parse_as(body, "LifecycleConfiguration");
    if (!document) {
        return std::unexpected(document.error());
    }
    std::vector<LifecycleRule> rules;
    for (const auto& element : document->root().children("Rule")) {
        LifecycleRule rule;
        rule.id = element.text_of("ID").value_or("");
        rule.enabled = element.text_of("Status") == "Enabled";
        // Older rules have the prefix itself, where newer ones have a filter.
        const auto filter = element.child("Filter");
        rule.prefix = (filter ? *filter : element).text_of("Prefix").value_or("");
        rule.expire_after_days = days_of(element, "Expiration", "Days");
        rule.abort_incomplete_after_days =
            days_of(element, "AbortIncompleteMultipartUpload", "DaysAfterInitiation");
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::string format_cors(const std::vector<CorsRule>& rules) {
    XmlWriter xml("CORSConfiguration");
    for (const auto& rule : rules) {
        xml.open("CORSRule");
        write_all(xml, "AllowedHeader", rule.headers);
        write_all(xml, "AllowedMethod", rule.methods);
        write_all(xml, "AllowedOrigin", rule.origins);
        write_all(xml, "ExposeHeader", rule.exposed_headers);
        if (rule.max_age_seconds) {
            xml.element("MaxAgeSeconds", std::to_string(*rule.max_age_seconds));
        }
        xml.close("CORSRule");
    }
    return std::move(xml).finish();
}

Result<std::vector<CorsRule>> parse_cors(std::string_view body) {
    const auto document = XmlDocument::parse_as(body, "CORSConfiguration");
    if (!document) {
        return std::unexpected(document.error());
    }
    std::vector<CorsRule> rules;
    for (const auto& element : document->root().children("CORSRule")) {
        const auto age = element.number_of("MaxAgeSeconds");
        rules.push_back(
            {.origins = texts_of(element, "AllowedOrigin"),
             .methods = texts_of(element, "AllowedMethod"),
             .headers = texts_of(element, "AllowedHeader"),
             .exposed_headers = texts_of(element, "ExposeHeader"),
             .max_age_seconds = age ? std::optional(static_cast<unsigned>(*age)) : std::nullopt});
    }
    return rules;
}

}  // namespace slipway::adapters::s3

// The bodies of a store's answers: read without harm, and the configurations, written and read
// again, are the same.
#include <string>

#include "adapters/s3/answers.hpp"
#include "adapters/s3/configuration_xml.hpp"
#include "fuzz/require.hpp"

using namespace slipway;
using namespace slipway::adapters;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = fuzz::text_of(data, size);
    (void)s3::parse_error(500, body);
    (void)s3::parse_create_multipart(body);
    (void)s3::parse_part_page(body);
    (void)s3::parse_multipart_page(body);
    (void)s3::parse_object_page(body);
    (void)s3::parse_bucket_list(body);
    (void)s3::parse_late_outcome(body, "CompleteMultipartUploadResult");
    (void)s3::parse_late_outcome(body, "CopyPartResult");
    if (const auto rules = s3::parse_lifecycle(body)) {
        const auto again = s3::parse_lifecycle(s3::format_lifecycle(*rules));
        require(again && *again == *rules, "a lifecycle comes back");
    }
    if (const auto rules = s3::parse_cors(body)) {
        const auto again = s3::parse_cors(s3::format_cors(*rules));
        require(again && *again == *rules, "rules of CORS come back");
    }
    return 0;
}

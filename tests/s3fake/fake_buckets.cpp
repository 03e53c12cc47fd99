// The fake's calls about buckets and their configurations.
#include "s3fake/fake_calls.hpp"

namespace slipway::s3fake {

namespace {

struct Configuration {
    std::string_view parameter;
    std::string_view error;
};

constexpr Configuration kConfigurations[] = {
    {"lifecycle", "NoSuchLifecycleConfiguration"},
    {"cors", "NoSuchCORSConfiguration"},
    {"policy", "NoSuchBucketPolicy"},
};

const Configuration& configuration_of(const FakeRequest& request) {
    for (const auto& configuration : kConfigurations) {
        if (request.query.contains(configuration.parameter)) {
            return configuration;
        }
    }
    throw FakeError{501, "NotImplemented"};
}

}  // namespace

FakeAnswer list_buckets(const CallContext& call) {
    std::string list;
    for (const auto& [name, bucket] : call.state.buckets) {
        list += "<Bucket>" + xml_element("Name", name) + "</Bucket>";
    }
    return xml_answer("ListAllMyBucketsResult", "<Buckets>" + list + "</Buckets>");
}

FakeAnswer create_bucket(const CallContext& call) {
    const bool names_region =
        call.request.body.contains("<LocationConstraint>" + call.options.region + '<');
    if (names_region != (call.options.region != "us-east-1")) {
        throw FakeError{400, "IllegalLocationConstraintException"};
    }
    if (!call.state.buckets.try_emplace(call.request.bucket).second) {
        throw FakeError{409, "BucketAlreadyOwnedByYou"};
    }
    return {};
}

FakeAnswer head_bucket(const CallContext& call) {
    call.bucket();
    return {};
}

FakeAnswer delete_bucket(const CallContext& call) {
    const FakeBucket& bucket = call.bucket();
    if (!bucket.objects.empty() || !bucket.uploads.empty()) {
        throw FakeError{409, "BucketNotEmpty"};
    }
    call.state.buckets.erase(call.request.bucket);
    return {.status = 204};
}

FakeAnswer put_configuration(const CallContext& call) {
    const auto& configuration = configuration_of(call.request);
    if (call.request.header("Content-MD5").empty()) {
        throw FakeError{400, "InvalidRequest", "Missing required header: Content-MD5"};
    }
    call.bucket().configurations[std::string(configuration.parameter)] = call.request.body;
    return {.status = configuration.parameter == "policy" ? 204U : 200U};
}

FakeAnswer get_configuration(const CallContext& call) {
    const auto& configuration = configuration_of(call.request);
    const auto& all = call.bucket().configurations;
    const auto found = all.find(std::string(configuration.parameter));
    if (found == all.end()) {
        throw FakeError{404, std::string(configuration.error)};
    }
    return {.body = found->second};
}

}  // namespace slipway::s3fake

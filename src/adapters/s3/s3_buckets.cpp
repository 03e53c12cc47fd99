// The calls of S3Client that are about buckets and their configurations.
#include "adapters/s3/answers.hpp"
#include "adapters/s3/configuration_xml.hpp"
#include "adapters/s3/object_name.hpp"
#include "adapters/s3/s3_client.hpp"
#include "adapters/s3/unreadable.hpp"
#include "adapters/s3/xml.hpp"

namespace slipway::adapters::s3 {

namespace {

// A store that does not know the parameter lists the bucket instead.
bool is_list(std::string_view body) {
    return XmlDocument::parse_as(body, "ListBucketResult").has_value();
}

// A call about a bucket that has no result but its success.
Task<Result<>> perform_only(Caller& caller, Call call) {
    if (auto checked = check_bucket_name(call.target.bucket); !checked) {
        co_return checked;
    }
    auto answer = co_await caller.perform(std::move(call));
    co_return answer ? Result<>() : std::unexpected(std::move(answer.error()));
}

}  // namespace

Result<std::unique_ptr<S3Client>> S3Client::make(const Endpoint& endpoint,
                                                 sigv4::Credentials credentials,
                                                 const ports::Clock& clock) {
    auto url = parse_endpoint_url(endpoint.url);
    if (!url) {
        return std::unexpected(std::move(url.error()));
    }
    if (auto checked = http::check_client_url(endpoint.url); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    if (url->scheme == "https") {
        if (auto checked = http::check_authorities(endpoint.ca); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
    }
    if (endpoint.region.empty() || endpoint.connections == 0) {
        return failure(Errc::invalid, "an S3 endpoint needs a region and a connection");
    }
    if (credentials.access_key.empty() || credentials.secret_key.empty()) {
        return failure(Errc::invalid, "an S3 endpoint needs an access key and a secret key");
    }
    return std::unique_ptr<S3Client>(
        new S3Client(endpoint, *std::move(url), std::move(credentials), clock));
}

Task<Result<>> S3Client::create_bucket(std::string bucket) {
    Call call{.operation = "CreateBucket",
              .method = http::Method::put,
              .target = {std::move(bucket), ""},
              .effect = Effect::change};
    if (auto body = format_create_bucket(region_); !body.empty()) {
        call.headers.emplace_back("Content-Type", "application/xml");
        call.body = std::move(body);
    }
    auto created = co_await perform_only(caller_, std::move(call));
    const bool is_own = !created && created.error().code == Errc::conflict &&
                        created.error().detail.contains("BucketAlreadyOwnedByYou");
    co_return is_own ? Result<>() : std::move(created);
}

Task<Result<>> S3Client::head_bucket(std::string bucket) {
    Call call{
        .operation = "HeadBucket", .method = http::Method::head, .target = {std::move(bucket), ""}};
    co_return co_await perform_only(caller_, std::move(call));
}

Task<Result<>> S3Client::delete_bucket(std::string bucket) {
    Call call{.operation = "DeleteBucket",
              .method = http::Method::delete_,
              .target = {std::move(bucket), ""},
              .effect = Effect::change};
    co_return co_await perform_only(caller_, std::move(call));
}

Task<Result<std::vector<std::string>>> S3Client::list_buckets() {
    Call call{.operation = "ListBuckets", .target = {}};
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    co_return readable(parse_bucket_list(answer->body), Effect::none);
}

Task<Result<>> S3Client::put_configuration(std::string_view operation, std::string bucket,
                                           std::string parameter, std::string content_type,
                                           std::string body) {
    Call call{.operation = operation,
              .method = http::Method::put,
              .target = {std::move(bucket), ""},
              .query = {{std::move(parameter), ""}},
              .headers = {{"Content-Type", std::move(content_type)}},
              .body = std::move(body),
              .effect = Effect::change};
    co_return co_await perform_only(caller_, std::move(call));
}

Task<Result<std::string>> S3Client::get_configuration(std::string_view operation,
                                                      std::string bucket, std::string parameter) {
    if (auto checked = check_bucket_name(bucket); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    Call call{.operation = operation,
              .target = {std::move(bucket), ""},
              .query = {{std::move(parameter), ""}}};
    auto answer = co_await caller_.perform(std::move(call));
    if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
    }
    if (is_list(answer->body)) {
        co_return failure(Errc::unsupported,
                          std::string(operation) + ": the store has no such configuration");
    }
    co_return std::move(answer->body);
}

Task<Result<>> S3Client::put_lifecycle(std::string bucket, std::vector<LifecycleRule> rules) {
    co_return co_await put_configuration("PutBucketLifecycleConfiguration", std::move(bucket),
                                         "lifecycle", "application/xml", format_lifecycle(rules));
}

Task<Result<std::vector<LifecycleRule>>> S3Client::get_lifecycle(std::string bucket) {
    const auto body = co_await get_configuration("GetBucketLifecycleConfiguration",
                                                 std::move(bucket), "lifecycle");
    if (!body) {
        co_return std::unexpected(body.error());
    }
    co_return readable(parse_lifecycle(*body), Effect::none);
}

Task<Result<>> S3Client::put_cors(std::string bucket, std::vector<CorsRule> rules) {
    co_return co_await put_configuration("PutBucketCors", std::move(bucket), "cors",
                                         "application/xml", format_cors(rules));
}

Task<Result<std::vector<CorsRule>>> S3Client::get_cors(std::string bucket) {
    const auto body = co_await get_configuration("GetBucketCors", std::move(bucket), "cors");
    if (!body) {
        co_return std::unexpected(body.error());
    }
    co_return readable(parse_cors(*body), Effect::none);
}

Task<Result<>> S3Client::put_policy(std::string bucket, std::string policy) {
    co_return co_await put_configuration("PutBucketPolicy", std::move(bucket), "policy",
                                         "application/json", std::move(policy));
}

Task<Result<std::string>> S3Client::get_policy(std::string bucket) {
    co_return co_await get_configuration("GetBucketPolicy", std::move(bucket), "policy");
}

}  // namespace slipway::adapters::s3

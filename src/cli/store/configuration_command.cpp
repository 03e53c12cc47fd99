#include "cli/store/configuration_command.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "cli/console.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

const std::string kLifecycleRule = "slipway-abort-incomplete";
constexpr std::size_t kLongestPolicy = 64 << 10;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ",") + word;
    }
    return text.empty() ? "-" : text;
}

json::array to_json(const std::vector<std::string>& words) {
    return json::array(words.begin(), words.end());
}

json::value to_json(std::optional<unsigned> number) {
    return number ? json::value(*number) : json::value();
}

// What direct uploads and downloads need, and nothing more.
s3::CorsRule cors_rule(std::vector<std::string> origins) {
    return {.origins = std::move(origins),
            .methods = {"GET", "HEAD", "PUT"},
            .headers = {"*"},
            .exposed_headers = {"ETag", "x-amz-checksum-crc64nvme", "x-amz-checksum-sha256"},
            .max_age_seconds = 3600};
}

bool is_ours(const s3::LifecycleRule& rule) {
    return rule.id == kLifecycleRule;
}

// Ceph gives methods back in an order of its own.
s3::CorsRule in_order(s3::CorsRule rule) {
    for (auto* words : {&rule.methods, &rule.headers, &rule.exposed_headers}) {
        std::ranges::sort(*words);
    }
    return rule;
}

bool is_ours(const s3::CorsRule& rule) {
    return in_order(rule) == in_order(cors_rule(rule.origins));
}

// Whether what is there may be replaced. Nothing there is told by not_found.
template <class Rule>
Outcome<> may_replace(std::string_view what, const Result<std::vector<Rule>>& rules,
                      Foreign foreign) {
    if (!rules) {
        return rules.error().code == Errc::not_found ? Outcome<>() : fail(what, rules.error());
    }
    const bool all_ours =
        std::ranges::all_of(*rules, [](const Rule& rule) { return is_ours(rule); });
    if (all_ours || foreign == Foreign::replace) {
        return {};
    }
    return fail(ExitCode::conflict, std::string(what) +
                                        ": the bucket has rules that are not slipway's; --replace "
                                        "replaces them all");
}

std::string describe(const s3::LifecycleRule& rule) {
    std::string text =
        rule.id + "  " + (rule.enabled ? "on" : "off") + "  prefix \"" + rule.prefix + '"';
    if (rule.abort_incomplete_after_days) {
        text += "  uploads are aborted after " + std::to_string(*rule.abort_incomplete_after_days) +
                " days";
    }
    if (rule.expire_after_days) {
        text += "  objects are deleted after " + std::to_string(*rule.expire_after_days) + " days";
    }
    return text;
}

json::object to_json(const s3::LifecycleRule& rule) {
    return {{"id", rule.id},
            {"enabled", rule.enabled},
            {"prefix", rule.prefix},
            {"abort_incomplete_after_days", to_json(rule.abort_incomplete_after_days)},
            {"expire_after_days", to_json(rule.expire_after_days)}};
}

std::string describe(const s3::CorsRule& rule) {
    return "origins " + joined(rule.origins) + "  methods " + joined(rule.methods) + "  headers " +
           joined(rule.headers) + "  exposed " + joined(rule.exposed_headers);
}

json::object to_json(const s3::CorsRule& rule) {
    return {{"origins", to_json(rule.origins)},
            {"methods", to_json(rule.methods)},
            {"headers", to_json(rule.headers)},
            {"exposed_headers", to_json(rule.exposed_headers)},
            {"max_age_seconds", to_json(rule.max_age_seconds)}};
}

template <class Rule>
Outcome<> print_rules(std::string_view what, const Result<std::vector<Rule>>& rules,
                      OutputForm form) {
    if (!rules) {
        return fail(what, rules.error());
    }
    for (const auto& rule : *rules) {
        if (auto printed = print_entry(form, to_json(rule), describe(rule)); !printed) {
            return printed;
        }
    }
    return {};
}

// A store says of a policy that is no JSON only that it is malformed.
Outcome<std::string> read_policy(const std::string& file) {
    auto text = s3::read_small_file(file, kLongestPolicy);
    if (!text) {
        return fail(text.error());
    }
    boost::system::error_code error;
    json::parse(*text, error);
    if (error) {
        return fail(ExitCode::usage, file + " is no JSON: " + error.message());
    }
    return *std::move(text);
}

}  // namespace

Task<Outcome<>> run_lifecycle_get(StoreContext context, StoreOptions options) {
    const auto rules = co_await context.client.get_lifecycle(options.bucket);
    co_return print_rules("read the lifecycle", rules, context.form);
}

Task<Outcome<>> run_lifecycle_set(StoreContext context, StoreOptions options) {
    const auto rules = co_await context.client.get_lifecycle(options.bucket);
    if (auto may = may_replace("set the lifecycle", rules, options.foreign()); !may) {
        co_return may;
    }
    s3::LifecycleRule rule;
    rule.id = kLifecycleRule;
    rule.prefix = options.prefix.value_or(context.description.prefix);
    rule.abort_incomplete_after_days = options.days;
    std::vector<s3::LifecycleRule> wanted{std::move(rule)};
    const auto set = co_await context.client.put_lifecycle(options.bucket, std::move(wanted));
    co_return outcome_of("set the lifecycle", set);
}

Task<Outcome<>> run_cors_get(StoreContext context, StoreOptions options) {
    const auto rules = co_await context.client.get_cors(options.bucket);
    co_return print_rules("read the CORS rules", rules, context.form);
}

Task<Outcome<>> run_cors_set(StoreContext context, StoreOptions options) {
    const auto rules = co_await context.client.get_cors(options.bucket);
    if (auto may = may_replace("set the CORS rules", rules, options.foreign()); !may) {
        co_return may;
    }
    std::vector<s3::CorsRule> wanted{cors_rule(options.origins)};
    const auto set = co_await context.client.put_cors(options.bucket, std::move(wanted));
    co_return outcome_of("set the CORS rules", set);
}

Task<Outcome<>> run_policy_get(StoreContext context, StoreOptions options) {
    const auto policy = co_await context.client.get_policy(options.bucket);
    if (!policy) {
        co_return fail("read the policy", policy.error());
    }
    print_line(valid_utf8(*policy));
    co_return Outcome<>();
}

Task<Outcome<>> run_policy_set(StoreContext context, StoreOptions options) {
    const auto policy = read_policy(options.file);
    if (!policy) {
        co_return std::unexpected(policy.error());
    }
    const auto set = co_await context.client.put_policy(options.bucket, *policy);
    co_return outcome_of("set the policy", set);
}

}  // namespace slipway::cli

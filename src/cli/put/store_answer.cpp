#include "cli/put/store_answer.hpp"

#include <algorithm>
#include <array>

#include "cli/put/store_error.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace {

using adapters::s3::StoreError;

// BadDigest: AWS, versitygw; InvalidDigest: Garage; the third: MinIO.
constexpr std::array<std::string_view, 5> kGarbled = {"BadDigest", "InvalidDigest",
                                                      "XAmzContentChecksumMismatch",
                                                      "IncompleteBody", "RequestTimeout"};

// The URL, the keys that it was signed with, or its upload. The last is Garage's word for a URL
// that has expired, among others.
constexpr std::array<std::string_view, 3> kOver = {"NoSuchUpload", "ExpiredToken",
                                                   "InvalidRequest"};

}  // namespace

StoreVerdict judge_store(const Answer& answer) {
    if (answer.ok()) {
        return StoreVerdict::stored;
    }
    const StoreError error = store_error_of(answer);
    if (answer.status == 403 || std::ranges::find(kOver, error.code) != kOver.end()) {
        return StoreVerdict::another_url;
    }
    const bool is_garbled = std::ranges::find(kGarbled, error.code) != kGarbled.end();
    return is_garbled ? StoreVerdict::again : StoreVerdict::refused;
}

std::string_view host_of_url(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme != std::string_view::npos) {
        url.remove_prefix(scheme + 3);
    }
    return url.substr(0, url.find_first_of("/?#"));
}

Failure store_failure(const Answer& answer, std::string_view url, std::uint32_t part) {
    const StoreError error = store_error_of(answer);
    std::string message = "the store at " + printable(host_of_url(url)) + " refused part " +
                          std::to_string(part) + ": ";
    message += error.code.empty() ? "it does not say why" : printable(error.code);
    if (!error.message.empty()) {
        message += ": " + printable(error.message);
    }
    message += " (HTTP " + std::to_string(answer.status) + ")";
    const bool is_garbled = judge_store(answer) == StoreVerdict::again;
    return {is_garbled ? ExitCode::corrupt : ExitCode::failed, std::move(message), {}};
}

Failure store_out_of_reach(Failure failure, std::string_view url) {
    if (failure.exit == ExitCode::unavailable) {
        failure.message += "; the store at " + printable(host_of_url(url)) +
                           " cannot be reached from here: without --direct the parts go through "
                           "the server";
    }
    return failure;
}

}  // namespace slipway::cli

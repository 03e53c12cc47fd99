// slipway admin quota: shows what a principal uses and may use, and changes that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/commands/json_calls.hpp"

namespace slipway::cli {

// Nothing: without limit.
struct QuotaLimits {
    std::optional<std::uint64_t> bytes;
    std::optional<std::uint64_t> files;
    std::optional<std::uint64_t> open_uploads;
};

Task<Outcome<>> run_quota_show(std::string principal, OutputForm form, ApiClient& api);
// Replaces the principal's quota as a whole.
Task<Outcome<>> run_quota_set(std::string principal, QuotaLimits limits, OutputForm form,
                              ApiClient& api);
// The server's standard is in force again.
Task<Outcome<>> run_quota_reset(std::string principal, ApiClient& api);

}  // namespace slipway::cli

#include "core/quota.hpp"

#include "core/part_plan.hpp"

namespace slipway::core {
namespace {

struct Counted {
    QuotaKind kind;
    std::optional<std::uint64_t> Quota::* limit;
    std::uint64_t Usage::* usage;
};

constexpr Counted kCounted[] = {
    {QuotaKind::open_uploads, &Quota::open_uploads, &Usage::open_uploads},
    {QuotaKind::files, &Quota::files, &Usage::files},
    {QuotaKind::bytes, &Quota::bytes, &Usage::bytes},
};

}  // namespace

Usage usage_of(const Upload& upload) {
    if (upload.state != UploadState::open && upload.state != UploadState::completing) {
        return {};
    }
    return {.bytes = capacity_of(upload.plan).value(), .files = 1, .open_uploads = 1};
}

Usage usage_of(const File& file) {
    return {.bytes = file.size.value(), .files = 1, .open_uploads = 0};
}

Usage usage_of(const PartPlan& plan, const Part& part) {
    const bool reserved = plan.sizes == PartSizes::fixed;
    return {.bytes = reserved ? 0 : part.size.value(), .files = 0, .open_uploads = 0};
}

Usage operator+(Usage a, Usage b) {
    return {.bytes = a.bytes + b.bytes,
            .files = a.files + b.files,
            .open_uploads = a.open_uploads + b.open_uploads};
}

std::optional<Usage> without(Usage all, Usage part) {
    for (const Counted& counted : kCounted) {
        if (all.*counted.usage < part.*counted.usage) {
            return std::nullopt;
        }
        all.*counted.usage -= part.*counted.usage;
    }
    return all;
}

std::string_view to_string(QuotaKind kind) {
    switch (kind) {
        case QuotaKind::bytes:
            return "bytes";
        case QuotaKind::files:
            return "files";
        case QuotaKind::open_uploads:
            return "open_uploads";
    }
    return "";
}

std::optional<QuotaExcess> find_excess(const Quota& quota, Usage used, Usage added) {
    for (const Counted& counted : kCounted) {
        const auto limit = quota.*counted.limit;
        const std::uint64_t now = used.*counted.usage;
        const std::uint64_t more = added.*counted.usage;
        if (limit && more > 0 && (now > *limit || more > *limit - now)) {
            return QuotaExcess{.kind = counted.kind, .limit = *limit, .used = now};
        }
    }
    return std::nullopt;
}

}  // namespace slipway::core

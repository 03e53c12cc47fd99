// The JSON bodies of requests: what is accepted keeps the limits of docs/protocol.md.
#include <set>
#include <string>

#include "api/admin/key_requests.hpp"
#include "api/native/requests.hpp"
#include "api/quota_requests.hpp"
#include "base/encoding.hpp"
#include "core/file_name.hpp"
#include "core/part_plan.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace slipway;
using fuzz::require;

constexpr std::chrono::seconds kMaxExpiry{604'800};

void check(const std::expected<engine::NewUpload, api::MemberFault>& init) {
    if (!init) {
        require(is_utf8(init.error().member), "a fault can be told");
        return;
    }
    require(core::is_file_name(init->file_name), "the name is one");
    require(init->content_type.size() <= 255, "the type is bounded");
    const auto& plan = init->plan;
    require(core::make_plan(plan).has_value(), "the plan is one");
    require(core::capacity_of(plan) <= ByteCount(std::uint64_t{1} << 53U), "the room is bounded");
    if (plan.sizes == core::PartSizes::fixed && plan.total_parts > 0) {
        const PartNumber last(plan.total_parts);
        const auto length = core::length_of(plan, last);
        require(length.least <= length.most && length.most <= core::kMaxPartSize, "its last part");
        require(!core::has_part(plan, PartNumber(plan.total_parts + 1)) &&
                    !core::has_part(plan, PartNumber(0)),
                "no part beyond");
    }
    std::size_t bytes = 0;
    for (const auto& [name, value] : init->metadata) {
        bytes += name.size() + value.size();
        require(is_utf8(name) && is_utf8(value), "metadata is text");
    }
    require(bytes <= 8192, "metadata is bounded");
    require(!init->expires_in ||
                (*init->expires_in >= api::native::kMinExpiry && *init->expires_in <= kMaxExpiry),
            "the expiry is in its range");
}

void check(const std::expected<engine::CompleteRequest, api::MemberFault>& complete) {
    if (!complete || !complete->parts) {
        return;
    }
    require(complete->parts->size() <= core::kMaxParts, "the list is bounded");
    for (const core::StatedPart& part : *complete->parts) {
        require(part.sha256 || part.md5, "each part states a digest");
    }
}

void check(const std::expected<api::admin::NewKeyRequest, api::MemberFault>& key) {
    if (key) {
        require(core::is_principal_name(key->key.principal), "the principal has a name");
        require(key->key.scopes != core::Scopes(), "a key may do something");
        require(!key->key.expires_in || *key->key.expires_in <= api::admin::kMaxKeyLife,
                "its life is bounded");
    }
}

void check(const std::expected<api::native::ClaimRequest, api::MemberFault>& claim) {
    if (!claim) {
        require(is_utf8(claim.error().member), "a fault can be told");
        return;
    }
    require(!claim->claim.name || core::is_file_name(*claim->claim.name), "the name is one");
    require(!claim->claim.content_type || claim->claim.content_type->size() <= 255,
            "the type is bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    check(api::native::parse_init(text, kMaxExpiry));
    check(api::native::parse_complete(text));
    check(api::native::parse_claim(text));
    check(api::admin::parse_new_key(text));
    (void)api::parse_quota(text);
    return 0;
}

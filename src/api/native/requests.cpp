#include "api/native/requests.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "api/native/limits.hpp"
#include "base/encoding.hpp"
#include "core/file_name.hpp"
#include "core/part_plan.hpp"

namespace slipway::api::native {

namespace json = boost::json;

namespace {

constexpr std::size_t kIdText = 2 * UploadId::kSize;
constexpr std::uint64_t kAnyNumber = std::uint64_t{1} << 53U;

template <class Digest>
std::optional<Digest> read_digest(JsonMembers& members, std::string_view name) {
    const auto text = members.optional_text(name, {2 * Digest::kSize, 2 * Digest::kSize});
    if (!text) {
        return std::nullopt;
    }
    Digest digest;
    if (!decode_hex(*text, digest.bytes)) {
        members.fail(name, "must be lower-case hexadecimal");
        return std::nullopt;
    }
    return digest;
}

// Nothing: the member is not there.
std::optional<std::string> read_file_name(JsonMembers& members) {
    auto name = members.optional_text("file_name", {1, core::kMaxFileName});
    if (name && !core::is_file_name(*name)) {
        members.fail("file_name", "must be UTF-8 without control characters");
    }
    return name;
}

std::optional<std::string> read_content_type(JsonMembers& members) {
    auto type = members.optional_text("content_type", {0, kMaxContentType});
    if (type && !is_content_type(*type)) {
        members.fail("content_type", "must be printable ASCII");
    }
    return type;
}

core::PartSizes read_part_sizes(JsonMembers& members) {
    const auto sizes = members.optional_text("part_sizes", {0, 8}).value_or("fixed");
    if (sizes != "fixed" && sizes != "free") {
        members.fail("part_sizes", "must be fixed or free");
    }
    return sizes == "free" ? core::PartSizes::free : core::PartSizes::fixed;
}

core::PartPlan read_plan(JsonMembers& members) {
    core::PartPlan plan;
    plan.sizes = read_part_sizes(members);
    const NumberLimits parts{0, core::kMaxParts};
    if (plan.sizes == core::PartSizes::free) {
        if (members.optional_number("total_parts", parts)) {
            members.fail("total_parts", "is told by Complete where part_sizes is free");
        }
    } else {
        plan.total_parts =
            static_cast<std::uint32_t>(members.required_number("total_parts", parts));
    }
    plan.part_size = ByteCount(members.required_number("chunk_size", {1, kAnyNumber}));
    if (const auto size = members.optional_number("file_size", {0, kAnyNumber})) {
        plan.file_size = ByteCount(*size);
    }
    return plan;
}

}  // namespace

std::expected<engine::NewUpload, MemberFault> parse_init(std::string_view body,
                                                         std::chrono::seconds max_expiry) {
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    engine::NewUpload wanted;
    if (auto name = read_file_name(members)) {
        wanted.file_name = *std::move(name);
    } else {
        members.fail("file_name", "is required");
    }
    const core::PartPlan proposed = read_plan(members);
    wanted.content_type = read_content_type(members).value_or("");
    wanted.declared.sha256 = read_digest<Sha256>(members, "sha256");
    wanted.declared.md5 = read_digest<Md5>(members, "md5");
    if (const auto checksum = members.optional_text("checksum", {0, 32})) {
        const auto kind = parse_digest_kind(*checksum);
        if (!kind) {
            members.fail("checksum", "must be sha256, md5, crc32c or crc64nvme");
        }
        wanted.checksum = kind.value_or(DigestKind::sha256);
    }
    wanted.metadata = members.optional_texts("metadata", kMaxMetadata);
    const NumberLimits expiry{static_cast<std::uint64_t>(kMinExpiry.count()),
                              static_cast<std::uint64_t>(max_expiry.count())};
    if (const auto seconds = members.optional_number("expires_in", expiry)) {
        wanted.expires_in = std::chrono::seconds(*seconds);
    }
    wanted.complete_when_full = members.optional_flag("complete_when_full").value_or(false);
    if (wanted.complete_when_full && proposed.sizes == core::PartSizes::free) {
        members.fail("complete_when_full", "cannot be where part_sizes is free");
    }
    wanted.direct = members.optional_flag("direct").value_or(false);
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    const auto plan = core::make_plan(proposed);
    if (!plan) {
        const auto fault = core::describe(plan.error());
        return std::unexpected(MemberFault{std::string(fault.member), std::string(fault.reason)});
    }
    wanted.plan = *plan;
    return wanted;
}

namespace {

std::expected<core::StatedPart, MemberFault> parse_stated_part(const json::value& value) {
    const json::object* object = value.if_object();
    if (object == nullptr) {
        return std::unexpected(MemberFault{"parts", "must be objects"});
    }
    JsonMembers members(*object);
    core::StatedPart part;
    part.number = PartNumber(
        static_cast<std::uint32_t>(members.required_number("part_number", {0, UINT32_MAX})));
    part.sha256 = read_digest<Sha256>(members, "sha256");
    part.md5 = read_digest<Md5>(members, "md5");
    if (const auto etag = read_digest<Sha256>(members, "etag")) {
        if (part.sha256 && part.sha256 != etag) {
            members.fail("etag", "differs from sha256");
        }
        part.sha256 = etag;
    }
    if (!part.sha256 && !part.md5) {
        members.fail("parts", "must state sha256, md5 or etag of each part");
    }
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return part;
}

}  // namespace

std::expected<engine::CompleteRequest, MemberFault> parse_complete(std::string_view body) {
    engine::CompleteRequest request;
    if (body.empty()) {
        return request;
    }
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    request.sha256 = read_digest<Sha256>(members, "sha256");
    if (const auto total = members.optional_number("total_parts", {0, core::kMaxParts})) {
        request.total_parts = static_cast<std::uint32_t>(*total);
    }
    if (const json::value* list = members.optional_value("parts")) {
        const json::array* array = list->if_array();
        if (array == nullptr || array->size() > core::kMaxParts) {
            return std::unexpected(MemberFault{"parts", "must be a list of at most 10000 parts"});
        }
        auto& parts = request.parts.emplace();
        for (const json::value& value : *array) {
            const auto part = parse_stated_part(value);
            if (!part) {
                return std::unexpected(part.error());
            }
            parts.push_back(*part);
        }
    }
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return request;
}

std::expected<ClaimRequest, MemberFault> parse_claim(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) {
        return std::unexpected(MemberFault{});
    }
    JsonMembers members(*object);
    ClaimRequest request;
    const auto id = UploadId::parse(members.required_text("temp_file_id", {kIdText, kIdText}));
    if (!id) {
        members.fail("temp_file_id", "must be 32 lower-case hexadecimal digits");
    }
    request.file = id.value_or(UploadId());
    request.claim.name = read_file_name(members);
    request.claim.content_type = read_content_type(members);
    if (members.optional_value("metadata") != nullptr) {
        request.claim.metadata = members.optional_texts("metadata", kMaxMetadata);
    }
    if (const auto finished = members.finish(); !finished) {
        return std::unexpected(finished.error());
    }
    return request;
}

}  // namespace slipway::api::native

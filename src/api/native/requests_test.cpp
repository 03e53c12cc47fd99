#include "api/native/requests.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace slipway::api::native {
namespace {

constexpr std::chrono::seconds kMaxExpiry{3600};

std::string init_with(const std::string& members) {
    return R"({"file_name":"f","total_parts":2,"chunk_size":4096)" + members + "}";
}

std::string fault_of_init(const std::string& body) {
    const auto wanted = parse_init(body, kMaxExpiry);
    return wanted ? "(accepted)" : wanted.error().member;
}

TEST(InitRequest, EveryMemberIsRead) {
    const auto wanted =
        parse_init(init_with(R"(,"file_size":5000,"content_type":"text/plain","checksum":"md5",)"
                             R"("expires_in":60,"direct":true,)"
                             R"("sha256":")" +
                             std::string(64, 'a') + R"(","md5":")" + std::string(32, 'b') +
                             R"(","metadata":{"k":"v"})"),
                   kMaxExpiry);
    ASSERT_TRUE(wanted) << wanted.error().member << wanted.error().reason;
    EXPECT_EQ(wanted->plan, (core::PartPlan{2, 4_KiB, 5000_B}));
    EXPECT_EQ(wanted->checksum, DigestKind::md5);
    EXPECT_EQ(wanted->expires_in, std::chrono::seconds(60));
    EXPECT_TRUE(wanted->direct);
    EXPECT_EQ(wanted->metadata.at("k"), "v");
    EXPECT_TRUE(wanted->declared.sha256 && wanted->declared.md5);
}

TEST(InitRequest, ABodyThatIsNoObjectHasNoMemberAtFault) {
    for (const auto* body : {"", "{", "[]", "null", "1", "\"x\"", "{} {}", "{\"a\":\"\xff\"}",
                             "{a:1}", "[[[[[[[[[[[[]]]]]]]]]]]]"}) {
        EXPECT_EQ(fault_of_init(body), "") << body;
    }
    EXPECT_EQ(fault_of_init(R"({"file_name":)" + std::string(100'000, '[')), "");
}

TEST(InitRequest, TheMemberAtFaultIsNamed) {
    const std::string long_name(256, 'x');
    const std::vector<std::pair<std::string, std::string>> faults = {
        {"{}", "file_name"},
        {R"({"file_name":"f","total_parts":1})", "chunk_size"},
        {R"({"file_name":"f","chunk_size":4096})", "total_parts"},
        {R"({"file_name":"","total_parts":1,"chunk_size":4096})", "file_name"},
        {R"({"file_name":1,"total_parts":1,"chunk_size":4096})", "file_name"},
        {R"({"file_name":")" + long_name + R"(","total_parts":1,"chunk_size":4096})", "file_name"},
        {R"({"file_name":"a\u0000b","total_parts":1,"chunk_size":4096})", "file_name"},
        {R"({"file_name":"a\nb","total_parts":1,"chunk_size":4096})", "file_name"},
        {R"({"file_name":"f","total_parts":-1,"chunk_size":4096})", "total_parts"},
        {R"({"file_name":"f","total_parts":1.5,"chunk_size":4096})", "total_parts"},
        {R"({"file_name":"f","total_parts":"1","chunk_size":4096})", "total_parts"},
        {R"({"file_name":"f","total_parts":10001,"chunk_size":4096})", "total_parts"},
        {R"({"file_name":"f","total_parts":99999999999999999999,"chunk_size":4096})",
         "total_parts"},
        {R"({"file_name":"f","total_parts":1,"chunk_size":0})", "chunk_size"},
        {R"({"file_name":"f","total_parts":2,"chunk_size":5000})", "chunk_size"},
        {init_with(R"(,"file_size":-1)"), "file_size"},
        {init_with(R"(,"file_size":4096)"), "total_parts"},
        {init_with(R"(,"file_size":1e-3)"), "file_size"},
        {init_with(R"(,"sha256":"00")"), "sha256"},
        {init_with(R"(,"sha256":")" + std::string(64, 'A') + "\""), "sha256"},
        {init_with(R"(,"checksum":"sha1")"), "checksum"},
        {init_with(R"(,"metadata":[])"), "metadata"},
        {init_with(R"(,"metadata":{"k":1})"), "metadata"},
        {init_with(R"(,"metadata":{"k":")" + std::string(9000, 'x') + "\"}"), "metadata"},
        {init_with(R"(,"expires_in":59)"), "expires_in"},
        {init_with(R"(,"expires_in":3601)"), "expires_in"},
        {init_with(R"(,"direct":"true")"), "direct"},
        {init_with(R"(,"content_type":"a\r\nb")"), "content_type"},
        {init_with(R"(,"content_type":"ü")"), "content_type"},
        {init_with(R"(,"part_sizes":"free")"), "total_parts"},
        {init_with(R"(,"part_sizes":"loose")"), "part_sizes"},
        {init_with(R"(,"part_sizes":true)"), "part_sizes"},
        {R"({"file_name":"f","chunk_size":4096,"part_sizes":"free","total_parts":0})",
         "total_parts"},
        {R"({"file_name":"f","chunk_size":4096,"part_sizes":"free","file_size":1})", "file_size"},
        {R"({"file_name":"f","chunk_size":1023,"part_sizes":"free"})", "chunk_size"},
        {R"({"file_name":"f","chunk_size":4096,"part_sizes":"free","complete_when_full":true})",
         "complete_when_full"},
        {init_with(R"(,"surprise":1)"), "surprise"},
    };
    for (const auto& [body, member] : faults) {
        EXPECT_EQ(fault_of_init(body), member) << body.substr(0, 120);
    }
}

TEST(InitRequest, FreePartSizesNeedNoCount) {
    const auto wanted =
        parse_init(R"({"file_name":"f","chunk_size":5000,"part_sizes":"free"})", kMaxExpiry);
    ASSERT_TRUE(wanted) << wanted.error().member << wanted.error().reason;
    EXPECT_EQ(wanted->plan, (core::PartPlan{0, 5000_B, std::nullopt, core::PartSizes::free}));
    EXPECT_EQ(parse_init(init_with(R"(,"part_sizes":"fixed")"), kMaxExpiry)->plan.sizes,
              core::PartSizes::fixed);
}

std::string fault_of_complete(const std::string& body) {
    const auto request = parse_complete(body);
    return request ? "(accepted)" : request.error().member;
}

TEST(CompleteRequest, AListStatesOneDigestOfEachPart) {
    const std::string sha(64, 'a');
    const auto request =
        parse_complete(R"({"parts":[{"part_number":1,"sha256":")" + sha +
                       R"("},{"part_number":2,"md5":")" + std::string(32, 'b') +
                       R"("},{"part_number":3,"etag":")" + sha + R"("}],"sha256":")" + sha + "\"}");
    ASSERT_TRUE(request) << request.error().member << " " << request.error().reason;
    ASSERT_EQ(request->parts->size(), 3U);
    EXPECT_EQ((*request->parts)[2].sha256, request->sha256);
    EXPECT_FALSE(parse_complete("")->parts);
    EXPECT_FALSE(parse_complete("{}")->parts);
    EXPECT_TRUE(parse_complete(R"({"parts":[]})")->parts);
    EXPECT_EQ(parse_complete(R"({"total_parts":7})")->total_parts, 7U);
}

TEST(CompleteRequest, TheMemberAtFaultIsNamed) {
    const std::string sha(64, 'a');
    const std::vector<std::pair<std::string, std::string>> faults = {
        {"[]", ""},
        {R"({"parts":1})", "parts"},
        {R"({"parts":[1]})", "parts"},
        {R"({"parts":[{"part_number":1}]})", "parts"},
        {R"({"parts":[{"sha256":")" + sha + "\"}]}", "part_number"},
        {R"({"parts":[{"part_number":-1,"sha256":")" + sha + "\"}]}", "part_number"},
        {R"({"parts":[{"part_number":4294967296,"sha256":")" + sha + "\"}]}", "part_number"},
        {R"({"parts":[{"part_number":1,"sha256":"x"}]})", "sha256"},
        {R"({"parts":[{"part_number":1,"sha256":")" + sha + R"(","etag":")" + std::string(64, 'b') +
             "\"}]}",
         "etag"},
        {R"({"parts":[{"part_number":1,"sha256":")" + sha + R"(","size":1}]})", "size"},
        {R"({"sha256":1})", "sha256"},
        {R"({"total_parts":"1"})", "total_parts"},
        {R"({"total_parts":10001})", "total_parts"},
        {R"({"surprise":1})", "surprise"},
    };
    for (const auto& [body, member] : faults) {
        EXPECT_EQ(fault_of_complete(body), member) << body;
    }
}

}  // namespace
}  // namespace slipway::api::native

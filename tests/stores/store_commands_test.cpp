// What `slipway admin store` does at a store that can do everything: the fake. Over real stores it
// is run as a program, by test_store_commands.py.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "cli/store/store_commands.hpp"
#include "s3fake/fake_rig.hpp"
#include "support/temp_directory.hpp"

namespace slipway::cli {
namespace {

namespace s3 = adapters::s3;
using s3fake::FakeRig;

class StoreCommands : public testing::Test {
 protected:
    StoreCommands() {
        const auto& keys = rig_.fake.options().credentials;
        ::setenv("SLIPWAY_STORE_MAIN_ACCESS_KEY_ID", keys.access_key.c_str(), 1);
        ::setenv("SLIPWAY_STORE_MAIN_SECRET_ACCESS_KEY", keys.secret_key.c_str(), 1);
        options_.config = directory_ / "stores.toml";
        write("stores.toml", store_called("main"));
    }

    std::string store_called(const std::string& name) const {
        return "[[store]]\nname = '" + name + "'\nkind = 's3'\nendpoint = '" + rig_.fake.url() +
               "'\nbucket = 'bucket'\nprefix = 'own/'\n";
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(directory_.path() / name, std::ios::binary) << text;
    }
    // What the command prints; the exit code is kept.
    std::string run(const std::string& command, OutputForm form = OutputForm::text) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        exit_ = runtime::run_blocking(run_store(command, options_, form));
        error_ = testing::internal::GetCapturedStderr();
        return testing::internal::GetCapturedStdout();
    }

    FakeRig rig_;
    support::TempDirectory directory_;
    StoreOptions options_;
    ExitCode exit_ = ExitCode::ok;
    std::string error_;
};

TEST_F(StoreCommands, TheLifecycleHasOneRuleForTheStoresPrefix) {
    run("lifecycle get");
    EXPECT_EQ(exit_, ExitCode::not_found);
    options_.days = 3;
    run("lifecycle set");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    EXPECT_EQ(run("lifecycle get"),
              "slipway-abort-incomplete  on  prefix \"own/\"  uploads are aborted after 3 days\n");
    options_.days = 9;
    options_.prefix = "";
    run("lifecycle set");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    EXPECT_EQ(run("lifecycle get", OutputForm::json),
              R"({"id":"slipway-abort-incomplete","enabled":true,"prefix":"",)"
              R"("abort_incomplete_after_days":9,"expire_after_days":null})"
              "\n");
}

TEST_F(StoreCommands, RulesOfOthersAreReplacedOnlyWhenThatIsSaid) {
    const std::vector<s3::LifecycleRule> foreign{{"theirs", "tmp/", true, std::nullopt, 30U}};
    ASSERT_TRUE(s3fake::run(rig_.client->put_lifecycle("bucket", foreign)));
    run("lifecycle set");
    EXPECT_EQ(exit_, ExitCode::conflict);
    EXPECT_TRUE(error_.contains("--replace replaces them all")) << error_;
    EXPECT_EQ(run("lifecycle get"),
              "theirs  on  prefix \"tmp/\"  objects are deleted after 30 days\n");
    options_.replace = true;
    run("lifecycle set");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    EXPECT_TRUE(run("lifecycle get").starts_with("slipway-abort-incomplete"));
}

TEST_F(StoreCommands, PagesOfSomeOriginsMayUploadDirectly) {
    run("cors get");
    EXPECT_EQ(exit_, ExitCode::not_found);
    options_.origins = {"https://a.example", "https://b.example:8443"};
    run("cors set");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    EXPECT_EQ(run("cors get"),
              "origins https://a.example,https://b.example:8443  methods GET,HEAD,PUT  headers *  "
              "exposed ETag,x-amz-checksum-crc64nvme,x-amz-checksum-sha256\n");
    options_.origins = {"*"};
    run("cors set");
    EXPECT_EQ(run("cors get", OutputForm::json),
              R"({"origins":["*"],"methods":["GET","HEAD","PUT"],"headers":["*"],)"
              R"("exposed_headers":["ETag","x-amz-checksum-crc64nvme","x-amz-checksum-sha256"],)"
              R"("max_age_seconds":3600})"
              "\n");
}

TEST_F(StoreCommands, ARuleIsKnownAgainWhateverTheOrderInIt) {
    const std::vector<s3::CorsRule> ours{
        {{"https://a.example"},
         {"PUT", "HEAD", "GET"},
         {"*"},
         {"x-amz-checksum-sha256", "x-amz-checksum-crc64nvme", "ETag"},
         3600U}};
    ASSERT_TRUE(s3fake::run(rig_.client->put_cors("bucket", ours)));
    options_.origins = {"*"};
    run("cors set");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
}

TEST_F(StoreCommands, CorsRulesOfOthersAreReplacedOnlyWhenThatIsSaid) {
    const std::vector<s3::CorsRule> foreign{{{"https://theirs"}, {"DELETE"}, {}, {}, {}}};
    ASSERT_TRUE(s3fake::run(rig_.client->put_cors("bucket", foreign)));
    options_.origins = {"*"};
    run("cors set");
    EXPECT_EQ(exit_, ExitCode::conflict);
    EXPECT_TRUE(run("cors get").starts_with("origins https://theirs  methods DELETE"));
    options_.replace = true;
    run("cors set");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    EXPECT_TRUE(run("cors get").starts_with("origins *  methods GET"));
}

TEST_F(StoreCommands, APolicyIsJson) {
    run("policy get");
    EXPECT_EQ(exit_, ExitCode::not_found);
    options_.file = directory_ / "policy.json";
    run("policy set");
    EXPECT_EQ(exit_, ExitCode::failed) << "there is no such file";
    write("policy.json", "{\"Version\":");
    run("policy set");
    EXPECT_EQ(exit_, ExitCode::usage);
    EXPECT_TRUE(error_.contains("is no JSON")) << error_;
    write("policy.json", "{\"Version\":\"2012-10-17\"}");
    run("policy set");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    EXPECT_EQ(run("policy get"), "{\"Version\":\"2012-10-17\"}\n");
}

TEST_F(StoreCommands, OpenUploadsAreShownAndAborted) {
    const auto own = s3fake::run(rig_.client->create_multipart(FakeRig::name("own/a")));
    const auto other = s3fake::run(rig_.client->create_multipart(FakeRig::name("else/b")));
    ASSERT_TRUE(own && other);
    ASSERT_TRUE(s3fake::run(rig_.client->upload_part({FakeRig::name("own/a"), *own}, PartNumber(7),
                                                     s3fake::body_of("text"))));
    EXPECT_TRUE(run("multipart list").ends_with("  " + *own + "  own/a\n"));
    options_.prefix = "";
    EXPECT_TRUE(run("multipart list", OutputForm::json).contains("\"key\":\"else/b\""));
    options_.key = "own/a";
    options_.upload_id = *own;
    const auto parts = run("multipart parts");
    EXPECT_TRUE(parts.starts_with("7  4  ")) << parts;
    run("multipart abort");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    run("multipart parts");
    EXPECT_EQ(exit_, ExitCode::not_found);
    EXPECT_FALSE(run("multipart list").contains(*own));
}

TEST_F(StoreCommands, ListsGoOnOverTheirPages) {
    for (unsigned number = 1; number <= 1'001; ++number) {
        const auto name = FakeRig::name("own/" + std::to_string(number));
        ASSERT_TRUE(s3fake::run(rig_.client->put_object(name, s3fake::body_of("x"))));
        ASSERT_TRUE(s3fake::run(rig_.client->create_multipart(name)));
    }
    const auto objects = run("object list");
    EXPECT_EQ(std::ranges::count(objects, '\n'), 1'001);
    const auto uploads = run("multipart list");
    EXPECT_EQ(std::ranges::count(uploads, '\n'), 1'001);
    options_.prefix = "";
    options_.folders = true;
    EXPECT_EQ(run("object list", OutputForm::json), "{\"prefix\":\"own/\"}\n");
}

TEST_F(StoreCommands, AnObjectIsKeptWhereThatIsSaid) {
    options_.key = "own/a";
    options_.file = directory_ / "file";
    write("file", "first");
    run("object put");
    ASSERT_EQ(exit_, ExitCode::ok) << error_;
    write("file", "second");
    options_.keep = true;
    run("object put");
    EXPECT_EQ(exit_, ExitCode::conflict);
    options_.output = "-";
    EXPECT_EQ(run("object get"), "first");
}

TEST_F(StoreCommands, TheStoreIsChosenByItsName) {
    write("stores.toml", store_called("main") + store_called("second"));
    run("bucket head");
    EXPECT_EQ(exit_, ExitCode::usage);
    EXPECT_TRUE(error_.contains("--store is needed; ")) << error_;
    EXPECT_TRUE(error_.contains(" has main, second\n")) << error_;
    options_.store = "third";
    run("bucket head");
    EXPECT_EQ(exit_, ExitCode::usage);
    EXPECT_TRUE(error_.contains("there is no store third; ")) << error_;
    options_.store = "main";
    run("bucket head");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    options_.store = "second";
    run("bucket head");
    EXPECT_EQ(exit_, ExitCode::unauthorised);
    EXPECT_TRUE(error_.contains("SLIPWAY_STORE_SECOND_ACCESS_KEY_ID")) << error_;
    write("stores.toml", "");
    run("bucket head");
    EXPECT_EQ(exit_, ExitCode::usage);
    EXPECT_TRUE(error_.contains(" has none\n")) << error_;
}

TEST_F(StoreCommands, NothingIsLeftOfACheck) {
    const auto text = run("check");
    EXPECT_EQ(exit_, ExitCode::ok) << error_;
    EXPECT_TRUE(text.contains("conditional_put       yes  ")) << text;
    EXPECT_TRUE(rig_.fake.state().buckets.at("bucket").objects.empty());
}

}  // namespace
}  // namespace slipway::cli

#include "adapters/s3/setup/store_description.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "support/temp_directory.hpp"

namespace slipway::adapters::s3 {
namespace {

const std::string kPlain =
    "[[store]]\nname = \"main\"\nkind = \"s3\"\nendpoint = \"https://s3.example.org\"\n"
    "bucket = \"files\"\n";

std::string complaint(const std::string& toml) {
    const auto stores = parse_stores(toml, "x.toml");
    if (stores) {
        return "none";
    }
    EXPECT_EQ(stores.error().code, Errc::invalid);
    return stores.error().detail;
}

// One key more, or another value of one.
std::string complaint_of(const std::string& key, const std::string& value) {
    std::string toml = kPlain;
    if (const auto at = toml.find("\n" + key + " ="); at != std::string::npos) {
        toml.erase(at, toml.find('\n', at + 1) - at);
    }
    return complaint(toml + key + " = " + value + "\n");
}

TEST(StoreDescription, OfTheKeysThatMustBeThere) {
    const auto stores = parse_stores("[server]\nlisten = \"a:1\"\n" + kPlain, "x.toml");
    ASSERT_TRUE(stores) << stores.error().detail;
    ASSERT_EQ(stores->size(), 1U);
    const StoreDescription& store = stores->front();
    EXPECT_EQ(store.name, "main");
    EXPECT_EQ(store.endpoint.url, "https://s3.example.org");
    EXPECT_EQ(store.endpoint.region, "us-east-1");
    EXPECT_EQ(store.endpoint.style, AddressStyle::path);
    EXPECT_EQ(store.endpoint.checksums, ChecksumMode::header);
    EXPECT_EQ(store.endpoint.ca, "");
    EXPECT_EQ(store.bucket, "files");
    EXPECT_EQ(store.prefix, "");
    EXPECT_EQ(store.credentials_file, "");
    EXPECT_EQ(store.downloads, Downloads::through);
    EXPECT_EQ(store.weight, 1U);
}

TEST(StoreDescription, OfAllKeysReadsAsItIsPrinted) {
    const std::string toml =
        "[[store]]\nname = 'second-1'\nkind = 's3'\nendpoint = 'http://minio:9000'\n"
        "bucket = 'b.c-d'\nprefix = 'a/b-'\nregion = 'eu-1'\nstyle = 'host'\n"
        "checksum = 'trailer'\ncredentials_file = '/etc/k'\ndownloads = 'redirect'\nweight = "
        "1000\n";
    const auto stores = parse_stores(toml, "x.toml");
    ASSERT_TRUE(stores) << stores.error().detail;
    EXPECT_EQ(print_store(stores->front()), toml);
    EXPECT_EQ(print_store(parse_stores(kPlain, "x.toml")->front()),
              "[[store]]\nname = 'main'\nkind = 's3'\nendpoint = 'https://s3.example.org'\n"
              "bucket = 'files'\nregion = 'us-east-1'\nstyle = 'path'\nchecksum = 'header'\n"
              "downloads = 'through'\nweight = 1\n");
}

TEST(StoreDescription, SeveralHaveNamesOfTheirOwnAndAnOrder) {
    std::string second = kPlain;
    second.replace(second.find("main"), 4, "alpha");
    const auto stores = parse_stores(kPlain + second, "x.toml");
    ASSERT_TRUE(stores);
    ASSERT_EQ(stores->size(), 2U);
    EXPECT_EQ((*stores)[0].name, "main");
    EXPECT_EQ((*stores)[1].name, "alpha");
    EXPECT_EQ(complaint(kPlain + kPlain), "store.main.name: another store has it already (x.toml)");
    EXPECT_TRUE(parse_stores("", "x.toml")->empty());
}

TEST(StoreDescription, WhatIsNoListOfStoresIsRefused) {
    EXPECT_EQ(complaint("[store]\nname = 'a'"),
              "store: must be a list: [[store]] for each store (x.toml)");
    EXPECT_EQ(complaint("store = 7"), "store: must be a list: [[store]] for each store (x.toml)");
    EXPECT_EQ(complaint("store = [7]"), "store[1]: is not a table (x.toml)");
    EXPECT_TRUE(complaint("[[store]").starts_with("x.toml: ")) << complaint("[[store]");
    EXPECT_TRUE(complaint("[[store]").contains("line 1")) << complaint("[[store]");
}

TEST(StoreDescription, WhatIsMissingIsNamed) {
    for (const std::string key : {"kind", "endpoint", "bucket"}) {
        std::string toml = kPlain;
        const auto at = toml.find("\n" + key);
        toml.erase(at, toml.find('\n', at + 1) - at);
        EXPECT_EQ(complaint(toml), "store.main." + key + ": is missing (x.toml)");
    }
    EXPECT_EQ(complaint("[[store]]\nkind = 's3'\n"), "store[1].name: is missing (x.toml)");
}

TEST(StoreDescription, UnknownKeysAndOtherTypesAreRefused) {
    EXPECT_EQ(complaint_of("buckets", "'b'"), "store.main.buckets: is not a key (x.toml)");
    EXPECT_EQ(complaint_of("secret_access_key", "'hidden'"),
              "store.main.secret_access_key: is not a key (x.toml)");
    for (const std::string key : {"kind", "endpoint", "bucket", "prefix", "region", "style",
                                  "checksum", "credentials_file", "ca_file"}) {
        EXPECT_EQ(complaint_of(key, "7"), "store.main." + key + ": must be a string (x.toml)");
    }
    EXPECT_TRUE(complaint_of("name", "7").starts_with("store[1].name: must be 1 to 32"));
}

TEST(StoreDescription, NamesAreShortWords) {
    for (const std::string name : {"", "-a", "a-", "A", "a_b", "a b", "ä"}) {
        EXPECT_TRUE(complaint_of("name", "'" + name + "'").starts_with("store[1].name: must be"))
            << name;
    }
    EXPECT_EQ(complaint_of("name", "'" + std::string(32, 'a') + "'"), "none");
    EXPECT_NE(complaint_of("name", "'" + std::string(33, 'a') + "'"), "none");
}

TEST(StoreDescription, ValuesThatCannotWorkAreRefused) {
    EXPECT_EQ(complaint_of("kind", "'local'"), "store.main.kind: must be \"s3\" (x.toml)");
    for (const std::string url :
         {"", "s3.example.org", "https://a/b", "https://u:p@a", "ftp://a"}) {
        EXPECT_TRUE(complaint_of("endpoint", "'" + url + "'")
                        .starts_with("store.main.endpoint: an S3 endpoint is http"))
            << url;
    }
    EXPECT_NE(complaint_of("endpoint", "'https://a:99999'"), "none");
    EXPECT_EQ(complaint_of("bucket", "'No'"),
              "store.main.bucket: no name of a bucket: No (x.toml)");
    for (const std::string& prefix :
         std::vector<std::string>{"/a", "a//b", "../a/", std::string(513, 'a')}) {
        EXPECT_EQ(complaint_of("prefix", "'" + prefix + "'"),
                  "store.main.prefix: is no beginning of keys that every store takes (x.toml)");
    }
    EXPECT_EQ(complaint_of("prefix", "'" + std::string(512, 'a') + "'"), "none");
    EXPECT_EQ(complaint_of("prefix", "'ä/'"), "none");
    for (const std::string region : {"", "EU", "a/b", "-a"}) {
        EXPECT_EQ(complaint_of("region", "'" + region + "'"),
                  "store.main.region: must be of a-z, 0-9 and \"-\" (x.toml)");
    }
    EXPECT_EQ(complaint_of("style", "'virtual'"),
              "store.main.style: must be one of \"path\", \"host\" (x.toml)");
    EXPECT_EQ(complaint_of("downloads", "'direct'"),
              "store.main.downloads: must be one of \"through\", \"redirect\" (x.toml)");
    EXPECT_EQ(complaint_of("checksum", "'md5'"),
              "store.main.checksum: must be one of \"header\", \"trailer\", \"none\" (x.toml)");
    EXPECT_EQ(complaint_of("credentials_file", "''"),
              "store.main.credentials_file: is empty (x.toml)");
    EXPECT_EQ(complaint_of("ca_file", "''"), "store.main.ca_file: is empty (x.toml)");
    EXPECT_TRUE(complaint_of("ca_file", "'/none'").starts_with("store.main.ca_file: "));
}

TEST(StoreDescription, WeightsHaveBounds) {
    for (const std::string weight : {"-1", "1001", "1.5", "'1'", "true"}) {
        EXPECT_EQ(complaint_of("weight", weight),
                  "store.main.weight: must be a whole number from 0 to 1000 (x.toml)")
            << weight;
    }
    EXPECT_EQ(complaint_of("weight", "0"), "none");
    EXPECT_EQ(complaint_of("weight", "1000"), "none");
}

TEST(StoreDescription, OneStoreMayBeForDisasterRecovery) {
    EXPECT_EQ(complaint_of("role", "'dr'"), "none");
    EXPECT_EQ(complaint_of("role", "'spare'"),
              "store.main.role: must be one of \"normal\", \"dr\" (x.toml)");
    const std::string dr = "[[store]]\nkind='s3'\nbucket='abc'\nendpoint='http://a'\nrole='dr'\n";
    EXPECT_EQ(complaint(dr + "name='a'\nweight=1\n"),
              "store.a.weight: a store with the role \"dr\" has no share of what is new (x.toml)");
    EXPECT_EQ(complaint(dr + "name='a'\n" + dr + "name='b'\n"),
              "store.b.role: another store has \"dr\" already (x.toml)");
    const auto stores = parse_stores(dr + "name='a'\n", "x.toml");
    ASSERT_TRUE(stores);
    EXPECT_TRUE(print_store(stores->front()).ends_with("downloads = 'through'\nrole = 'dr'\n"));
}

TEST(StoreDescription, CombinationsThatCannotWorkAreRefused) {
    const std::string http = "[[store]]\nname='a'\nkind='s3'\nbucket='b.c'\nendpoint='http";
    EXPECT_EQ(complaint(http + "://a'\nca_file='/etc/ssl'\n"),
              "store.a.ca_file: is for https, and endpoint is http (x.toml)");
    for (const std::string host : {"127.0.0.1:9000", "10.0.0.1", "[::1]:9000"}) {
        EXPECT_TRUE(complaint(http + "://" + host + "'\nstyle='host'\n")
                        .starts_with("store.a.style: \"host\" needs an endpoint with a name"))
            << host;
    }
    EXPECT_EQ(complaint(http + "://10.example.org'\nstyle='host'\n"), "none");
    EXPECT_TRUE(complaint(http + "s://a'\nstyle='host'\n").contains("a bucket without dots"));
}

TEST(StoreDescription, IsReadFromAFile) {
    const support::TempDirectory directory;
    const auto file = directory.path() / "stores.toml";
    EXPECT_EQ(load_stores(file).error().code, Errc::not_found);
    std::ofstream(file) << kPlain;
    EXPECT_EQ(load_stores(file)->size(), 1U);
    std::ofstream(file) << kPlain << "weight = 'x'\n";
    EXPECT_TRUE(load_stores(file).error().detail.ends_with("(" + file.string() + ")"));
    std::ofstream(file) << std::string((1 << 20) + 1, '\n');
    EXPECT_TRUE(load_stores(file).error().detail.ends_with("has over 1024 KiB"));
}

class StoreCredentials : public testing::Test {
 protected:
    Result<sigv4::Credentials> find() {
        return find_credentials(store_, [this](const std::string& name) {
            const auto found = variables_.find(name);
            return found == variables_.end() ? std::nullopt : std::optional(found->second);
        });
    }
    support::TempDirectory directory_;
    std::map<std::string, std::string> variables_;
    StoreDescription store_{
        .name = "my-store2", .endpoint = {}, .bucket = {}, .prefix = {}, .credentials_file = {}};
};

TEST_F(StoreCredentials, ComeFromTheEnvironment) {
    EXPECT_EQ(find().error().detail,
              "store.my-store2.credentials_file: is not set, and neither is "
              "SLIPWAY_STORE_MY_STORE2_ACCESS_KEY_ID");
    variables_ = {{"SLIPWAY_STORE_MY_STORE2_ACCESS_KEY_ID", "AK"},
                  {"SLIPWAY_STORE_MY_STORE2_SECRET_ACCESS_KEY", "SK"},
                  {"SLIPWAY_STORE_MY_STORE2_SESSION_TOKEN", "ST"}};
    const auto found = find();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->access_key, "AK");
    EXPECT_EQ(found->secret_key, "SK");
    EXPECT_EQ(found->session_token, "ST");
}

TEST_F(StoreCredentials, ComeFromTheFileWhereTheEnvironmentHasNone) {
    store_.credentials_file = (directory_.path() / "keys").string();
    EXPECT_TRUE(find().error().detail.starts_with("store.my-store2.credentials_file: open "));
    std::ofstream(store_.credentials_file)
        << "[default]\naws_access_key_id = D\naws_secret_access_key = d\n";
    EXPECT_EQ(find()->access_key, "D");
    std::ofstream(store_.credentials_file, std::ios::app)
        << "[my-store2]\naws_access_key_id = F\naws_secret_access_key = f\n";
    EXPECT_EQ(find()->access_key, "F");
    variables_ = {{"SLIPWAY_STORE_MY_STORE2_ACCESS_KEY_ID", "AK"}};
    EXPECT_EQ(find().error().detail,
              "the environment has no SLIPWAY_STORE_MY_STORE2_SECRET_ACCESS_KEY");
    variables_["SLIPWAY_STORE_MY_STORE2_SECRET_ACCESS_KEY"] = "SK";
    EXPECT_EQ(find()->access_key, "AK");
}

}  // namespace
}  // namespace slipway::adapters::s3

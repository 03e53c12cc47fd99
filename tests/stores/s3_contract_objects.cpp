// The contract of S3Client, its part about buckets, objects and configurations.
#include <algorithm>

#include "hash/digester.hpp"
#include "stores/s3_contract.hpp"

namespace slipway::stores {
namespace {

using adapters::s3::ChecksumMode;
using adapters::s3::CorsRule;
using adapters::s3::LifecycleRule;
using adapters::s3::Metadata;
using adapters::s3::Replace;

TEST_F(S3Contract, ABucketIsThereUntilItIsDeleted) {
    EXPECT_TRUE(run(client_->head_bucket(bucket_)));
    const auto buckets = run(client_->list_buckets());
    ASSERT_TRUE(buckets) << buckets.error().detail;
    EXPECT_EQ(std::ranges::count(*buckets, bucket_), 1);
    EXPECT_TRUE(run(client_->create_bucket(bucket_))) << "it is already ours";

    put("key", "text");
    EXPECT_EQ(code_of(run(client_->delete_bucket(bucket_))), Errc::conflict);
    EXPECT_TRUE(run(client_->delete_object(name("key"))));
    EXPECT_TRUE(run(client_->delete_bucket(bucket_)));
    EXPECT_EQ(code_of(run(client_->head_bucket(bucket_))), Errc::not_found);
}

TEST_F(S3Contract, AnObjectIsGivenBackAsItWasPut) {
    const std::string text = some_bytes(100'000, 1);
    const adapters::s3::ObjectAttributes attributes{
        "text/x-test", Metadata{{"slipway-upload", "0123"}, {"words", "two words"}}};
    const auto etag = run(client_->put_object(name("a/b.txt"), text_body(text), attributes));
    ASSERT_TRUE(etag) << etag.error().detail;

    const auto info = run(client_->head_object(name("a/b.txt")));
    ASSERT_TRUE(info) << info.error().detail;
    EXPECT_EQ(info->size, ByteCount(text.size()));
    EXPECT_EQ(info->etag, *etag);
    EXPECT_FALSE(info->etag.contains('"'));
    EXPECT_EQ(info->attributes.content_type, attributes.content_type);
    EXPECT_EQ(info->attributes.metadata, attributes.metadata);
    EXPECT_TRUE(info->last_modified);
    EXPECT_EQ(get_text(*client_, name("a/b.txt")), text);

    EXPECT_TRUE(run(client_->delete_object(name("a/b.txt"))));
    EXPECT_EQ(code_of(run(client_->head_object(name("a/b.txt")))), Errc::not_found);
    EXPECT_EQ(code_of(get_text(*client_, name("a/b.txt"))), Errc::not_found);
    EXPECT_TRUE(run(client_->delete_object(name("a/b.txt")))) << "it is gone already";
}

TEST_F(S3Contract, KeysOfAnyCharactersNameTheirObject) {
    for (const std::string key : {"plain", "a b+c%20d&e=f",
                                  "\xc3\xbc"
                                  "ber/\xe6\x97\xa5\xe6\x9c\xac",
                                  "!'()*;:@,?#[]", "~-_.", "{}|^`<>\"", "$/=/x"}) {
        put(key, "text of " + key);
        EXPECT_EQ(get_text(*client_, name(key)), "text of " + key);
        const auto page = run(client_->list_objects({bucket_, key, "", "", {}}));
        ASSERT_TRUE(page) << key << ": " << page.error().detail;
        ASSERT_EQ(page->objects.size(), 1U) << key;
        EXPECT_EQ(page->objects[0].key, key);
        EXPECT_TRUE(run(client_->delete_object(name(key))));
    }
}

TEST_F(S3Contract, NamesThatNotEveryStoreKeepsAreNotSent) {
    for (const std::string key : {"", "a//b", "/a", "a/", "./a", "a/../b", "a\nb", "\xff"}) {
        EXPECT_EQ(code_of(run(client_->head_object(name(key)))), Errc::invalid) << key;
    }
    EXPECT_EQ(code_of(run(client_->head_object(name(std::string(1025, 'k'))))), Errc::invalid);
    for (const std::string bucket : {"", "ab", "Upper", "-a-", "a_b", "a/b"}) {
        EXPECT_EQ(code_of(run(client_->head_bucket(bucket))), Errc::invalid) << bucket;
    }
}

TEST_F(S3Contract, ARangeIsJustThat) {
    const std::string text = some_bytes(10'000, 2);
    put("key", text);
    const auto range = [&](std::uint64_t first, std::uint64_t length) {
        return get_text(*client_, name("key"), ByteRange{ByteOffset(first), ByteCount(length)});
    };
    EXPECT_EQ(range(0, 1), text.substr(0, 1));
    EXPECT_EQ(range(1234, 4321), text.substr(1234, 4321));
    EXPECT_EQ(range(9'999, 1), text.substr(9'999));
    EXPECT_EQ(range(9'000, 5'000), text.substr(9'000)) << "as far as there is something";
    EXPECT_EQ(code_of(range(10'000, 1)), Errc::invalid);
    EXPECT_EQ(code_of(range(0, 0)), Errc::invalid);
}

TEST_F(S3Contract, AnObjectMayBeEmpty) {
    put("empty", "");
    EXPECT_EQ(run(client_->head_object(name("empty")))->size, 0_B);
    EXPECT_EQ(get_text(*client_, name("empty")), "");
}

TEST_F(S3Contract, BytesThatAreNotAsStatedAreNotStored) {
    StatedDigests wrong[3];
    wrong[0].md5.emplace();
    wrong[1].sha256.emplace();
    wrong[2].crc64nvme.emplace();
    for (const auto& digests : wrong) {
        // MD5, and SHA-256 as part of the signature, are checked by all.
        const bool is_checked = can_.checks_checksums || !digests.crc64nvme;
        EXPECT_EQ(code_of(run(client_->put_object(name("key"), text_body("text", digests)))),
                  is_checked ? std::optional(Errc::corrupted) : std::nullopt);
        EXPECT_EQ(code_of(run(client_->head_object(name("key")))),
                  is_checked ? std::optional(Errc::not_found) : std::nullopt);
    }
}

TEST_F(S3Contract, BytesThatAreAsStatedAreStored) {
    const std::string text = some_bytes(50'000, 3);
    const auto bytes = std::as_bytes(std::span(text));
    StatedDigests digests;
    digests.sha256 = hash::sha256(bytes);
    hash::Md5Hasher md5;
    md5.update(bytes);
    digests.md5 = md5.finish();
    ASSERT_TRUE(run(client_->put_object(name("one"), text_body(text, digests))));
    digests.crc64nvme = crc64_of(text);
    const auto stored = run(client_->put_object(name("two"), text_body(text, digests)));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(run(client_->head_object(name("two")))->crc64nvme,
              can_.checks_checksums ? std::optional(crc64_of(text)) : std::nullopt);
    EXPECT_EQ(get_text(*client_, name("two")), text);
}

TEST_F(S3Contract, AChecksumMayTravelBehindTheBody) {
    Endpoint endpoint = target_.endpoint();
    endpoint.checksums = ChecksumMode::trailer;
    const auto trailing = target_.client(endpoint);
    for (const std::size_t size : {0UL, 1UL, 65'536UL, 65'537UL, 1'000'000UL}) {
        const std::string text = some_bytes(size, 4);
        const auto stored = run(trailing->put_object(name("key"), text_body(text)));
        if (!can_.trailing_checksums) {
            EXPECT_FALSE(stored) << "it must not keep the framing for bytes";
            EXPECT_EQ(code_of(run(trailing->head_object(name("key")))), Errc::not_found);
            continue;
        }
        ASSERT_TRUE(stored) << size << ": " << stored.error().detail;
        EXPECT_EQ(get_text(*trailing, name("key")), text);
        EXPECT_EQ(run(trailing->head_object(name("key")))->crc64nvme, crc64_of(text)) << size;
    }
}

TEST_F(S3Contract, AnObjectIsNotReplacedWhereThatIsForbidden) {
    const auto put_once = [&](const char* text) {
        return run(client_->put_object(name("key"), text_body(text), {}, Replace::never));
    };
    const auto first = put_once("first");
    if (!can_.conditional_put) {
        // Garage does not look at the condition, Swift refuses what has one.
        EXPECT_EQ(code_of(first),
                  target_.kind() == "swift" ? std::optional(Errc::unsupported) : std::nullopt);
        EXPECT_EQ(code_of(put_once("second")), code_of(first));
        return;
    }
    EXPECT_TRUE(first);
    EXPECT_EQ(code_of(put_once("second")), Errc::conflict);
    EXPECT_EQ(get_text(*client_, name("key")), "first");
}

TEST_F(S3Contract, ListsComeInPagesInOrderOfTheirKeys) {
    const std::vector<std::string> keys{"a", "b+1", "b/1", "b/2", "c d", "e"};
    for (const auto& key : keys) {
        put(key, key);
    }
    std::vector<std::string> found;
    adapters::s3::ObjectQuery query{bucket_, "", "", "", std::nullopt, 2};
    do {
        const auto page = run(client_->list_objects(query));
        ASSERT_TRUE(page) << page.error().detail;
        EXPECT_LE(page->objects.size(), 2U);
        for (const auto& object : page->objects) {
            found.push_back(object.key);
            EXPECT_EQ(object.size, ByteCount(object.key.size()));
        }
        query.page = page->next;
    } while (query.page);
    EXPECT_EQ(found, keys);
}

TEST_F(S3Contract, ListsCanBeNarrowed) {
    for (const std::string key : {"a", "b/1", "b/2", "c"}) {
        put(key, key);
    }
    const auto prefixed = run(client_->list_objects({bucket_, "b/", "", "", {}}));
    EXPECT_EQ(prefixed->objects.size(), 2U);
    const auto behind = run(client_->list_objects({bucket_, "", "", "b/1", {}}));
    EXPECT_EQ(behind->objects.front().key, "b/2");
    const auto folders = run(client_->list_objects({bucket_, "", "/", "", {}}));
    EXPECT_EQ(folders->objects.size(), 2U);
    EXPECT_EQ(folders->prefixes, std::vector<std::string>{"b/"});
    EXPECT_EQ(run(client_->list_objects({bucket_, "none", "", "", {}}))->objects.size(), 0U);
}

TEST_F(S3Contract, AMissingBucketIsTold) {
    const ObjectName lost{"no-such-bucket-here", "key"};
    EXPECT_EQ(code_of(run(client_->put_object(lost, text_body("text")))), Errc::unavailable);
    EXPECT_EQ(code_of(get_text(*client_, lost)), Errc::unavailable);
    EXPECT_EQ(code_of(run(client_->create_multipart(lost))), Errc::unavailable);
    EXPECT_EQ(code_of(run(client_->list_objects({lost.bucket, "", "", "", {}}))), Errc::not_found);
}

// A configuration that a store does not have is `unsupported`, and never success.
template <class T>
void expect_kept(const Result<>& put, const Result<T>& got, const T& expected,
                 bool may_be_missing) {
    if (may_be_missing && !put) {
        // Swift calls the rules malformed before it says that it has none.
        EXPECT_TRUE(put.error().code == Errc::unsupported || put.error().code == Errc::forbidden ||
                    put.error().code == Errc::invalid)
            << put.error().detail;
        return;
    }
    ASSERT_TRUE(put) << put.error().detail;
    ASSERT_TRUE(got) << got.error().detail;
    EXPECT_EQ(*got, expected);
}

TEST_F(S3Contract, ConfigurationsAreKept) {
    const bool is_fake = target_.kind() == "fake";
    EXPECT_FALSE(run(client_->get_lifecycle(bucket_)));
    const std::vector<LifecycleRule> lifecycle{{"old", "tmp/", true, std::nullopt, 30U}};
    const auto put_rules = run(client_->put_lifecycle(bucket_, lifecycle));
    expect_kept(put_rules, run(client_->get_lifecycle(bucket_)), lifecycle, !is_fake);

    const std::vector<CorsRule> cors{{{"https://a.example"}, {"PUT"}, {"*"}, {"ETag"}, 600U}};
    const auto put_cors = run(client_->put_cors(bucket_, cors));
    expect_kept(put_cors, run(client_->get_cors(bucket_)), cors, !is_fake);
}

TEST_F(S3Contract, APolicyIsKept) {
    if (target_.kind() == "swift" || target_.kind() == "garage") {
        EXPECT_EQ(code_of(run(client_->get_policy(bucket_))), Errc::unsupported);
        EXPECT_EQ(code_of(run(client_->put_policy(bucket_, "{}"))), Errc::unsupported);
        return;
    }
    EXPECT_EQ(code_of(run(client_->get_policy(bucket_))), Errc::not_found);
    const std::string policy =
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",)"
        R"("Action":["s3:GetObject"],"Resource":["arn:aws:s3:::)" +
        bucket_ + R"(/public/*"]}]})";
    const auto put = run(client_->put_policy(bucket_, policy));
    ASSERT_TRUE(put) << put.error().detail;
    const auto got = run(client_->get_policy(bucket_));
    ASSERT_TRUE(got) << got.error().detail;
    EXPECT_TRUE(got->contains("/public/*")) << *got;
}

TEST_F(S3Contract, WhoeverHasAPresignedUrlCanRead) {
    put("key", "text");
    http::Client anybody;
    http::ClientRequest request{
        http::Method::get, client_->presigned_get(name("key"), std::chrono::minutes(1)), {}, {}};
    const auto answer = run(anybody.send(request));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200U) << answer->body;
    EXPECT_EQ(answer->body, "text");
    request.url = client_->presigned_get(name("other"), std::chrono::minutes(1));
    request.url.replace(request.url.find("/other"), 6, "/key");
    EXPECT_EQ(run(anybody.send(request))->status, 403U) << "a URL of another object";
}

}  // namespace
}  // namespace slipway::stores

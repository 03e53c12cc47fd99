// The contract of S3Client, its part about multipart uploads.
#include "adapters/memory/manual_clock.hpp"
#include "hash/crc_combine.hpp"
#include "hash/digester.hpp"
#include "stores/s3_contract.hpp"

namespace slipway::stores {
namespace {

using adapters::s3::ChecksumMode;
using adapters::s3::Metadata;
using adapters::s3::MultipartName;
using adapters::s3::ObjectChecksum;
using adapters::s3::PartList;
using adapters::s3::Replace;
using adapters::s3::StoredPart;

constexpr std::size_t kPart = 5 << 20;

class S3Multipart : public S3Contract {
 protected:
    MultipartName begin(const std::string& key, S3Client& client,
                        ObjectChecksum checksum = ObjectChecksum::none) {
        const auto id = run(client.create_multipart(
            name(key), {"text/x-parts", Metadata{{"slipway-upload", "0123"}}}, checksum));
        EXPECT_TRUE(id) << id.error().detail;
        return {name(key), id.value_or("none")};
    }
    MultipartName begin(const std::string& key) { return begin(key, *client_); }

    StoredPart send(const MultipartName& upload, std::uint32_t number, const std::string& text) {
        const auto part = run(client_->upload_part(upload, PartNumber(number), text_body(text)));
        EXPECT_TRUE(part) << part.error().detail;
        return part.value_or(StoredPart{PartNumber(number), "none", {}});
    }

    Result<std::string> complete(const MultipartName& upload, PartList list) {
        return run(client_->complete_multipart(upload, std::move(list)));
    }
};

TEST_F(S3Multipart, PartsBecomeAnObjectAtTheEnd) {
    const std::string first = some_bytes(kPart, 11);
    const std::string second = some_bytes(kPart + 1, 12);
    const std::string tail = some_bytes(1000, 13);
    const auto upload = begin("dir/file");
    std::vector<StoredPart> parts(3);
    parts[2] = send(upload, 7, tail);
    parts[0] = send(upload, 1, first);
    parts[1] = send(upload, 3, second);
    EXPECT_EQ(code_of(run(client_->head_object(name("dir/file")))), Errc::not_found);

    const auto etag = complete(upload, {.parts = parts, .size = {}, .crc64nvme = {}});
    ASSERT_TRUE(etag) << etag.error().detail;
    const auto info = run(client_->head_object(name("dir/file")));
    ASSERT_TRUE(info) << info.error().detail;
    EXPECT_EQ(*etag, can_.tells_complete_etag ? info->etag : "");
    EXPECT_EQ(info->size, ByteCount(2 * kPart + 1001));
    EXPECT_EQ(info->attributes.content_type, "text/x-parts");
    EXPECT_EQ(info->attributes.metadata.at("slipway-upload"), "0123");
    EXPECT_EQ(get_text(*client_, name("dir/file")), first + second + tail);
    // Swift goes on to know an upload by the parts that the object is made of.
    EXPECT_EQ(code_of(run(client_->list_parts(upload))),
              target_.kind() == "swift" ? std::nullopt : std::optional(Errc::not_found));
}

TEST_F(S3Multipart, PartsAreListedInPages) {
    const auto upload = begin("key");
    for (const std::uint32_t number : {4U, 2U, 9U}) {
        send(upload, number, std::string(number, 'x'));
    }
    std::vector<std::uint32_t> numbers;
    std::optional<PartNumber> after;
    do {
        const auto page = run(client_->list_parts(upload, after, 2));
        ASSERT_TRUE(page) << page.error().detail;
        for (const auto& part : page->parts) {
            numbers.push_back(part.number.value());
            EXPECT_EQ(part.size, ByteCount(part.number.value()));
            EXPECT_FALSE(part.etag.empty());
        }
        after = page->next;
    } while (after);
    EXPECT_EQ(numbers, (std::vector<std::uint32_t>{2, 4, 9}));
}

TEST_F(S3Multipart, TheLastBytesOfAPartCount) {
    const auto upload = begin("key");
    const StoredPart before = send(upload, 1, "before");
    const StoredPart after = send(upload, 1, "after");
    EXPECT_NE(before.etag, after.etag);
    EXPECT_EQ(code_of(complete(upload, {.parts = {before}, .size = {}, .crc64nvme = {}})),
              Errc::conflict);
    EXPECT_TRUE(complete(upload, {.parts = {after}, .size = {}, .crc64nvme = {}}));
    EXPECT_EQ(get_text(*client_, name("key")), "after");
}

TEST_F(S3Multipart, ACompleteThatDoesNotFitIsRefused) {
    const auto upload = begin("key");
    const StoredPart small = send(upload, 1, "small");
    const StoredPart last = send(upload, 2, "last");
    const StoredPart missing{PartNumber(3), small.etag, {}};
    if (can_.smallest_part > 1_B) {
        EXPECT_EQ(code_of(complete(upload, {.parts = {small, last}, .size = {}, .crc64nvme = {}})),
                  Errc::invalid)
            << "only the last part may be small";
    }
    EXPECT_EQ(code_of(complete(upload, {.parts = {missing}, .size = {}, .crc64nvme = {}})),
              Errc::conflict);
    EXPECT_EQ(code_of(complete(upload, {.parts = {last, small}, .size = {}, .crc64nvme = {}})),
              Errc::invalid);
    EXPECT_EQ(code_of(complete(upload, {})), Errc::invalid);
    EXPECT_TRUE(run(client_->list_parts(upload))) << "it is still open";
}

TEST_F(S3Multipart, AnUploadThatIsNotThereIsNotFound) {
    auto upload = begin("key");
    const StoredPart part = send(upload, 1, "text");
    EXPECT_TRUE(run(client_->abort_multipart(upload)));
    EXPECT_EQ(code_of(run(client_->list_parts(upload))), Errc::not_found);
    const auto again = run(client_->abort_multipart(upload));
    EXPECT_TRUE(again || again.error().code == Errc::not_found) << "MinIO says yes";
    EXPECT_EQ(code_of(run(client_->upload_part(upload, PartNumber(1), text_body("x")))),
              Errc::not_found);
    // Ceph 16 answers 500, which says nothing.
    EXPECT_EQ(code_of(complete(upload, {.parts = {part}, .size = {}, .crc64nvme = {}})),
              target_.kind() == "ceph" ? Errc::outcome_unknown : Errc::not_found);
    EXPECT_EQ(code_of(run(client_->head_object(name("key")))), Errc::not_found);
}

TEST_F(S3Multipart, AnotherCompleteOfTheSameUploadDoesNoHarm) {
    const auto upload = begin("key");
    const PartList list{.parts = {send(upload, 1, "text")}, .size = {}, .crc64nvme = {}};
    EXPECT_TRUE(complete(upload, list));
    const auto again = complete(upload, list);
    EXPECT_TRUE(again || again.error().code == Errc::not_found) << again.error().detail;
    EXPECT_EQ(get_text(*client_, name("key")), "text");
}

TEST_F(S3Multipart, OpenUploadsAreListedInPages) {
    std::vector<std::string> ids;
    for (const std::string key : {"a/1", "a/2", "b+ c"}) {
        ids.push_back(begin(key).upload_id);
    }
    std::vector<std::string> found;
    adapters::s3::MultipartQuery query{bucket_, "", std::nullopt, 1};
    do {
        const auto page = run(client_->list_multiparts(query));
        ASSERT_TRUE(page) << page.error().detail;
        for (const auto& upload : page->uploads) {
            found.push_back(upload.upload_id);
            EXPECT_TRUE(upload.initiated);
        }
        query.after = page->next;
        if (query.after && target_.kind() == "versitygw") {
            // It looks for the upload behind the key that it is of, and does not find it.
            query.after->upload_id.clear();
        }
    } while (query.after && found.size() < 9);
    EXPECT_EQ(found, ids);
    const auto last = run(client_->list_multiparts({bucket_, "b+ c", {}}));
    ASSERT_EQ(last->uploads.size(), 1U);
    EXPECT_EQ(last->uploads[0].key, "b+ c");
}

TEST_F(S3Multipart, UploadsOfOneKeyAreIndependent) {
    const auto one = begin("key");
    const auto two = begin("key");
    EXPECT_NE(one.upload_id, two.upload_id);
    EXPECT_EQ(run(client_->list_multiparts({bucket_, "key", {}}))->uploads.size(), 2U);
    const PartList first{.parts = {send(one, 1, "one")}, .size = {}, .crc64nvme = {}};
    const PartList second{.parts = {send(two, 1, "two")}, .size = {}, .crc64nvme = {}};
    EXPECT_TRUE(complete(two, second));
    EXPECT_EQ(get_text(*client_, name("key")), "two");
    if (target_.kind() == "garage") {
        // What began before the object that is there now is gone.
        EXPECT_EQ(code_of(complete(one, first)), Errc::not_found);
        return;
    }
    EXPECT_TRUE(complete(one, first));
    EXPECT_EQ(get_text(*client_, name("key")), "one");
}

TEST_F(S3Multipart, APartCanBeCopiedFromAnObject) {
    const std::string source = some_bytes(kPart + 5000, 14);
    put("dir/source +1", source);
    const auto upload = begin("key");
    const auto copied = run(client_->copy_part(upload, PartNumber(1), name("dir/source +1"),
                                               ByteRange{ByteOffset(1000), ByteCount(kPart)}));
    ASSERT_TRUE(copied) << copied.error().detail;
    const PartList list{.parts = {*copied, send(upload, 2, "end")}, .size = {}, .crc64nvme = {}};
    ASSERT_TRUE(complete(upload, list));
    EXPECT_EQ(get_text(*client_, name("key")), source.substr(1000, kPart) + "end");
    EXPECT_EQ(code_of(run(client_->copy_part(upload, PartNumber(1), name("none"), {}))),
              Errc::not_found);
}

TEST_F(S3Multipart, ACompleteDoesNotReplaceWhereThatIsForbidden) {
    put("key", "there before");
    const auto upload = begin("key");
    const PartList list{
        .parts = {send(upload, 1, "new")}, .size = {}, .crc64nvme = {}, .replace = Replace::never};
    const auto completed = complete(upload, list);
    if (!can_.conditional_complete && completed) {
        EXPECT_EQ(get_text(*client_, name("key")), "new") << "the condition was not looked at";
        return;
    }
    EXPECT_EQ(code_of(completed), Errc::conflict);
    EXPECT_EQ(get_text(*client_, name("key")), "there before");
}

TEST_F(S3Multipart, TheWholeIsHeldAgainstItsChecksum) {
    if (!can_.whole_checksums || !can_.trailing_checksums) {
        return;  // the probe's test is where that shows
    }
    Endpoint endpoint = target_.endpoint();
    endpoint.checksums = ChecksumMode::trailer;
    const auto trailing = target_.client(endpoint);
    const auto upload = begin("key", *trailing, ObjectChecksum::crc64nvme);
    const std::string first = some_bytes(kPart, 15);
    const std::string tail = some_bytes(77, 16);
    PartList list;
    for (const auto& [number, text] : {std::pair(1U, first), std::pair(2U, tail)}) {
        auto part = run(trailing->upload_part(upload, PartNumber(number), text_body(text)));
        ASSERT_TRUE(part) << part.error().detail;
        part->crc64nvme = crc64_of(text);
        list.parts.push_back(*part);
    }
    const auto listed = run(trailing->list_parts(upload));
    ASSERT_TRUE(listed) << listed.error().detail;
    EXPECT_EQ(listed->parts.at(0).crc64nvme, crc64_of(first));

    list.size = ByteCount(first.size() + tail.size());
    list.crc64nvme = crc64_of(first + tail + "x");
    EXPECT_EQ(code_of(complete(upload, list)), Errc::corrupted);
    list.crc64nvme = crc64_of(first + tail);
    const auto completed = complete(upload, list);
    ASSERT_TRUE(completed) << completed.error().detail;
    EXPECT_EQ(run(client_->head_object(name("key")))->crc64nvme, crc64_of(first + tail));
}

TEST_F(S3Multipart, WhoeverHasAPresignedUrlCanSendThatPart) {
    const auto upload = begin("key");
    http::Client anybody;
    http::ClientRequest request{
        http::Method::put,
        client_->presigned_part(upload, PartNumber(1), std::chrono::minutes(1)),
        {},
        "sent by anybody"};
    const auto answer = run(anybody.send(request));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200U) << answer->body;
    const auto page = run(client_->list_parts(upload));
    ASSERT_EQ(page->parts.size(), 1U);
    EXPECT_EQ(page->parts[0].size, ByteCount(15));
    request.url.replace(request.url.find("partNumber=1"), 12, "partNumber=2");
    EXPECT_EQ(run(anybody.send(request))->status, 403U);
}

TEST_F(S3Multipart, AnExactPartIsTakenAsItsUrlDemandsOrNotAtAll) {
    const std::string body = "the body that was announced";
    const Sha256 digest = hash::sha256(std::as_bytes(std::span(body)));
    auto id = run(client_->create_multipart(name("key"), {}, ObjectChecksum::part_sha256));
    if (!can_.checks_direct_parts && !id) {
        return;
    }
    ASSERT_TRUE(id) << id.error().detail;
    const MultipartName upload{name("key"), *id};
    http::Client anybody;
    const auto status_of = [&](std::uint32_t number, std::string sent, bool has_fields = true) {
        const auto call = client_->presigned_part(
            upload, PartNumber(number), {ByteCount(body.size()), digest}, std::chrono::minutes(1));
        http::ClientRequest request{http::Method::put, call.url, {}, std::move(sent)};
        for (const auto& [field, value] : call.headers) {
            if (has_fields && field.starts_with("x-")) {
                request.headers.add(field, value);
            }
        }
        const auto answer = run(anybody.send(request));
        return answer ? answer->status : 0;
    };
    EXPECT_EQ(status_of(1, body), 200U);
    EXPECT_GE(status_of(2, body + "?"), 400U) << "the length is signed everywhere";
    EXPECT_GE(status_of(3, body, false), 400U) << "so is the digest";
    const unsigned wrong = status_of(4, std::string(body.size(), '?'));
    const auto page = run(client_->list_parts(upload));
    if (!can_.checks_direct_parts) {
        EXPECT_FALSE(page->parts.at(0).sha256 && wrong >= 400U) << "it could take direct parts";
        return;
    }
    EXPECT_GE(wrong, 400U);
    ASSERT_EQ(page->parts.size(), 1U);
    EXPECT_EQ(page->parts[0].sha256, digest);
    PartList list{.parts = {{PartNumber(1), page->parts[0].etag, {}, digest}},
                  .size = ByteCount(body.size()),
                  .crc64nvme = {}};
    list.parts[0].sha256 = hash::sha256({});
    EXPECT_FALSE(run(client_->complete_multipart(upload, list))) << "of another part";
    list.parts[0].sha256 = digest;
    const auto completed = run(client_->complete_multipart(upload, list));
    ASSERT_TRUE(completed) << completed.error().detail;
    EXPECT_EQ(run(client_->head_object(name("key")))->size, ByteCount(body.size()));
}

class S3Access : public S3Contract {
 protected:
    std::optional<Errc> head_with(sigv4::Credentials credentials, const ports::Clock& clock,
                                  const std::string& region = "us-east-1") {
        Endpoint endpoint = target_.endpoint();
        endpoint.region = region;
        const auto client = *S3Client::make(endpoint, std::move(credentials), clock);
        const auto listed = run(client->list_objects({bucket_, "", "", "", {}}));
        EXPECT_FALSE(!listed && listed.error().detail.contains(target_.credentials().secret_key));
        return code_of(listed);
    }
    adapters::system::SystemClock clock_;
};

TEST_F(S3Access, WrongKeysOrRegionAreUnauthorised) {
    auto credentials = target_.credentials();
    EXPECT_EQ(head_with(credentials, clock_), std::nullopt);
    // Garage has one code for all that it forbids.
    const Errc refused = target_.kind() == "garage" ? Errc::forbidden : Errc::unauthorised;
    credentials.secret_key += "x";
    EXPECT_EQ(head_with(credentials, clock_), refused);
    credentials = target_.credentials();
    credentials.access_key += "x";
    EXPECT_EQ(head_with(credentials, clock_), refused);
    // Ceph takes any region.
    EXPECT_EQ(head_with(target_.credentials(), clock_, "mars-north-1"),
              target_.kind() == "ceph" ? std::nullopt : std::optional(Errc::unauthorised));
}

TEST_F(S3Access, AClockThatIsWrongIsCorrectedByThatOfTheStore) {
    for (const auto off : {std::chrono::minutes(20), std::chrono::minutes(-20)}) {
        const adapters::memory::ManualClock clock(clock_.wall() + off);
        EXPECT_EQ(head_with(target_.credentials(), clock), std::nullopt) << off.count();
    }
}

TEST_F(S3Access, AStreamThatWasRefusedForItsTimeIsSentBySomebodyElse) {
    const adapters::memory::ManualClock clock(clock_.wall() + std::chrono::minutes(20));
    const auto client = *S3Client::make(target_.endpoint(), target_.credentials(), clock);
    const auto send = [&] { return run(client->put_object(name("key"), text_body("text"))); };
    // Garage takes calls of the same day.
    EXPECT_EQ(code_of(send()),
              target_.kind() == "garage" ? std::nullopt : std::optional(Errc::unavailable));
    EXPECT_EQ(code_of(send()), std::nullopt) << "the store's clock is known now";
    EXPECT_TRUE(run(client->head_object(name("key"))));
}

}  // namespace
}  // namespace slipway::stores

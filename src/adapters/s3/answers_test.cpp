#include "adapters/s3/answers.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::s3 {
namespace {

constexpr std::string_view kEtag = "<ETag>&quot;abc-2&quot;</ETag>";

TEST(Answers, AnEtagIsOpaqueAndWithoutItsQuotes) {
    EXPECT_EQ(bare_etag("\"abc\""), "abc");
    EXPECT_EQ(bare_etag("abc"), "abc");
    EXPECT_EQ(bare_etag("\"CRC64NVME-AAAAAAAAAAA=\""), "CRC64NVME-AAAAAAAAAAA=");
    EXPECT_EQ(bare_etag(""), "");
    EXPECT_EQ(bare_etag("\""), "\"");
}

TEST(Answers, AChecksumOfPartsIsNoneOfTheObject) {
    EXPECT_EQ(value_of(*parse_crc64nvme("AAAAAAAAAAE=")), 1U);
    EXPECT_FALSE(parse_crc64nvme("AAAAAAAAAAE=-3"));
    EXPECT_FALSE(parse_crc64nvme("AAAAAA=="));
    EXPECT_FALSE(parse_crc64nvme(""));
}

TEST(Answers, ErrorsTellWhatTheySay) {
    const auto error = parse_error(
        404, "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>m</Message></Error>");
    EXPECT_EQ(error.status, 404U);
    EXPECT_EQ(error.code, "NoSuchKey");
    EXPECT_EQ(error.message, "m");
    EXPECT_EQ(parse_error(502, "<html>Bad gateway").code, "");
    EXPECT_EQ(parse_error(502, "<html/>").code, "");
    EXPECT_LE(parse_error(500, "<Error><Message>" + std::string(9000, 'm') + "</Message></Error>")
                  .message.size(),
              512U);
}

TEST(Answers, CreateMultipartGivesAnId) {
    EXPECT_EQ(*parse_create_multipart("<InitiateMultipartUploadResult xmlns=\"x\"><Key>k</Key>"
                                      "<UploadId>u/+=1</UploadId></InitiateMultipartUploadResult>"),
              "u/+=1");
    EXPECT_FALSE(parse_create_multipart("<InitiateMultipartUploadResult/>"));
    EXPECT_FALSE(parse_create_multipart("<Other><UploadId>u</UploadId></Other>"));
}

TEST(Answers, PartsInPages) {
    const auto page = parse_part_page(
        "<ListPartsResult><NextPartNumberMarker>7</NextPartNumberMarker>"
        "<IsTruncated>true</IsTruncated>"
        "<Part><PartNumber>3</PartNumber><ETag>\"a\"</ETag><Size>5242880</Size>"
        "<ChecksumCRC64NVME>AAAAAAAAAAE=</ChecksumCRC64NVME></Part>"
        "<Part><Size>0</Size><ETag>b</ETag><PartNumber>7</PartNumber></Part></ListPartsResult>");
    ASSERT_TRUE(page) << page.error().detail;
    ASSERT_EQ(page->parts.size(), 2U);
    EXPECT_EQ(page->parts[0].number, PartNumber(3));
    EXPECT_EQ(page->parts[0].etag, "a");
    EXPECT_EQ(page->parts[0].size, 5_MiB);
    EXPECT_EQ(page->parts[0].crc64nvme, crc64nvme_from(1));
    EXPECT_EQ(page->parts[1].size, 0_B);
    EXPECT_EQ(page->next, PartNumber(7));
    EXPECT_EQ(parse_part_page("<ListPartsResult/>")->next, std::nullopt);
}

TEST(Answers, APartWithoutItsNumberSizeOrEtagIsRefused) {
    for (const std::string_view part :
         {"<ETag>a</ETag><Size>1</Size>", "<PartNumber>1</PartNumber><ETag>a</ETag>",
          "<PartNumber>1</PartNumber><Size>1</Size>",
          "<PartNumber>0</PartNumber><ETag>a</ETag><Size>1</Size>",
          "<PartNumber>1</PartNumber><ETag>a</ETag><Size>-1</Size>"}) {
        EXPECT_FALSE(parse_part_page("<ListPartsResult><Part>" + std::string(part) +
                                     "</Part></ListPartsResult>"))
            << part;
    }
}

TEST(Answers, AListThatGoesOnHasToSayWhere) {
    const std::string more = "<IsTruncated>true</IsTruncated>";
    EXPECT_FALSE(parse_part_page("<ListPartsResult>" + more + "</ListPartsResult>"));
    EXPECT_FALSE(parse_object_page("<ListBucketResult>" + more + "</ListBucketResult>"));
    EXPECT_FALSE(parse_multipart_page("<ListMultipartUploadsResult>" + more +
                                      "</ListMultipartUploadsResult>"));
}

TEST(Answers, UploadsInPages) {
    const auto page = parse_multipart_page(
        "<ListMultipartUploadsResult><EncodingType>url</EncodingType>"
        "<IsTruncated>true</IsTruncated><NextKeyMarker>a%2Fb</NextKeyMarker>"
        "<NextUploadIdMarker>u</NextUploadIdMarker>"
        "<Upload><Key>a+b%2Bc%2Fd</Key><UploadId>u</UploadId>"
        "<Initiated>2026-11-22T19:16:00.123Z</Initiated></Upload></ListMultipartUploadsResult>");
    ASSERT_TRUE(page) << page.error().detail;
    ASSERT_EQ(page->uploads.size(), 1U);
    EXPECT_EQ(page->uploads[0].key, "a b+c/d");
    EXPECT_EQ(format_rfc3339(*page->uploads[0].initiated), "2026-11-22T19:16:00.123Z");
    EXPECT_EQ(page->next->key, "a/b");
    EXPECT_EQ(page->next->upload_id, "u");
}

TEST(Answers, APageWithoutAMarkerGoesOnBehindItsLastUpload) {
    const std::string truncated =
        "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker/>";
    const auto page = parse_multipart_page(truncated +
                                           "<Upload><Key>a</Key><UploadId>1</UploadId></Upload>"
                                           "<Upload><Key>b+</Key><UploadId>2</UploadId></Upload>"
                                           "</ListMultipartUploadsResult>");
    ASSERT_TRUE(page) << page.error().detail;
    EXPECT_EQ(page->next->key, "b+");
    EXPECT_EQ(page->next->upload_id, "2");
    EXPECT_FALSE(parse_multipart_page(truncated + "</ListMultipartUploadsResult>"))
        << "it would be asked for again and again";
}

TEST(Answers, ObjectsInPages) {
    const auto page = parse_object_page(
        "<ListBucketResult><Contents><Key>a+b%2</Key><Size>9</Size>" + std::string(kEtag) +
        "<LastModified>2026-11-22T19:16:00Z</LastModified></Contents>"
        "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"
        "<IsTruncated>true</IsTruncated><NextContinuationToken>t=</NextContinuationToken>"
        "</ListBucketResult>");
    ASSERT_TRUE(page) << page.error().detail;
    // Not encoded, since the answer does not say so.
    EXPECT_EQ(page->objects[0].key, "a+b%2");
    EXPECT_EQ(page->objects[0].etag, "abc-2");
    EXPECT_EQ(page->prefixes, std::vector<std::string>{"p/"});
    EXPECT_EQ(page->next, "t=");
    EXPECT_FALSE(
        parse_object_page("<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%2"
                          "</Key><Size>9</Size></Contents></ListBucketResult>"));
}

TEST(Answers, Buckets) {
    EXPECT_EQ(*parse_bucket_list("<ListAllMyBucketsResult><Owner/><Buckets><Bucket><Name>a</Name>"
                                 "</Bucket><Bucket><Name>b</Name></Bucket></Buckets>"
                                 "</ListAllMyBucketsResult>"),
              (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(parse_bucket_list("<ListAllMyBucketsResult/>")->empty());
}

TEST(Answers, ACompleteMayFailInsideOfA200) {
    const auto outcome = [](std::string_view body) {
        return parse_late_outcome(body, "CompleteMultipartUploadResult");
    };
    EXPECT_EQ(outcome(" \n \n<CompleteMultipartUploadResult>" + std::string(kEtag) +
                      "</CompleteMultipartUploadResult>")
                  ->etag,
              "abc-2");
    EXPECT_EQ(outcome("<CompleteMultipartUploadResult/>")->etag, "");
    const auto failed = outcome("  <Error><Code>InternalError</Code></Error>");
    EXPECT_EQ(failed->error->code, "InternalError");
    EXPECT_EQ(failed->error->status, 200U);
    EXPECT_FALSE(outcome("   "));
    EXPECT_FALSE(outcome("<CopyPartResult/>"));
    EXPECT_FALSE(outcome("<CompleteMultipartUploadResult><ETag>"));
}

}  // namespace
}  // namespace slipway::adapters::s3

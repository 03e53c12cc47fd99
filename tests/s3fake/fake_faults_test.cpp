// Every fault fires, does what it says to the fake's state, and is told to a caller of S3Client as
// what he has to make of it.
#include "s3fake/fake_faults.hpp"

#include <gtest/gtest.h>

#include "s3fake/fake_rig.hpp"

namespace slipway::s3fake {
namespace {

using adapters::s3::MultipartName;
using adapters::s3::ObjectName;
using adapters::s3::PartList;

struct FaultRow {
    Fault fault;
    std::optional<Errc> put;       // PutObject, whose body streams
    std::optional<Errc> complete;  // CompleteMultipartUpload
    std::optional<Errc> head;
    bool is_done;
};

const FaultRow kRows[] = {
    {Fault::none, {}, {}, {}, true},
    {Fault::internal_error, Errc::outcome_unknown, Errc::outcome_unknown, Errc::unavailable, false},
    {Fault::late_error, Errc::outcome_unknown, Errc::outcome_unknown, Errc::unavailable, true},
    {Fault::slow_down, Errc::throttled, Errc::throttled, Errc::unavailable, false},
    {Fault::cut_before, Errc::outcome_unknown, Errc::outcome_unknown, Errc::unavailable, false},
    // The HTTP client itself asks again where a connection that it had kept ends under a HEAD.
    {Fault::lost_answer, Errc::outcome_unknown, Errc::outcome_unknown, {}, true},
    {Fault::cut_in_answer, Errc::outcome_unknown, Errc::outcome_unknown, {}, true},
    {Fault::slow, {}, {}, {}, true},
};

template <class T>
std::optional<Errc> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

class Faults : public testing::Test {
 protected:
    MultipartName begin(const std::string& key) {
        return {FakeRig::name(key), *run(rig_.client->create_multipart(FakeRig::name(key)))};
    }
    PartList send_one(const MultipartName& upload) {
        return {.parts = {*run(rig_.client->upload_part(upload, PartNumber(1), body_of("text")))},
                .size = {},
                .crc64nvme = {}};
    }
    FakeRig rig_;
};

TEST_F(Faults, AreToldAsWhatTheyMean) {
    unsigned count = 0;
    for (const FaultRow& row : kRows) {
        SCOPED_TRACE(static_cast<int>(row.fault));
        const std::string key = "key" + std::to_string(++count);
        rig_.fake.faults().next("PutObject", row.fault);
        EXPECT_EQ(code_of(run(rig_.client->put_object(FakeRig::name(key), body_of("text")))),
                  row.put);
        EXPECT_EQ(rig_.has(key), row.is_done);

        const std::string other = key + "-parts";
        const auto upload = begin(other);
        const auto list = send_one(upload);
        rig_.fake.faults().next("CompleteMultipartUpload", row.fault);
        EXPECT_EQ(code_of(run(rig_.client->complete_multipart(upload, list))), row.complete);
        EXPECT_EQ(rig_.has(other), row.is_done);
        // What became of it can be read back.
        EXPECT_EQ(code_of(run(rig_.client->list_parts(upload))),
                  row.is_done ? std::optional(Errc::not_found) : std::nullopt);
        EXPECT_EQ(run(rig_.client->head_object(FakeRig::name(other))).has_value(), row.is_done);

        if (row.is_done) {
            rig_.fake.faults().next("HeadObject", row.fault);
            EXPECT_EQ(code_of(run(rig_.client->head_object(FakeRig::name(key)))), row.head);
        }
        EXPECT_EQ(rig_.fake.faults().fired(row.fault), row.fault == Fault::none ? 0U
                                                       : row.is_done            ? 3U
                                                                                : 2U);
    }
}

TEST_F(Faults, AnErrorInsideOfA200IsSeen) {
    for (const Fault fault : {Fault::error_in_200, Fault::late_error_in_200}) {
        const std::string key = fault == Fault::error_in_200 ? "a" : "b";
        const auto upload = begin(key);
        const auto list = send_one(upload);
        rig_.fake.faults().next("CompleteMultipartUpload", fault);
        EXPECT_EQ(code_of(run(rig_.client->complete_multipart(upload, list))),
                  Errc::outcome_unknown);
        EXPECT_EQ(rig_.has(key), fault == Fault::late_error_in_200);
        rig_.fake.faults().next("UploadPartCopy", fault);
        const auto other = begin("copy");
        EXPECT_EQ(code_of(run(rig_.client->copy_part(other, PartNumber(1), FakeRig::name("b"),
                                                     std::nullopt))),
                  Errc::outcome_unknown);
    }
}

TEST_F(Faults, ACutAnswerToAReadIsUnavailable) {
    ASSERT_TRUE(
        run(rig_.client->put_object(FakeRig::name("key"), body_of(std::string(9000, 'x')))));
    rig_.fake.faults().next("GetObject", Fault::cut_in_answer);
    rig_.fake.faults().next("GetObject", Fault::internal_error);
    rig_.fake.faults().next("GetObject", Fault::slow_down);
    const auto get = [&] {
        return code_of(run(rig_.client->get_object(FakeRig::name("key"), {}, nullptr)));
    };
    EXPECT_EQ(get(), Errc::unavailable);
    EXPECT_EQ(get(), Errc::unavailable);
    EXPECT_EQ(get(), Errc::throttled);
    EXPECT_EQ(get(), std::nullopt);
}

TEST_F(Faults, AStoreThatWantsToBeLeftAloneSaysForHowLong) {
    EXPECT_EQ(rig_.client->wished_pause().count(), 0);
    rig_.fake.faults().next("HeadBucket", Fault::slow_down);
    EXPECT_FALSE(run(rig_.client->head_bucket("bucket")));
    EXPECT_GT(rig_.client->wished_pause().count(), 0);
    EXPECT_LE(rig_.client->wished_pause().count(), 1000);
}

TEST_F(Faults, AListMayTellOfThePast) {
    for (const std::string key : {"a", "b", "c", "d"}) {
        ASSERT_TRUE(run(rig_.client->put_object(FakeRig::name(key), body_of(key))));
    }
    const auto count = [&] {
        return run(rig_.client->list_objects({"bucket", "", "", "", {}}))->objects.size();
    };
    rig_.fake.faults().next("ListObjectsV2", Fault::stale_list);
    EXPECT_EQ(count(), 1U);
    EXPECT_EQ(count(), 4U);
}

TEST(LateAbort, CanBreakWhatWasCompleted) {
    for (const LateAbort late_abort : {LateAbort::unknown, LateAbort::breaks_the_object}) {
        FakeOptions options;
        options.late_abort = late_abort;
        FakeRig rig(options);
        const ObjectName name = FakeRig::name("key");
        const MultipartName upload{name, *run(rig.client->create_multipart(name))};
        const auto part = run(rig.client->upload_part(upload, PartNumber(1), body_of("text")));
        ASSERT_TRUE(run(rig.client->complete_multipart(
            upload, {.parts = {*part}, .size = {}, .crc64nvme = {}})));
        const bool breaks = late_abort == LateAbort::breaks_the_object;
        EXPECT_EQ(code_of(run(rig.client->abort_multipart(upload))),
                  breaks ? std::nullopt : std::optional(Errc::not_found));
        EXPECT_TRUE(run(rig.client->head_object(name)));
        EXPECT_EQ(code_of(run(rig.client->get_object(name, {}, nullptr))),
                  breaks ? std::optional(Errc::conflict) : std::nullopt);
    }
}

TEST_F(Faults, AServerThatIsGoneWasNotAsked) {
    rig_.fake.go_down();
    EXPECT_EQ(code_of(run(rig_.client->put_object(FakeRig::name("key"), body_of("text")))),
              Errc::unavailable);
    EXPECT_EQ(code_of(run(rig_.client->create_multipart(FakeRig::name("key")))), Errc::unavailable);
    rig_.fake.come_back();
    EXPECT_EQ(code_of(run(rig_.client->put_object(FakeRig::name("key"), body_of("text")))),
              std::nullopt);
}

TEST_F(Faults, ABodyThatFailsLeavesNothing) {
    const std::string large(3 << 20, 'x');
    EXPECT_EQ(code_of(run(rig_.client->put_object(FakeRig::name("key"), body_of(large, 100'000)))),
              Errc::corrupted);
    EXPECT_FALSE(rig_.has("key"));
    EXPECT_EQ(rig_.fake.faults().calls("PutObject"), 0U) << "it never had the whole of it";
}

TEST_F(Faults, AnAnswerThatDoesNotComeInTimeLeavesTheOutcomeOpen) {
    auto endpoint = rig_.endpoint;
    endpoint.stall_timeout = std::chrono::milliseconds(50);
    const auto hasty = rig_.make_client(endpoint);
    rig_.fake.faults().next("PutObject", Fault::slow);
    rig_.fake.faults().next("HeadObject", Fault::slow);
    EXPECT_EQ(code_of(run(hasty->put_object(FakeRig::name("key"), body_of("text")))),
              Errc::outcome_unknown);
    EXPECT_EQ(code_of(run(hasty->head_object(FakeRig::name("key")))), Errc::deadline_exceeded);
}

TEST(FakeFaults, ComeAfterAsManyCallsAsTheyAreTold) {
    FakeFaults faults;
    faults.next("A", Fault::slow, 2);
    faults.next("A", Fault::lost_answer);
    EXPECT_EQ(faults.draw("A"), Fault::none);
    EXPECT_EQ(faults.draw("B"), Fault::none);
    EXPECT_EQ(faults.draw("A"), Fault::none);
    EXPECT_EQ(faults.draw("A"), Fault::slow);
    EXPECT_EQ(faults.draw("A"), Fault::lost_answer);
    EXPECT_EQ(faults.draw("A"), Fault::none);
    EXPECT_EQ(faults.calls("A"), 5U);
    EXPECT_EQ(faults.fired(), 2U);
}

TEST(FakeFaults, OneComesAtACallOfAnyOperation) {
    FakeFaults faults;
    faults.next_of_all(Fault::slow, 1);
    EXPECT_EQ(faults.draw("A"), Fault::none);
    EXPECT_EQ(faults.draw("B"), Fault::slow);
    EXPECT_EQ(faults.draw("B"), Fault::none);
    EXPECT_EQ(faults.fired(), 1U);
}

TEST(FakeFaults, ByChanceAnErrorInsideOfA200ComesWhereS3HasIt) {
    FakeFaults faults;
    faults.by_chance(1, 1.0, {Fault::late_error_in_200});
    EXPECT_EQ(faults.draw("PutObject"), Fault::none);
    EXPECT_EQ(faults.draw("DeleteObject"), Fault::none);
    EXPECT_EQ(faults.draw("CompleteMultipartUpload"), Fault::late_error_in_200);
    EXPECT_EQ(faults.draw("UploadPartCopy"), Fault::late_error_in_200);
}

TEST(FakeFaults, OfOneSeedAreTheSame) {
    const auto drawn = [](std::uint64_t seed) {
        FakeFaults faults;
        faults.by_chance(seed, 0.25, {Fault::slow_down, Fault::lost_answer});
        std::vector<Fault> all;
        for (int i = 0; i < 1000; ++i) {
            all.push_back(faults.draw("A"));
        }
        EXPECT_NEAR(faults.fired(), 250, 60);
        faults.none();
        EXPECT_EQ(faults.draw("A"), Fault::none);
        return all;
    };
    EXPECT_EQ(drawn(1), drawn(1));
    EXPECT_NE(drawn(1), drawn(2));
}

}  // namespace
}  // namespace slipway::s3fake

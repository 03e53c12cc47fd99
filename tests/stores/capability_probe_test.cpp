// What the probe finds at the fake in its different kinds, and which errors end it.
#include "adapters/s3/capability_probe.hpp"

#include <gtest/gtest.h>

#include "s3fake/fake_rig.hpp"

namespace slipway::stores {
namespace {

using adapters::s3::Capabilities;
using adapters::s3::CapabilityProbe;
using s3fake::FakeOptions;
using s3fake::FakeRig;
using s3fake::run;

Result<Capabilities> probe(FakeRig& rig, const std::string& bucket = "bucket") {
    const auto made =
        CapabilityProbe::make(rig.endpoint, rig.fake.options().credentials, rig.clock);
    return made ? run((*made)->run(bucket, "probe")) : std::unexpected(made.error());
}

Capabilities found_at(FakeOptions options) {
    FakeRig rig(std::move(options));
    const auto found = probe(rig);
    EXPECT_TRUE(found) << found.error().detail;
    const auto state = rig.fake.state().buckets.at("bucket");
    EXPECT_TRUE(state.objects.empty()) << "it removes what it made";
    EXPECT_TRUE(state.uploads.empty());
    return found.value_or(Capabilities{});
}

FakeOptions complete_store() {
    FakeOptions options;
    options.min_part = 5_MiB;
    return options;
}

constexpr Capabilities kAll{.conditional_put = true,
                            .conditional_complete = true,
                            .checks_checksums = true,
                            .trailing_checksums = true,
                            .whole_checksums = true,
                            .checks_size = true,
                            .copies_parts = true,
                            .lists_at_once = true,
                            .replays_complete = false,
                            .tells_complete_etag = true,
                            .smallest_part = 5_MiB,
                            .checks_direct_parts = true};

TEST(CapabilityProbe, FindsAllOfACompleteStore) {
    EXPECT_EQ(found_at(complete_store()), kAll);
}

TEST(CapabilityProbe, FindsEachThingThatIsMissingAlone) {
    struct Row {
        void (*lose)(FakeOptions&);
        void (*expect)(Capabilities&);
    };
    const Row rows[] = {
        {[](FakeOptions& o) { o.put_condition = s3fake::Condition::ignored; },
         [](Capabilities& c) { c.conditional_put = false; }},
        {[](FakeOptions& o) { o.put_condition = s3fake::Condition::refused; },
         [](Capabilities& c) { c.conditional_put = false; }},
        {[](FakeOptions& o) { o.complete_condition = s3fake::Condition::ignored; },
         [](Capabilities& c) { c.conditional_complete = false; }},
        {[](FakeOptions& o) { o.complete_condition = s3fake::Condition::refused; },
         [](Capabilities& c) { c.conditional_complete = false; }},
        {[](FakeOptions& o) { o.checks_checksums = false; },
         [](Capabilities& c) {
             c.checks_checksums = c.whole_checksums = c.checks_direct_parts = false;
         }},
        {[](FakeOptions& o) { o.chunked = s3fake::Chunked::refused; },
         [](Capabilities& c) { c.trailing_checksums = false; }},
        {[](FakeOptions& o) { o.chunked = s3fake::Chunked::stored_raw; },
         [](Capabilities& c) { c.trailing_checksums = false; }},
        {[](FakeOptions& o) {
             o.chunked = s3fake::Chunked::refused;
             o.takes_half_bodies = true;
         },
         [](Capabilities& c) {
             c.trailing_checksums = false;
             c.needs_digests = true;
         }},
        {[](FakeOptions& o) { o.checks_object_size = false; },
         [](Capabilities& c) { c.checks_size = false; }},
        {[](FakeOptions& o) { o.second_complete = s3fake::SecondComplete::replayed; },
         [](Capabilities& c) { c.replays_complete = true; }},
        {[](FakeOptions& o) { o.tells_complete_etag = false; },
         [](Capabilities& c) { c.tells_complete_etag = false; }},
        {[](FakeOptions& o) { o.min_part = 0_B; }, [](Capabilities& c) { c.smallest_part = 1_B; }},
    };
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        FakeOptions options = complete_store();
        rows[i].lose(options);
        Capabilities expected = kAll;
        rows[i].expect(expected);
        EXPECT_EQ(found_at(options), expected) << "row " << i;
    }
}

TEST(CapabilityProbe, LooksForHalfBodiesWhereNoDigestIsToGoAlong) {
    FakeOptions options = complete_store();
    options.takes_half_bodies = true;
    FakeRig rig(options);
    EXPECT_FALSE(probe(rig)->needs_digests) << "one goes along, so nobody asks";
    rig.endpoint.checksums = adapters::s3::ChecksumMode::none;
    EXPECT_TRUE(probe(rig)->needs_digests);
}

TEST(CapabilityProbe, FindsListsThatComeLate) {
    for (const std::string operation : {"ListObjectsV2", "ListParts", "ListMultipartUploads"}) {
        FakeRig rig(complete_store());
        // The first two ask whether the bucket can be used.
        const unsigned after = operation == "ListObjectsV2" ? 2 : 0;
        rig.fake.faults().next(operation, s3fake::Fault::stale_list, after);
        Capabilities expected = kAll;
        expected.lists_at_once = false;
        const auto found = probe(rig);
        // A list that does not know the upload yet is an error: the probe is run again later.
        const bool is_expected = found ? *found == expected : found.error().code == Errc::not_found;
        EXPECT_TRUE(is_expected) << operation;
        EXPECT_EQ(rig.fake.faults().fired(), 1U);
    }
}

TEST(CapabilityProbe, AStoreThatCannotBeUsedIsAnError) {
    FakeRig rig(complete_store());
    EXPECT_EQ(probe(rig, "other").error().code, Errc::not_found);
    auto credentials = rig.fake.options().credentials;
    credentials.secret_key = "wrong";
    EXPECT_EQ(
        run((*CapabilityProbe::make(rig.endpoint, credentials, rig.clock))->run("bucket", "p"))
            .error()
            .code,
        Errc::unauthorised);
    rig.fake.go_down();
    EXPECT_EQ(probe(rig).error().code, Errc::unavailable);
}

// Fails every call of an operation in turn; how many there were.
unsigned fail_each(const std::string& operation, s3fake::Fault fault) {
    for (unsigned after = 0;; ++after) {
        FakeRig rig(complete_store());
        rig.fake.faults().next(operation, fault, after);
        const auto found = probe(rig);
        if (rig.fake.faults().fired() == 0) {
            EXPECT_TRUE(found && *found == kAll) << operation;
            return after;
        }
        EXPECT_FALSE(found) << operation << " failed after " << after << " others";
    }
}

TEST(CapabilityProbe, NoFailureIsTakenForALackOfCapability) {
    unsigned failed = 0;
    for (const std::string operation :
         {"GetObject", "ListObjectsV2", "CreateMultipartUpload", "UploadPart", "ListParts",
          "UploadPartCopy", "HeadObject"}) {
        failed += fail_each(operation, s3fake::Fault::slow_down);
    }
    failed += fail_each("PutObject", s3fake::Fault::internal_error);
    failed += fail_each("CompleteMultipartUpload", s3fake::Fault::internal_error);
    EXPECT_GE(failed, 25U);
}

}  // namespace
}  // namespace slipway::stores

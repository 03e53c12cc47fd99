// What is acknowledged survives: closing, kill -9, a power cut, a failing disk. And what was
// damaged is not served.
#include <fcntl.h>
#include <rocksdb/db.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "adapters/rocksdb/catalog_fixture.hpp"
#include "adapters/rocksdb/faulty_disk.hpp"
#include "base/file_descriptor.hpp"

namespace slipway::adapters::rocksdb {
namespace {

namespace fs = std::filesystem;
using contract::advanced;
using contract::fails_with;
using contract::file_of;
using contract::id_of;
using contract::part_of;
using contract::run;
using contract::succeeds;
using contract::upload_of;
using core::UploadState;

class Durability : public CatalogFixture {
 protected:
    // Every kind of change; returns when all are acknowledged.
    void fill(RocksDbCatalog& catalog) {
        for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
            ASSERT_TRUE(succeeds(run(catalog.create_upload(upload_of(number)))));
            ASSERT_TRUE(succeeds(run(catalog.put_part(id_of(number), 1, part_of(1)))));
        }
        ASSERT_TRUE(succeeds(
            run(catalog.advance_upload(1, advanced(upload_of(2), UploadState::completing)))));
        ASSERT_TRUE(succeeds(run(catalog.complete_upload(
            1, advanced(upload_of(3), UploadState::complete), file_of(upload_of(3))))));
        ASSERT_TRUE(
            succeeds(run(catalog.advance_upload(1, advanced(upload_of(4), UploadState::aborted)))));
        ASSERT_TRUE(succeeds(run(catalog.forget_upload(id_of(4)))));
    }
    void expect_filled(RocksDbCatalog& catalog) {
        EXPECT_EQ(run(catalog.find_upload(id_of(1))), upload_of(1));
        EXPECT_EQ(run(catalog.find_upload(id_of(2))),
                  advanced(upload_of(2), UploadState::completing));
        EXPECT_EQ(run(catalog.find_upload(id_of(3))),
                  advanced(upload_of(3), UploadState::complete));
        EXPECT_EQ(run(catalog.find_file(id_of(3))), file_of(upload_of(3)));
        for (const std::uint64_t number : {1U, 2U, 3U}) {
            EXPECT_EQ(run(catalog.list_parts(id_of(number))), std::vector{part_of(1)});
        }
        EXPECT_TRUE(fails_with(run(catalog.find_upload(id_of(4))), Errc::not_found));
        EXPECT_TRUE(run(catalog.list_parts(id_of(4)))->empty());
        EXPECT_EQ(run(catalog.list_open_uploads("alice", {}))->items.size(), 2U);
        EXPECT_EQ(run(catalog.list_files("alice", {}))->items.size(), 1U);
    }
};

TEST_F(Durability, ReopeningKeepsEverything) {
    fill(*open());
    for (int round = 0; round < 3; ++round) {
        expect_filled(*open());
    }
}

TEST_F(Durability, ACopyOfTheOpenDirectoryHasEverything) {
    const auto catalog = open();
    fill(*catalog);
    fs::copy(path(), path("copy"));
    expect_filled(*open(path("copy")));
    expect_filled(*catalog);
}

TEST_F(Durability, EverythingAcknowledgedSurvivesAPowerCut) {
    FaultyDisk disk;
    const auto catalog = open(path(), {.env = disk.env()});
    fill(*catalog);
    disk.copy_after_power_cut(path(), path("copy"));
    expect_filled(*open(path("copy")));
}

// Fails the Nth write or sync of the log, for N = 0, 1, 2 … until all calls pass: whatever was
// acknowledged before is there after a power cut, and nothing is acknowledged afterwards.
TEST_F(Durability, AFailingLogIsFatalAtEveryPoint) {
    bool failed = true;
    std::uint64_t calls = 0;
    for (; failed; ++calls) {
        ASSERT_LT(calls, 100U);
        const std::string name = "at" + std::to_string(calls);
        FaultyDisk disk;
        int fatal = 0;
        EmbeddedDatabaseOptions options{.env = disk.env()};
        options.writer.on_fatal = [&fatal](const Error&) { ++fatal; };
        auto catalog = open(path(name), options);
        disk.fail_after(calls);
        std::vector<UploadId> acknowledged;
        Result<ports::CreateUploadOutcome> last;
        for (std::uint64_t number = 1; number <= 5 && last; ++number) {
            last = run(catalog->create_upload(upload_of(number)));
            if (last) {
                acknowledged.push_back(id_of(number));
            }
        }
        failed = disk.failures() > 0;
        EXPECT_EQ(fatal, failed ? 1 : 0);
        if (failed) {
            EXPECT_TRUE(fails_with(last, Errc::outcome_unknown));
            EXPECT_TRUE(fails_with(run(catalog->create_upload(upload_of(9))), Errc::unavailable));
            EXPECT_TRUE(fails_with(run(catalog->find_upload(id_of(1))), Errc::unavailable));
            EXPECT_EQ(catalog->queue_depth(), 0U);
        }
        disk.copy_after_power_cut(path(name), path(name + "copy"));
        const auto copy = open(path(name + "copy"));
        for (const auto id : acknowledged) {
            EXPECT_TRUE(succeeds(run(copy->find_upload(id))));
        }
        EXPECT_TRUE(fails_with(run(copy->find_upload(id_of(9))), Errc::not_found));
    }
    EXPECT_GE(calls, 5U) << "each upload writes at least once";
}

TEST_F(Durability, CallersThatWaitWhenTheLogFailsAreToldTheTruth) {
    FaultyDisk disk;
    CommitGate gate;
    Calls calls;
    EmbeddedDatabaseOptions options{.env = disk.env()};
    options.writer.max_group_requests = 2;
    options.writer.on_commit = [&gate](std::size_t requests, double) { gate.pass(requests); };
    options.writer.on_fatal = [](const Error&) {};
    const auto catalog = open(path(), options);
    gate.shut();
    const auto before = calls.begin(catalog->create_upload(upload_of(0)));
    gate.wait_for_writer();
    std::vector<Calls::Answer<Result<ports::CreateUploadOutcome>>> answers;
    for (std::uint64_t number = 1; number <= 4; ++number) {
        answers.push_back(calls.begin(catalog->create_upload(upload_of(number))));
    }
    disk.fail_after(0);
    gate.open();
    calls.finish();
    EXPECT_TRUE(succeeds(**before));
    EXPECT_TRUE(fails_with(**answers[0], Errc::outcome_unknown));
    EXPECT_TRUE(fails_with(**answers[1], Errc::outcome_unknown));
    EXPECT_TRUE(fails_with(**answers[2], Errc::unavailable)) << "it was never handed to the log";
    EXPECT_TRUE(fails_with(**answers[3], Errc::unavailable));
}

using DurabilityDeathTest = Durability;

TEST_F(DurabilityDeathTest, AFailingLogEndsTheProcess) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            FaultyDisk disk;
            const auto catalog = open(path(), {.env = disk.env()});
            disk.fail_after(0);
            run(catalog->create_upload(upload_of(1)));
        },
        testing::ExitedWithCode(EX_SOFTWARE), "catalog_commit_failed.*injected fault");
}

// kill -9: a child of this program creates uploads and writes a byte for each acknowledgement.

constexpr const char* kChildDirectory = "SLIPWAY_TEST_CATALOG";

TEST_F(Durability, DISABLED_ChildThatIsKilled) {
    const char* directory = std::getenv(kChildDirectory);
    ASSERT_NE(directory, nullptr) << "started by KilledProcessesLoseNothing only";
    const auto catalog = open(directory);
    const auto page =
        run(catalog->list_uploads(UploadState::open, {.after = {}, .limit = 100'000}));
    ASSERT_TRUE(succeeds(page));
    for (std::uint64_t number = page->items.size();; ++number) {
        ASSERT_TRUE(succeeds(run(catalog->create_upload(upload_of(number)))));
        ASSERT_EQ(::write(3, "a", 1), 1);
    }
}

class Child {
 public:
    explicit Child(const fs::path& directory) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        acknowledgements_ = FileDescriptor(ends[0]);
        const FileDescriptor write_end(ends[1]);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), 3);
        const fs::path self = fs::read_symlink("/proc/self/exe");
        std::string filter = "--gtest_filter=Durability.DISABLED_ChildThatIsKilled";
        std::string disabled = "--gtest_also_run_disabled_tests";
        std::string name = self.string();
        std::string variable = kChildDirectory + ("=" + directory.string());
        std::array<char*, 4> arguments = {name.data(), filter.data(), disabled.data(), nullptr};
        std::array<char*, 2> environment = {variable.data(), nullptr};
        EXPECT_EQ(::posix_spawn(&pid_, self.c_str(), &actions, nullptr, arguments.data(),
                                environment.data()),
                  0);
        ::posix_spawn_file_actions_destroy(&actions);
    }
    // Reads `count` acknowledgements, kills, and returns how many there were by then.
    std::uint64_t kill_after(std::uint64_t count) {
        std::uint64_t seen = wait_for(count);
        ::kill(pid_, SIGKILL);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        return seen + wait_for(UINT64_MAX);
    }
    std::uint64_t wait_for(std::uint64_t count) {
        std::uint64_t seen = 0;
        std::array<char, 256> bytes{};
        while (seen < count) {
            const auto got = ::read(acknowledgements_.get(), bytes.data(), bytes.size());
            if (got <= 0) {
                break;
            }
            seen += static_cast<std::uint64_t>(got);
        }
        return seen;
    }

 private:
    FileDescriptor acknowledgements_;
    pid_t pid_ = -1;
};

TEST_F(Durability, KilledProcessesLoseNothing) {
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 5; ++round) {
        Child child(path());
        acknowledged += child.kill_after(50);
        ASSERT_GE(acknowledged, 50U * static_cast<unsigned>(round + 1));
        const auto catalog = open();
        for (std::uint64_t number = 0; number < acknowledged; ++number) {
            ASSERT_EQ(run(catalog->find_upload(id_of(number))), upload_of(number));
        }
        // The last one may be durable without having been told.
        acknowledged += run(catalog->find_upload(id_of(acknowledged))) ? 1 : 0;
    }
}

TEST_F(Durability, OneProcessAtATime) {
    Child child(path());
    ASSERT_GE(child.wait_for(1), 1U);
    const auto refused = try_open(path());
    EXPECT_TRUE(fails_with(refused, Errc::conflict));
    EXPECT_NE(refused.error().detail.find(path().string()), std::string::npos);
    child.kill_after(1);
    const auto catalog = open();
    EXPECT_TRUE(fails_with(try_open(path()), Errc::conflict)) << "of this process as well";
}

}  // namespace
}  // namespace slipway::adapters::rocksdb

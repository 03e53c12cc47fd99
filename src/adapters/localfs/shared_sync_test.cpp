// Many commits share one sync, and none is acknowledged by a sync that began before its write
// ended.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/local_fs_rig.hpp"

namespace slipway::adapters::localfs {
namespace {

using support::blob_id;
using support::Bytes;
using support::filled;
using support::LocalFsRig;

constexpr std::size_t kPart = 4096;

// Instants are numbers of one sequence.
struct Span {
    std::size_t begin;
    std::size_t end;
};

class Instants {
 public:
    std::size_t next() { return ++last_; }

 private:
    std::atomic<std::size_t> last_{0};
};

// Which syncs were made, and when.
class SyncRecord {
 public:
    explicit SyncRecord(Instants& instants) : instants_(instants) {}

    void begin() {
        const std::scoped_lock lock(mutex_);
        syncs_.push_back({instants_.next(), 0});
    }
    void end() {
        const std::scoped_lock lock(mutex_);
        syncs_.back().end = instants_.next();
    }
    std::size_t count() const { return syncs_.size(); }
    // Some sync began after the write and ended before the acknowledgement.
    bool covers(Span commit) const {
        return std::ranges::any_of(syncs_, [&](const Span& sync) {
            return sync.begin > commit.begin && sync.end != 0 && sync.end < commit.end;
        });
    }
    bool overlap() const {
        for (std::size_t i = 1; i < syncs_.size(); ++i) {
            if (syncs_[i].begin < syncs_[i - 1].end) {
                return true;
            }
        }
        return false;
    }

 private:
    Instants& instants_;
    std::mutex mutex_;
    std::vector<Span> syncs_;
};

struct Part {
    std::size_t number = 0;
    // From the end of its write to the end of its commit.
    Span commit{};
    bool acknowledged = false;
};

// Of "pwrite NAME OFFSET LENGTH".
std::size_t part_written_by(const std::string& call) {
    const std::size_t length = call.rfind(' ');
    const std::size_t offset = call.rfind(' ', length - 1) + 1;
    return std::stoul(call.substr(offset, length - offset)) / kPart;
}

Task<> put(LocalFsRig& rig, Part& part, Instants& instants, std::atomic<std::size_t>& committing) {
    const ports::PartRegion region{ByteOffset(part.number * kPart), ByteCount(kPart)};
    ports::BlobRef blob{blob_id(1), {}};
    auto sink = co_await rig.store().open_part(std::move(blob), region);
    if (!sink) {
        co_return;
    }
    const Bytes bytes = filled(kPart, static_cast<std::uint8_t>(part.number));
    if (!co_await (*sink)->write(bytes)) {
        co_return;
    }
    committing.fetch_add(1);
    part.acknowledged = (co_await (*sink)->commit()).has_value();
    part.commit.end = instants.next();
}

bool is_data_sync(const std::string& call) {
    return call.starts_with("fdatasync");
}

class SharedSync : public testing::Test {
 protected:
    void run(std::size_t parts) {
        ASSERT_TRUE(rig_.open());
        ASSERT_TRUE(rig_.create(blob_id(1), parts * kPart));
        parts_.resize(parts);
        rig_.disk().around_each({[this](const std::string& call) { before(call); },
                                 [this](const std::string& call) { after(call); }});
        for (std::size_t n = 0; n < parts; ++n) {
            parts_[n].number = n;
            boost::asio::co_spawn(loop_, put(rig_, parts_[n], instants_, committing_),
                                  boost::asio::detached);
        }
        loop_.run();
    }

    void expect_all_covered() {
        EXPECT_FALSE(syncs_.overlap());
        for (const Part& part : parts_) {
            EXPECT_TRUE(part.acknowledged) << part.number;
            EXPECT_TRUE(syncs_.covers(part.commit)) << part.number;
        }
    }

    virtual void slow_down() = 0;

    void before(const std::string& call) {
        if (is_data_sync(call)) {
            syncs_.begin();
            slow_down();
        }
    }
    void after(const std::string& call) {
        if (is_data_sync(call)) {
            syncs_.end();
        } else if (call.starts_with("pwrite")) {
            parts_[part_written_by(call)].commit.begin = instants_.next();
        }
    }

    // Outlives the threads of the rig, one of which may still be on its way out of it.
    boost::asio::io_context loop_{1};
    LocalFsRig rig_;
    Instants instants_;
    SyncRecord syncs_{instants_};
    std::vector<Part> parts_;
    std::atomic<std::size_t> committing_{0};
};

class HeldUntilAllCommit : public SharedSync {
 protected:
    void slow_down() override {
        while (committing_ < parts_.size()) {
            std::this_thread::yield();
        }
    }
};

TEST_F(HeldUntilAllCommit, ThreeSyncsAreEnough) {
    run(64);
    expect_all_covered();
    // One for who came first, one for all who came while it ran, and one for the last, who counts
    // itself as committing a moment before it waits.
    EXPECT_LE(syncs_.count(), 3U);
}

// The second part is written while the sync for the first one runs.
class SyncOfTwoParts : public testing::Test {
 protected:
    void SetUp() override {
        ASSERT_TRUE(rig_.open());
        ASSERT_TRUE(rig_.create(blob_id(1), 2 * kPart));
        first_ = rig_.open_part(blob_id(1), 0, kPart).value();
        second_ = rig_.open_part(blob_id(1), kPart, kPart).value();
        ASSERT_TRUE(LocalFsRig::write(*first_, filled(kPart, 1)));
        rig_.disk().around_each({[this](const std::string& call) { hold_the_first(call); }, {}});
        begin_commit(*first_);
        syncing_.wait();
        ASSERT_TRUE(LocalFsRig::write(*second_, filled(kPart, 2)));
    }

    // It waits for its sync when this returns: the loop runs on this thread only.
    void begin_commit(ports::PartSink& sink) {
        boost::asio::co_spawn(loop_, count_success(sink, committed_), boost::asio::detached);
        loop_.poll();
        loop_.restart();
    }
    void end_commits() {
        may_end_.count_down();
        loop_.run();
        loop_.restart();
    }

    // Outlives the threads of the rig, one of which may still be on its way out of it.
    boost::asio::io_context loop_{1};
    LocalFsRig rig_;
    std::unique_ptr<ports::PartSink> first_;
    std::unique_ptr<ports::PartSink> second_;
    std::atomic<std::size_t> syncs_{0};
    std::size_t committed_ = 0;

 private:
    static Task<> count_success(ports::PartSink& sink, std::size_t& committed) {
        const auto outcome = co_await sink.commit();
        committed += outcome ? 1 : 0;
    }
    void hold_the_first(const std::string& call) {
        if (is_data_sync(call) && syncs_.fetch_add(1) == 0) {
            syncing_.count_down();
            may_end_.wait();
        }
    }

    std::latch syncing_{1};
    std::latch may_end_{1};
};

TEST_F(SyncOfTwoParts, ACommitDuringTheSyncWaitsForTheNext) {
    begin_commit(*second_);
    end_commits();
    EXPECT_EQ(committed_, 2U);
    EXPECT_EQ(syncs_, 2U);
}

TEST_F(SyncOfTwoParts, ACommitAfterTheSyncNeedsItsOwn) {
    end_commits();
    EXPECT_EQ(committed_, 1U);
    EXPECT_EQ(syncs_, 1U);
    EXPECT_TRUE(LocalFsRig::commit(*second_));
    EXPECT_EQ(syncs_, 2U);
}

class Unhindered : public SharedSync {
 protected:
    void slow_down() override { std::this_thread::yield(); }
};

TEST_F(Unhindered, EveryCommitIsCovered) {
    run(500);
    expect_all_covered();
    EXPECT_LE(syncs_.count(), 500U);
}

}  // namespace
}  // namespace slipway::adapters::localfs

// What becomes of changes when the server, or the way to it, fails at the worst moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "adapters/mariadb/mariadb_catalog.hpp"
#include "adapters/mariadb/mariadb_task_queue.hpp"
#include "catalogs/cutting_proxy.hpp"
#include "catalogs/mariadb_target.hpp"
#include "contract/catalog_samples.hpp"
#include "contract/race.hpp"
#include "contract/task_samples.hpp"
#include "runtime/sleep.hpp"

namespace slipway::catalogs {
namespace {

using namespace adapters::mariadb;
using namespace contract;
using namespace std::chrono_literals;

std::unique_ptr<MariaDbCatalog> catalog_over(std::shared_ptr<Database> database) {
    auto opened = MariaDbCatalog::open(std::move(database));
    EXPECT_TRUE(succeeds(opened));
    return std::move(*opened);
}

core::Upload create_in(ports::Catalog& catalog, std::uint64_t number) {
    const auto upload = upload_of(number);
    EXPECT_TRUE(succeeds(run(catalog.create_upload(upload))));
    return upload;
}

bool is_stored(const Result<ports::PutPartOutcome>& outcome) {
    return outcome && std::holds_alternative<ports::PartStored>(*outcome);
}

// Puts parts of one upload, one after another, until it is told to stop.
struct Writer {
    core::Upload upload;
    std::set<std::uint32_t> acknowledged;
    std::atomic<unsigned> refused{0};
    std::atomic<std::size_t> stored{0};

    void work(ports::Catalog& catalog, const std::atomic<bool>& stop) {
        for (std::uint32_t number = 1; !stop; ++number) {
            const auto outcome =
                runtime::run_blocking(catalog.put_part(upload.id, upload.epoch, part_of(number)));
            if (is_stored(outcome)) {
                acknowledged.insert(number);
                ++stored;
            } else {
                ASSERT_FALSE(outcome);
                ASSERT_TRUE(outcome.error().code == Errc::unavailable ||
                            outcome.error().code == Errc::outcome_unknown)
                    << outcome.error().detail;
                ++refused;
                runtime::run_blocking(pause());
            }
        }
    }
    static Task<bool> pause() {
        co_await runtime::sleep_for(5ms);
        co_return true;
    }
};

constexpr unsigned kWriters = 6;

void wait_for(const std::function<bool()>& condition) {
    while (!condition()) {
        std::this_thread::sleep_for(2ms);
    }
}

TEST(MariaDbFaults, AServerThatIsKilledUnderLoadLosesNothingAcknowledged) {
    const auto catalog = catalog_over(open_empty());
    std::vector<Writer> writers(kWriters);
    for (unsigned i = 0; i < kWriters; ++i) {
        writers[i].upload = create_in(*catalog, i + 1);
    }
    std::atomic<bool> stop = false;
    std::jthread kills([&] {
        for (std::size_t round = 1; round <= 3; ++round) {
            for (Writer& writer : writers) {
                wait_for([&, before = writer.stored.load()] { return writer.stored > before; });
            }
            kill_server();
            for (Writer& writer : writers) {
                wait_for([&, before = writer.refused.load()] { return writer.refused > before; });
            }
            start_server();
        }
        for (Writer& writer : writers) {
            wait_for([&, before = writer.stored.load()] { return writer.stored > before; });
        }
        stop = true;
    });
    race(kWriters, [&](unsigned i) { writers[i].work(*catalog, stop); });
    kills.join();
    for (const Writer& writer : writers) {
        const auto parts = run(catalog->list_parts(writer.upload.id));
        ASSERT_TRUE(succeeds(parts));
        std::set<std::uint32_t> there;
        for (const core::Part& part : *parts) {
            EXPECT_EQ(part, part_of(part.number.value()));
            there.insert(part.number.value());
        }
        for (const std::uint32_t number : writer.acknowledged) {
            EXPECT_TRUE(there.contains(number)) << number;
        }
    }
}

class CutCommit : public testing::TestWithParam<Cut> {
 protected:
    DatabaseOptions through_proxy() {
        auto options = server_options();
        options.pool.address.port = proxy_.port();
        return options;
    }
    // Makes the call while the next commit is cut, and asserts that it was.
    template <class T>
    T cut(Task<T> call) {
        const unsigned before = proxy_.cuts();
        proxy_.cut_next(GetParam());
        T result = run(std::move(call));
        EXPECT_EQ(proxy_.cuts(), before + 1);
        return result;
    }

    CuttingProxy proxy_{server_address().port};
};

TEST_P(CutCommit, EveryChangeOfAnUploadFindsOutWhatBecameOfIt) {
    const auto catalog = catalog_over(open_empty(through_proxy()));
    auto upload = upload_of(1);
    const auto created = cut(catalog->create_upload(upload, event_of(1)));
    ASSERT_TRUE(succeeds(created));
    EXPECT_TRUE(std::holds_alternative<ports::UploadCreated>(*created));
    EXPECT_TRUE(is_stored(cut(catalog->put_part(upload.id, upload.epoch, part_of(1)))));
    auto completing = advanced(upload, core::UploadState::completing);
    EXPECT_TRUE(succeeds(cut(catalog->advance_upload(upload.epoch, completing, event_of(2)))));
    const auto complete = advanced(completing, core::UploadState::complete);
    EXPECT_TRUE(succeeds(
        cut(catalog->complete_upload(completing.epoch, complete, file_of(complete), event_of(3)))));
    EXPECT_EQ(run(catalog->find_file(upload.id)), file_of(complete));
    EXPECT_EQ(run(catalog->list_parts(upload.id)), std::vector{part_of(1)});
    EXPECT_TRUE(succeeds(cut(catalog->remove_file(upload.id, event_of(4)))));
    EXPECT_TRUE(fails_with(run(catalog->find_file(upload.id)), Errc::not_found));
    // Each once, although some were handed in twice.
    EXPECT_EQ(run(catalog->list_events(10))->size(), 4U);
    EXPECT_EQ(catalog->events_waiting(), 4U);
    EXPECT_EQ(run(catalog->find_usage(upload.owner)), core::Usage());
}

TEST_P(CutCommit, AGroupOfFilesIsMadeOnce) {
    const auto catalog = catalog_over(open_empty(through_proxy()));
    std::vector<ports::NewFile> files;
    for (std::uint64_t number = 1; number <= 2; ++number) {
        files.push_back({.file = file_of(upload_of(number)), .parts = {part_of(1)}});
    }
    const auto created = cut(catalog->create_files(files));
    ASSERT_TRUE(succeeds(created));
    EXPECT_TRUE(std::holds_alternative<ports::FilesCreated>(*created));
    EXPECT_EQ(run(catalog->find_usage("alice"))->files, 2U);
}

TEST_P(CutCommit, TasksGoOnUnderTheirLease) {
    MariaDbTaskQueue tasks(open_empty(through_proxy()));
    const auto enqueued = cut(tasks.enqueue(new_task_of(1)));
    ASSERT_TRUE(succeeds(enqueued));
    EXPECT_FALSE(enqueued->existed);
    auto claimed = run(tasks.claim(claim_by("one", kTaskTime + 1s)));
    ASSERT_TRUE(claimed && *claimed);
    const auto lease = core::lease_of(**claimed);
    EXPECT_TRUE(succeeds(cut(tasks.checkpoint(lease, "half"))));
    EXPECT_TRUE(succeeds(cut(tasks.heartbeat(lease, kTaskTime, kTaskLease))));
    // Whoever gives a task back cannot tell afterwards whether it was he.
    EXPECT_TRUE(fails_with(cut(tasks.snooze(lease, kTaskTime, kTaskTime)), Errc::outcome_unknown));
    const auto task = run(tasks.find(lease.task));
    ASSERT_TRUE(succeeds(task));
    EXPECT_EQ(task->checkpoint, "half");
    EXPECT_EQ(task->status, GetParam() == Cut::before_commit ? core::TaskStatus::running
                                                             : core::TaskStatus::pending);
}

INSTANTIATE_TEST_SUITE_P(Cuts, CutCommit, testing::Values(Cut::before_commit, Cut::after_commit),
                         [](const auto& test) {
                             return test.param == Cut::before_commit ? "before" : "after";
                         });

TEST(MariaDbFaults, AChangeThatMeetsALockIsRepeated) {
    auto options = server_options();
    options.pool.limits.lock_wait = 1s;
    const auto catalog = catalog_over(open_empty(options));
    create_in(*catalog, 1);
    Database other(server_options());
    std::atomic<bool> locked = false;
    struct Holder {
        static Task<Result<>> hold(Session& session, std::atomic<bool>* held) {
            auto row = co_await session.execute("SELECT owner FROM owners WHERE owner=? FOR UPDATE",
                                                std::string("alice"));
            held->store(row.has_value());
            // Longer than one wait for the lock.
            co_await runtime::sleep_for(1500ms);
            co_return Result<>();
        }
    };
    std::jthread holder([&] {
        auto body = [&locked](Session& session, Attempt) { return Holder::hold(session, &locked); };
        EXPECT_TRUE(succeeds(run(other.change<void>(body))));
    });
    wait_for([&] { return locked.load(); });
    EXPECT_TRUE(succeeds(run(catalog->create_upload(upload_of(2)))));
    EXPECT_EQ(run(catalog->find_usage("alice"))->open_uploads, 2U);
}

TEST(MariaDbFaults, OfTwoThatWaitForEachOtherBothComeThrough) {
    const auto database = open_empty();
    const auto catalog = catalog_over(database);
    for (std::uint64_t number = 1; number <= 2; ++number) {
        create_in(*catalog, number);
    }
    struct Crossing {
        // The second row only when the other one has its first, the first time.
        static Task<Result<>> lock(Session& session, std::vector<std::string> ids,
                                   std::atomic<unsigned>* first_held) {
            for (const std::string& id : ids) {
                auto row =
                    co_await session.execute("SELECT id FROM uploads WHERE id=? FOR UPDATE", id);
                if (!row) {
                    co_return std::unexpected(row.error());
                }
                ++*first_held;
                while (first_held->load() < 2) {
                    co_await runtime::sleep_for(1ms);
                }
            }
            co_return Result<>();
        }
    };
    const auto bytes = [](std::uint64_t number) {
        const UploadId id = id_of(number);
        return std::string(reinterpret_cast<const char*>(id.bytes().data()), UploadId::kSize);
    };
    std::atomic<unsigned> held = 0;
    std::atomic<unsigned> attempts = 0;
    race(2, [&](unsigned i) {
        const std::vector ids{bytes(1 + i), bytes(2 - i)};
        auto body = [&, ids](Session& session, Attempt) {
            ++attempts;
            return Crossing::lock(session, ids, &held);
        };
        EXPECT_TRUE(succeeds(runtime::run_blocking(database->change<void>(std::move(body)))));
    });
    EXPECT_GT(attempts, 2U) << "nobody was in nobody's way";
}

TEST(MariaDbFaults, AServerThatSaysNothingIsUnavailableInTime) {
    auto options = server_options();
    options.pool.limits.statement = 3s;
    options.pool.limits.connect = 3s;
    const auto catalog = catalog_over(open_empty(options));
    const auto upload = create_in(*catalog, 1);
    pause_server();
    EXPECT_TRUE(fails_with(run(catalog->find_upload(upload.id)), Errc::unavailable));
    EXPECT_TRUE(
        fails_with(run(catalog->put_part(upload.id, upload.epoch, part_of(1))), Errc::unavailable));
    resume_server();
    wait_for([&] { return run(catalog->find_upload(upload.id)).has_value(); });
    EXPECT_TRUE(succeeds(run(catalog->put_part(upload.id, upload.epoch, part_of(1)))));
}

TEST(MariaDbFaults, TwoProcessesAgreeOnEveryPart) {
    const auto one = catalog_over(open_empty());
    const auto other = catalog_over(open_as_it_is());
    const auto upload = create_in(*one, 1);
    for (std::uint32_t number = 1; number <= 20; ++number) {
        std::vector<Result<ports::PutPartOutcome>> outcomes(4);
        race(4, [&](unsigned i) {
            auto& catalog = i % 2 == 0 ? *one : *other;
            outcomes[i] = runtime::run_blocking(catalog.put_part(
                upload.id, upload.epoch, part_of(number, static_cast<std::uint8_t>(i))));
        });
        EXPECT_EQ(std::ranges::count_if(outcomes, is_stored), 1);
    }
}

}  // namespace
}  // namespace slipway::catalogs

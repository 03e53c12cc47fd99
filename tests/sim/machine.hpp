// Machine: one node of slipway on one simulated machine: the use cases over the localfs store and a
// catalog, both on a simulated disk, with a clock that a test moves and seeded randomness. It can
// be started, killed and robbed of its power.
//
// Everything runs on the thread that calls run(), in the order in which it was asked for: the same
// seed and the same calls make the same run, call for call (SimulatedDisk::trace).
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "adapters/localfs/local_fs_store.hpp"
#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_task_queue.hpp"
#include "adapters/memory/seeded_random.hpp"
#include "engine/recover.hpp"
#include "engine/world.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/event_loops.hpp"
#include "sim/logged_catalog.hpp"
#include "sim/simulated_disk.hpp"

namespace slipway::sim {

// SeededRandom that tells what it gave first since it was told to forget: the id of an upload whose
// creation was never answered.
class ToldRandom final : public ports::Random {
 public:
    explicit ToldRandom(std::uint64_t seed) : random_(seed) {}
    void fill(std::span<std::byte> out) override {
        random_.fill(out);
        if (first_.empty()) {
            first_.assign(out.begin(), out.end());
        }
    }
    std::optional<UploadId> first_id() const;
    void forget() { first_.clear(); }

 private:
    adapters::memory::SeededRandom random_;
    std::vector<std::byte> first_;
};

struct MachineOptions {
    std::uint64_t seed = 1;
    DiskFeatures features = {};
    // LoggedCatalog where empty.
    MakeCatalog make_catalog = {};
    // Starts with an empty disk instead of one on which slipway has run before.
    bool new_disk = false;
};

class Machine {
 public:
    explicit Machine(MachineOptions options);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    // Starts the process as slipwayd does: store, catalog, recovery.
    // The fault is of the calls that recovery makes.
    Result<engine::RecoveryResult> start(DiskFault fault = {});
    // The process is gone, wherever it stood. The disk still holds what it wrote.
    void stop();
    // What the disk still holds belongs to a new process, after a loss of power or without.
    void give_back_disk(const std::optional<PowerCut>& cut);
    bool running() const { return process_ != nullptr; }
    // Looks for orphans, looks again when they are old enough, and empties the trash when what is
    // in it is. Nothing: it never ends.
    std::optional<Result<>> keep_up();
    // Longer than an orphan waits for the trash, and longer than it stays there.
    static constexpr std::chrono::minutes kUpkeepPause{61};

    // Nothing: the task waits for what never comes.
    template <class T>
    std::optional<T> run(Task<T> task) {
        auto outcome = std::make_shared<Outcome<T>>();
        spawn(std::move(task), outcome);
        work([&] { return outcome->value || outcome->thrown; });
        if (outcome->thrown) {
            std::rethrow_exception(outcome->thrown);
        }
        return std::move(outcome->value);
    }
    // Both at once: each goes on where the other waits.
    template <class T>
    std::pair<std::optional<T>, std::optional<T>> run(Task<T> first, Task<T> second) {
        auto one = std::make_shared<Outcome<T>>();
        auto other = std::make_shared<Outcome<T>>();
        spawn(std::move(first), one);
        spawn(std::move(second), other);
        work([&] { return one->value && other->value; });
        return {std::move(one->value), std::move(other->value)};
    }

    // From within a call to the disk: what else the loop has to do goes on meanwhile.
    void turn(std::size_t times);

    boost::asio::io_context::executor_type executor() { return loop().get_executor(); }
    engine::World& world();
    SimulatedDisk& disk() { return *disk_; }
    const SimulatedDisk& disk() const { return *disk_; }
    adapters::memory::ManualClock& clock() { return clock_; }
    ToldRandom& random() { return random_; }

 private:
    struct Process;
    template <class T>
    struct Outcome {
        std::optional<T> value;
        std::exception_ptr thrown;
    };

    template <class T>
    void spawn(Task<T> task, std::shared_ptr<Outcome<T>> outcome) {
        boost::asio::co_spawn(loop(), std::move(task),
                              [outcome](std::exception_ptr error, T value) {
                                  outcome->thrown = error;
                                  if (!error) {
                                      outcome->value.emplace(std::move(value));
                                  }
                              });
    }
    // Until the loop has nothing to do; or, where other threads answer, until all is done.
    template <class Done>
    void work(Done done) {
        loop().poll();
        while (catalog_->is_threaded() && !done() &&
               loop().run_one_for(std::chrono::seconds(30)) > 0) {
            loop().poll();
        }
    }
    boost::asio::io_context& loop() { return loops_.at(0); }
    Result<> open();

    // Never started: what it has to do runs in poll(), on the caller's thread.
    runtime::EventLoops loops_{1};
    runtime::BlockingPool pool_{loop()};
    runtime::BufferPool buffers_{4_MiB};
    adapters::memory::ManualClock clock_;
    ToldRandom random_;
    std::shared_ptr<SimulatedDisk> disk_;
    std::unique_ptr<MachineCatalog> catalog_;
    // Keeps what it acknowledged whatever happens: its own torture is task_queue_sim_test.
    adapters::memory::MemoryTaskQueue queue_;
    std::unique_ptr<Process> process_;
};

}  // namespace slipway::sim

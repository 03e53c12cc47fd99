#include "sim/machine.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "adapters/memory/memory_task_queue.hpp"
#include "engine/upkeep/collect_orphans.hpp"
#include "engine/upkeep/empty_trash.hpp"
#include "telemetry/log.hpp"

namespace slipway::sim {
namespace {

using adapters::localfs::LocalFsOptions;
using adapters::localfs::LocalFsStore;

// A disk on which slipway was started once and ended well.
const DiskImage& used_disk() {
    static const DiskImage image = [] {
        Machine machine({.seed = 1, .features = {}, .new_disk = true});
        static_cast<void>(machine.start());
        machine.stop();
        machine.disk().restart(PowerCut{.kept = Kept::everything, .seed = 0});
        return machine.disk().image();
    }();
    return image;
}

Task<bool> replay(LoggedCatalog& catalog) {
    co_await catalog.replay();
    co_return true;
}

Task<Result<>> keep_up_all(engine::World& world, adapters::memory::ManualClock& clock) {
    adapters::memory::MemoryTaskQueue queue;
    const std::atomic<bool> stopping{false};
    engine::TaskContext context(queue, {}, stopping);
    engine::CollectOrphans collector(world);
    engine::EmptyTrash emptier(world);
    for (engine::Pass* pass :
         {static_cast<engine::Pass*>(&collector), static_cast<engine::Pass*>(&collector),
          static_cast<engine::Pass*>(&emptier)}) {
        if (auto passed = co_await pass->run(context); !passed) {
            co_return passed;
        }
        clock.advance(Machine::kUpkeepPause);
    }
    co_return Result<>();
}

}  // namespace

std::optional<UploadId> ToldRandom::last_id() const {
    UploadId::Bytes bytes{};
    if (last_.size() != bytes.size()) {
        return std::nullopt;
    }
    std::ranges::transform(last_, bytes.begin(),
                           [](std::byte b) { return static_cast<std::uint8_t>(b); });
    return UploadId(bytes);
}

// What ends with the process. Destroyed in reverse order: users before what they use.
struct Machine::Process {
    // Use cases only write into it here: its own torture is task_queue_sim_test.
    adapters::memory::MemoryTaskQueue queue;
    std::unique_ptr<LocalFsStore> store;
    std::unique_ptr<LoggedCatalog> catalog;
    telemetry::Metrics registry;
    std::unique_ptr<engine::EngineMetrics> metrics;
    std::unique_ptr<engine::UploadSessions> sessions;
    std::unique_ptr<engine::World> world;
};

Machine::Machine(MachineOptions options)
    : random_(options.seed),
      disk_(std::make_shared<SimulatedDisk>(options.new_disk ? DiskImage() : used_disk(),
                                            options.features)) {
    telemetry::set_log_level(telemetry::Level::off);
}

Machine::~Machine() {
    stop();
}

engine::World& Machine::world() {
    return *process_->world;
}

void Machine::stop() {
    process_.reset();
    loop().poll();
}

Result<> Machine::open() {
    LocalFsOptions options;
    options.limits.min_free = 0_B;
    options.disk = disk_;
    auto store = LocalFsStore::open("/blobs", "local", pool_, std::move(options));
    if (!store) {
        return std::unexpected(store.error());
    }
    auto catalog = LoggedCatalog::open(*disk_, history_);
    if (!catalog) {
        return std::unexpected(catalog.error());
    }
    auto process = std::make_unique<Process>();
    process->store = std::move(*store);
    process->catalog = std::move(*catalog);
    process->metrics = std::make_unique<engine::EngineMetrics>(process->registry);
    process->sessions = std::make_unique<engine::UploadSessions>(loops_);
    process->world = std::make_unique<engine::World>(engine::World{.catalog = *process->catalog,
                                                                   .store = *process->store,
                                                                   .clock = clock_,
                                                                   .random = random_,
                                                                   .buffers = buffers_,
                                                                   .sessions = *process->sessions,
                                                                   .metrics = *process->metrics,
                                                                   .tasks = process->queue,
                                                                   .options = {}});
    process->world->options.trash_keep = std::chrono::hours(1);
    process_ = std::move(process);
    return {};
}

std::optional<Result<>> Machine::keep_up() {
    return run(keep_up_all(*process_->world, clock_));
}

Result<engine::RecoveryResult> Machine::start(DiskFault fault) {
    stop();
    if (auto opened = open(); !opened) {
        return std::unexpected(opened.error());
    }
    run(replay(*process_->catalog));
    disk_->arm(fault);
    auto recovered = run(engine::Recover(*process_->world).run());
    return recovered ? std::move(*recovered) : failure(Errc::internal, "recovery never ends");
}

}  // namespace slipway::sim

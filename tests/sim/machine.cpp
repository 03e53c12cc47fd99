#include "sim/machine.hpp"

#include <algorithm>
#include <array>
#include <atomic>

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
        Machine machine({.seed = 1, .features = {}, .make_catalog = {}, .new_disk = true});
        static_cast<void>(machine.start());
        machine.stop();
        machine.disk().restart(PowerCut{.kept = Kept::everything, .seed = 0});
        return machine.disk().image();
    }();
    return image;
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

std::optional<UploadId> ToldRandom::first_id() const {
    UploadId::Bytes bytes{};
    if (first_.size() != bytes.size()) {
        return std::nullopt;
    }
    std::ranges::transform(first_, bytes.begin(),
                           [](std::byte b) { return static_cast<std::uint8_t>(b); });
    return UploadId(bytes);
}

// What ends with the process. Destroyed in reverse order: users before what they use.
struct Machine::Process {
    std::unique_ptr<LocalFsStore> store;
    std::unique_ptr<engine::Stores> stores;
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
    catalog_ = options.make_catalog ? options.make_catalog(*disk_, clock_)
                                    : std::make_unique<LoggedMachineCatalog>(*disk_);
}

Machine::~Machine() {
    stop();
}

engine::World& Machine::world() {
    return *process_->world;
}

void Machine::stop() {
    process_.reset();
    catalog_->close();
    loop().poll();
}

void Machine::give_back_disk(const std::optional<PowerCut>& cut) {
    if (cut) {
        disk_->restart(*cut);
        catalog_->cut(*cut);
    } else {
        disk_->restart();
    }
}

Result<> Machine::open() {
    LocalFsOptions options;
    options.limits.min_free = 0_B;
    options.disk = disk_;
    auto store = LocalFsStore::open("/blobs", "local", pool_, std::move(options));
    if (!store) {
        return std::unexpected(store.error());
    }
    const auto opened = run(catalog_->open());
    if (!opened || !*opened) {
        return opened ? *opened : failure(Errc::internal, "the catalog never opens");
    }
    auto process = std::make_unique<Process>();
    process->store = std::move(*store);
    process->stores = std::make_unique<engine::Stores>(*process->store);
    process->metrics = std::make_unique<engine::EngineMetrics>(process->registry);
    process->sessions = std::make_unique<engine::UploadSessions>(loops_);
    process->world = std::make_unique<engine::World>(engine::World{.catalog = catalog_->catalog(),
                                                                   .stores = *process->stores,
                                                                   .clock = clock_,
                                                                   .random = random_,
                                                                   .buffers = buffers_,
                                                                   .sessions = *process->sessions,
                                                                   .metrics = *process->metrics,
                                                                   .tasks = queue_,
                                                                   .options = {}});
    process->world->options.trash_keep = std::chrono::hours(1);
    process->world->options.publish_events = true;
    // Nobody waits for a task, and an assembly keeps a checkpoint after each piece.
    process->world->options.complete_wait = std::chrono::milliseconds(0);
    process->world->options.assembly_checkpoint = 1_B;
    process_ = std::move(process);
    return {};
}

void Machine::turn(std::size_t times) {
    while (times > 0 && loop().poll_one() > 0) {
        --times;
    }
}

std::optional<Result<>> Machine::keep_up() {
    return run(keep_up_all(*process_->world, clock_));
}

Result<engine::RecoveryResult> Machine::start(DiskFault fault) {
    stop();
    if (auto opened = open(); !opened) {
        return std::unexpected(opened.error());
    }
    static_cast<void>(run(queue_.release_dead("nobody", clock_.wall())));
    disk_->arm(fault);
    auto recovered = run(engine::Recover(*process_->world).run());
    return recovered ? std::move(*recovered) : failure(Errc::internal, "recovery never ends");
}

}  // namespace slipway::sim

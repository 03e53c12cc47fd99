#include "daemon/node.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "adapters/memory/memory_rate_limiter.hpp"
#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_random.hpp"
#include "api/problem.hpp"
#include "api/service.hpp"
#include "daemon/active_store_file.hpp"
#include "daemon/announcement.hpp"
#include "daemon/background.hpp"
#include "daemon/cluster/cluster_member.hpp"
#include "daemon/consul/consul_member.hpp"
#include "daemon/consul/consul_settings.hpp"
#include "daemon/event_outlets.hpp"
#include "daemon/gauges.hpp"
#include "daemon/health_watch.hpp"
#include "daemon/kafka/task_dispatch.hpp"
#include "daemon/key_use_writer.hpp"
#include "daemon/node_options.hpp"
#include "daemon/open_data.hpp"
#include "daemon/store_watch.hpp"
#include "engine/recover.hpp"
#include "engine/signing_keys.hpp"
#include "http/server.hpp"
#include "runtime/group.hpp"
#include "runtime/run_blocking.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int kExitNow = 1;
// For tasks to write down where they are, where requests took all of the drain time.
constexpr std::chrono::milliseconds kLeastForTasks{2000};

enum class Drained { whole, cut_off };

}  // namespace

// Members are destroyed in reverse order: sockets before their loops, users before what they use.
class Node::State {
 public:
    State(const Config& config, ConfigSources sources)
        : config_(config),
          sources_(std::move(sources)),
          data_dir_(config.storage.data_dir),
          blocking_(config.storage.io_threads),
          buffers_(config.limits.buffer_budget),
          loops_(loop_count(config)),
          sessions_(loops_),
          throttle_(rates_, throttle_options(config.limits)),
          engine_metrics_(metrics_),
          delivery_metrics_(metrics_) {}

    Result<> open();
    Result<> serve();

 private:
    Result<> be_alone();
    Result<> join_others();
    Result<> recover();
    BoundPorts bound_ports() const;
    void await_signal();
    void on_signal();
    Task<void> work_until_stopped();
    Task<void> note_key_uses();
    Task<void> shut_down();
    Task<void> end_work(std::shared_ptr<runtime::Alarm> ended);
    http::Handler handler(std::optional<api::Side> side);
    std::unique_ptr<http::Server> make_server(http::ServerOptions options,
                                              std::optional<api::Side> side);
    Result<> start_servers();
    Result<> listen_for_tasks();
    Task<void> watch_health();

    const Config config_;
    const ConfigSources sources_;
    const fs::path data_dir_;
    telemetry::Metrics metrics_;
    adapters::system::SystemClock clock_;
    adapters::system::SystemRandom random_;
    runtime::BlockingPool blocking_;
    runtime::BufferPool buffers_;
    runtime::EventLoops loops_;
    engine::UploadSessions sessions_;
    adapters::memory::MemoryRateLimiter rates_{clock_};
    engine::Throttle throttle_;
    engine::EngineMetrics engine_metrics_;
    engine::DeliveryMetrics delivery_metrics_;
    OpenedData opened_;
    // Nothing where nobody else is told of tasks.
    std::unique_ptr<TaskDispatch> dispatch_;
    std::unique_ptr<engine::Stores> stores_;
    std::unique_ptr<engine::World> world_;
    std::unique_ptr<Background> background_;
    // Nothing where nobody is to be told of events.
    std::unique_ptr<EventOutlets> outlets_;
    std::unique_ptr<engine::KeyRing> keys_;
    std::unique_ptr<KeyUseWriter> key_uses_;
    std::unique_ptr<api::PartUrls> urls_;
    std::unique_ptr<engine::SigningKeys> signing_keys_;
    // Nothing where the records are this server's alone.
    std::unique_ptr<ClusterMember> cluster_;
    std::unique_ptr<api::FormUrls> form_urls_;
    api::admin::Health health_;
    std::unique_ptr<api::Service> service_;
    std::unique_ptr<HealthWatch> health_watch_;
    std::unique_ptr<StoreWatch> store_watch_;
    std::unique_ptr<http::Server> server_;
    // Health, metrics and administration, where they have a listener of their own.
    std::unique_ptr<http::Server> admin_server_;
    // Nothing where there is no Consul.
    std::unique_ptr<ConsulMember> consul_;
    std::unique_ptr<asio::signal_set> signals_;
    bool ending_ = false;
    runtime::OneShot<bool> background_ended_;
    runtime::OneShot<bool> key_uses_written_;
    runtime::OneShot<bool> watch_ended_;
    runtime::OneShot<Drained> drained_;
};

namespace {

Task<Result<>> keep_active(runtime::BlockingPool& pool, fs::path data_dir, std::string name) {
    auto write = [data_dir = std::move(data_dir), name = std::move(name)] {
        return keep_active_store(data_dir, name);
    };
    co_return co_await pool.run(std::move(write));
}

}  // namespace

Result<> Node::State::open() {
    auto opened = open_data(config_, sources_.environment,
                            {.pool = blocking_,
                             .clock = clock_,
                             .random = random_,
                             .metrics = metrics_,
                             .expected = [this] { return engine_metrics_.parts_syncing.load(); }});
    if (!opened) {
        return std::unexpected(opened.error());
    }
    opened_ = std::move(*opened);
    auto dispatch =
        open_task_dispatch(*opened_.records.tasks, metrics_, config_, sources_.environment);
    if (!dispatch) {
        return std::unexpected(dispatch.error());
    }
    dispatch_ = std::move(*dispatch);
    stores_ = std::make_unique<engine::Stores>(uses_of(*opened_.stores));
    world_ = std::make_unique<engine::World>(
        engine::World{.catalog = *opened_.records.catalog,
                      .stores = *stores_,
                      .clock = clock_,
                      .random = random_,
                      .buffers = buffers_,
                      .sessions = sessions_,
                      .metrics = engine_metrics_,
                      .tasks = dispatch_ ? dispatch_->queue() : *opened_.records.tasks,
                      .options = engine_options(config_),
                      .recent = opened_.records.recent.get()});
    if (opened_.records.behind) {
        opened_.records.behind->attach(*world_);
    }
    background_ = std::make_unique<Background>(*world_, background_options(config_));
    auto outlets =
        EventOutlets::open({.world = *world_, .metrics = metrics_, .deliveries = delivery_metrics_},
                           opened_.endpoints, config_, sources_.environment);
    if (!outlets) {
        return std::unexpected(outlets.error());
    }
    outlets_ = std::move(*outlets);
    keys_ = std::make_unique<engine::KeyRing>(opened_.administrator.digest,
                                              *opened_.records.api_keys, clock_, random_);
    key_uses_ = std::make_unique<KeyUseWriter>(*keys_);
    const std::shared_ptr<const engine::SigningKeyRing> ring = opened_.signing.ring;
    urls_ = std::make_unique<api::PartUrls>(engine::PartSigner(ring), url_options(config_));
    form_urls_ = std::make_unique<api::FormUrls>(engine::FormSigner(ring), url_options(config_));
    signing_keys_ = std::make_unique<engine::SigningKeys>(engine::SigningKeys::Means{
        .ring = *opened_.signing.ring,
        .keeper = *opened_.signing.keeper,
        .clock = clock_,
        .overlap = duration_cast<seconds>(config_.uploads.url_lifetime)});
    health_watch_ = std::make_unique<HealthWatch>(*world_, health_, metrics_);
    store_watch_ =
        std::make_unique<StoreWatch>(*stores_, openers_of(*opened_.stores), health_, metrics_);
    service_ =
        std::make_unique<api::Service>(*world_, *keys_, *urls_, *form_urls_, health_, metrics_,
                                       throttle_, *signing_keys_, service_options(config_));
    register_gauges(metrics_, {.buffers = buffers_,
                               .blocking = blocking_,
                               .records = opened_.records,
                               .background = *background_,
                               .clock = clock_});
    if (auto loaded = runtime::run_blocking(keys_->load()); !loaded) {
        return loaded;
    }
    if (auto joined = opened_.records.shared ? join_others() : be_alone(); !joined) {
        return joined;
    }
    return recover();
}

Result<> Node::State::be_alone() {
    world_->keep_active_store = [this](std::string name) {
        return keep_active(blocking_, data_dir_, std::move(name));
    };
    return apply_active_store(data_dir_, *stores_);
}

Result<> Node::State::join_others() {
    cluster_ =
        std::make_unique<ClusterMember>(ClusterMember::Means{.world = *world_,
                                                             .records = opened_.records,
                                                             .keys = *keys_,
                                                             .reload_ring = opened_.signing.reload,
                                                             .consul = opened_.consul,
                                                             .service = config_.consul.service});
    world_->keep_active_store = [this](std::string name) {
        return cluster_->keep_active_store(std::move(name));
    };
    if (outlets_ && config_.roles.worker) {
        cluster_->relay();
        outlets_->relay_only_while([this] { return cluster_->is_relay(); });
    }
    return runtime::run_blocking(cluster_->look());
}

namespace {

Task<bool> look_once(HealthWatch& watch) {
    co_await watch.look();
    co_return true;
}

}  // namespace

Result<> Node::State::recover() {
    const auto recovered = runtime::run_blocking(engine::Recover(*world_).run());
    if (!recovered) {
        return std::unexpected(recovered.error());
    }
    telemetry::log(telemetry::Level::info, "recovered",
                   {{"completed", std::uint64_t{recovered->completed}},
                    {"assembling", std::uint64_t{recovered->assembling}},
                    {"failed", std::uint64_t{recovered->failed}},
                    {"removed_blobs", std::uint64_t{recovered->removed_blobs}},
                    {"unknown_blobs", std::uint64_t{recovered->unknown_blobs}}});
    const QueueUse use = opened_.records.shared ? QueueUse::shared : QueueUse::alone;
    if (auto prepared = runtime::run_blocking(background_->prepare(use)); !prepared) {
        return prepared;
    }
    runtime::run_blocking(look_once(*health_watch_));
    health_.set_started();
    return {};
}

namespace {

// The service outlives the server that calls it.
Task<http::Response> call_service(api::Service& service, http::Request& request,
                                  std::optional<api::Side> side) {
    co_return co_await service.handle(request, side);
}

}  // namespace

http::Handler Node::State::handler(std::optional<api::Side> side) {
    return [service = service_.get(), side](http::Request& request) {
        return call_service(*service, request, side);
    };
}

std::unique_ptr<http::Server> Node::State::make_server(http::ServerOptions options,
                                                       std::optional<api::Side> side) {
    options.gate = side == api::Side::inner ? nullptr : &service_->gate();
    return std::make_unique<http::Server>(std::move(options), loops_, blocking_, buffers_, metrics_,
                                          handler(side), api::error_page);
}

Result<> Node::State::start_servers() {
    if (!config_.server.admin_listen) {
        const auto side = config_.roles.api ? std::optional<api::Side>() : api::Side::inner;
        server_ = make_server(server_options(config_), side);
        return server_->start();
    }
    server_ = make_server(server_options(config_), api::Side::outer);
    http::ServerOptions inner = server_options(config_);
    inner.host = config_.server.admin_listen->host;
    inner.port = config_.server.admin_listen->port;
    inner.max_per_address = 0;
    admin_server_ = make_server(std::move(inner), api::Side::inner);
    if (auto started = admin_server_->start(); !started) {
        return started;
    }
    return server_->start();
}

BoundPorts Node::State::bound_ports() const {
    return {.port = server_->port(),
            .admin = admin_server_ ? admin_server_->port() : std::uint16_t{0}};
}

Result<> Node::State::listen_for_tasks() {
    if (!dispatch_ || !config_.roles.worker) {
        return {};
    }
    return dispatch_->listen([this] {
        world_->wake_workers();
        if (outlets_) {
            outlets_->wake();
        }
    });
}

void Node::State::await_signal() {
    signals_->async_wait([this](const boost::system::error_code& error, int) {
        if (!error) {
            on_signal();
        }
    });
}

void Node::State::on_signal() {
    if (std::exchange(ending_, true)) {
        telemetry::log(telemetry::Level::warn, "ended_by_second_signal");
        ::_exit(kExitNow);
    }
    consul_ ? health_.set_leaving() : health_.set_draining();
    telemetry::log(telemetry::Level::info, "draining",
                   {{"connections", std::uint64_t{server_->connections()}}});
    asio::co_spawn(loops_.at(0), shut_down(), asio::detached);
    await_signal();
}

Task<void> Node::State::work_until_stopped() {
    const auto all = co_await runtime::Group::open();
    if (config_.roles.worker) {
        all->spawn(background_->run());
    }
    if (config_.roles.worker && outlets_) {
        all->spawn(outlets_->run());
    }
    co_await all->wait();
    background_ended_.deliver(true);
}

Task<void> Node::State::note_key_uses() {
    co_await key_uses_->run();
    key_uses_written_.deliver(true);
}

Task<void> Node::State::watch_health() {
    const auto both = co_await runtime::Group::open();
    both->spawn(health_watch_->run());
    both->spawn(store_watch_->run());
    if (cluster_) {
        both->spawn(cluster_->run());
    }
    if (opened_.records.behind) {
        both->spawn(opened_.records.behind->run());
    }
    co_await both->wait();
    watch_ended_.deliver(true);
}

Task<void> Node::State::shut_down() {
    if (consul_) {
        // Work is taken until others have heard that it should go elsewhere.
        co_await consul_->leave(config_.consul.drain_wait);
        health_.set_draining();
    }
    background_->stop();
    if (outlets_) {
        outlets_->stop();
    }
    const SteadyTime end = clock_.steady() + config_.server.drain_timeout;
    co_await server_->drain(config_.server.drain_timeout);
    const std::shared_ptr<runtime::Alarm> ended = co_await runtime::Alarm::open();
    asio::co_spawn(loops_.at(0), end_work(ended), asio::detached);
    const auto left = duration_cast<milliseconds>(end - clock_.steady());
    const auto how = co_await ended->wait_for(std::max(left, kLeastForTasks));
    // Last: who watches sees the draining to its end.
    if (admin_server_) {
        co_await admin_server_->drain(milliseconds(0));
    }
    drained_.deliver(how == runtime::PauseEnd::ring ? Drained::whole : Drained::cut_off);
}

Task<void> Node::State::end_work(std::shared_ptr<runtime::Alarm> ended) {
    key_uses_->stop();
    co_await key_uses_written_.wait();
    co_await background_ended_.wait();
    health_watch_->stop();
    store_watch_->stop();
    if (cluster_) {
        cluster_->stop();
    }
    if (opened_.records.behind) {
        opened_.records.behind->stop();
    }
    co_await watch_ended_.wait();
    ended->ring();
}

namespace {

// What still waits for a store that does not answer refers to half of this process, so that nothing
// is taken apart: a crash is what every task is ready for, and the next start takes it up.
[[noreturn]] void end_as_it_is(std::size_t tasks) {
    telemetry::log(telemetry::Level::warn, "stopped_with_work_left", {{"tasks", tasks}});
    std::fflush(nullptr);
    ::_exit(0);
}

}  // namespace

Result<> Node::State::serve() {
    ::signal(SIGPIPE, SIG_IGN);
    if (auto started = start_servers(); !started) {
        return started;
    }
    if (!config_.consul.address.empty()) {
        consul_ =
            std::make_unique<ConsulMember>(opened_.consul, registration_of(config_, bound_ports()),
                                           LiveSettings(config_, sources_), health_, metrics_);
    }
    auto& first = loops_.at(0);
    signals_ = std::make_unique<asio::signal_set>(first, SIGTERM, SIGINT);
    await_signal();
    loops_.start();
    if (auto announced = announce(config_, bound_ports(), opened_.administrator); !announced) {
        return announced;
    }
    if (auto listening = listen_for_tasks(); !listening) {
        return listening;
    }
    if (consul_) {
        asio::co_spawn(first, consul_->run(), asio::detached);
    }
    asio::co_spawn(loops_.at(loops_.size() - 1), work_until_stopped(), asio::detached);
    asio::co_spawn(first, note_key_uses(), asio::detached);
    asio::co_spawn(loops_.at(0), watch_health(), asio::detached);
    const Drained drained = runtime::run_blocking(drained_.wait());
    if (dispatch_) {
        dispatch_->stop();
    }
    opened_.records.stop();
    loops_.stop();
    blocking_.stop();
    withdraw_announcement(data_dir_);
    if (drained == Drained::cut_off) {
        end_as_it_is(background_->running());
    }
    telemetry::log(telemetry::Level::info, "stopped");
    return {};
}

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::open(const Config& config, ConfigSources sources) {
    auto state = std::make_unique<State>(config, std::move(sources));
    if (auto opened = state->open(); !opened) {
        return std::unexpected(opened.error());
    }
    return std::unique_ptr<Node>(new Node(std::move(state)));
}

Result<> Node::serve() {
    return state_->serve();
}

}  // namespace slipway::daemon

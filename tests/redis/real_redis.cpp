#include "redis/real_redis.hpp"

#include <signal.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "support/pause_process.hpp"

namespace slipway::redis_tests {
namespace {

constexpr const char* kPassword = "slipway-test-secret";

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) {
        throw std::runtime_error(std::string(name) + " is not set: tests/redis/over_redis");
    }
    return value;
}

std::string new_folder(Access access) {
    static std::atomic<unsigned> count = 0;
    const std::string folder =
        variable("SLIPWAY_REDIS_DIR") + "/server" + std::to_string(count.fetch_add(1));
    std::filesystem::create_directories(folder);
    if (access == Access::guarded) {
        std::ofstream(folder + "/guarded") << "\n";
    }
    if (access == Access::encrypted) {
        std::filesystem::copy(variable("SLIPWAY_REDIS_DIR") + "/certs", folder + "/certs");
    }
    return folder;
}

}  // namespace

RealRedis::RealRedis(std::string script, std::string folder, Access access)
    : script_(std::move(script)), folder_(std::move(folder)), access_(access) {}

RealRedis::RealRedis(Access access, const RealRedis* replica_of)
    : RealRedis("redis", new_folder(access), access) {
    if (replica_of != nullptr) {
        std::ofstream(folder_ + "/replica_of")
            << "127.0.0.1:" << replica_of->address().port << "\n";
    }
    start();
}

std::unique_ptr<RealRedis> RealRedis::sentinel_of(const RealRedis& master) {
    const std::string folder = new_folder(master.access_);
    std::ofstream(folder + "/watches") << "127.0.0.1:" << master.address().port << " test 1\n";
    std::unique_ptr<RealRedis> sentinel(new RealRedis("redis-sentinel", folder, master.access_));
    sentinel->start();
    return sentinel;
}

RealRedis::~RealRedis() {
    run_script("stop");
}

void RealRedis::run_script(const std::string& command) const {
    const std::string line = variable("SLIPWAY_REDIS_SCRIPTS") + "/" + script_ + " " + command +
                             " " + folder_ + " >/dev/null";
    if (std::system(line.c_str()) != 0) {
        throw std::runtime_error(line + " failed");
    }
}

void RealRedis::start() {
    run_script("start");
    run_script("wait");
    std::ifstream(folder_ + "/port") >> address_.port;
    address_.host = "127.0.0.1";
}

int RealRedis::process() const {
    int pid = 0;
    std::ifstream(folder_ + "/pid") >> pid;
    return pid;
}

void RealRedis::kill() {
    const std::string exe = "/proc/" + std::to_string(process()) + "/exe";
    ::kill(process(), SIGKILL);
    // What is left of it is a zombie at most, which runs no program.
    std::error_code gone;
    wait_for([&] { return std::filesystem::read_symlink(exe, gone).empty() || gone; });
}

void RealRedis::pause() {
    support::pause_process(process());
}

void RealRedis::resume() {
    ::kill(process(), SIGCONT);
}

std::string RealRedis::ask(const std::string& command) const {
    const std::string line = "redis-cli -p " + std::to_string(address_.port) +
                             (access_ == Access::encrypted ? " --tls --insecure" : "") +
                             (access_ == Access::guarded && script_ == "redis"
                                  ? std::string(" --no-auth-warning -a ") + kPassword
                                  : std::string()) +
                             " " + command;
    FILE* pipe = ::popen(line.c_str(), "r");
    std::string out;
    std::array<char, 4096> chunk{};
    while (const auto size = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
        out.append(chunk.data(), size);
    }
    ::pclose(pipe);
    while (out.ends_with('\n')) {
        out.pop_back();
    }
    return out;
}

adapters::redis::RedisOptions RealRedis::options() const {
    adapters::redis::RedisOptions options;
    options.server = address_;
    // However busy the machine is.
    options.connect = options.answer = std::chrono::seconds(60);
    if (access_ == Access::guarded) {
        options.password = kPassword;
    }
    if (access_ == Access::encrypted) {
        options.tls = *http::TlsContext::make(folder_ + "/certs/public.crt");
    }
    return options;
}

void wait_for(const std::function<bool()>& condition) {
    while (!condition()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

adapters::redis::SharedSession wait_for_session(const adapters::redis::RedisClient& client) {
    adapters::redis::SharedSession session;
    wait_for([&] { return (session = client.session()) != nullptr; });
    return session;
}

}  // namespace slipway::redis_tests

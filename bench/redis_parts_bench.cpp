// Part updates in Redis as a ratio to redis-benchmark: the script by which a committed part is
// added to its upload's entry (adapters/redis/cache), run by our client over its one connection and
// by redis-benchmark over fifty, with one and with sixteen commands under way on each; in turns,
// over one server.
//
//     tests/redis/over_redis build/release/bin/redis_parts_bench [ROUNDS [COMMANDS]]
//
// Prints each round, and for both ways of redis-benchmark the median ratio with the least and the
// most.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "adapters/redis/cache/cache_scripts.hpp"
#include "adapters/redis/client/redis_client.hpp"
#include "adapters/redis/protocol/request.hpp"
#include "redis/real_redis.hpp"
#include "runtime/group.hpp"
#include "runtime/run_blocking.hpp"

namespace {

using namespace slipway;
using namespace slipway::adapters::redis;

// Each command adds the same part to one of so many uploads; few are met twice in a run. (The part
// cannot be random: redis-benchmark counts from 0, and gives up at the first failure.)
constexpr unsigned kUploads = 300'000;
constexpr const char* kPart = "5000";
constexpr unsigned kUnderWay = 512;
// As large as the record of a part with its digests.
const std::string kRecord(160, 'r');

// As redis-benchmark writes its random numbers.
std::string twelve_digits(unsigned number) {
    char text[16];
    std::snprintf(text, sizeof text, "%012u", number);
    return text;
}

std::vector<std::string> arguments_for(const std::string& run_id, const std::string& upload) {
    return {"file:meta:{" + upload + "}",
            "file:parts:{" + upload + "}",
            "file:generation",
            run_id,
            "604800000",
            "1",
            kPart,
            kRecord};
}

// Entries of uploads of which no part is stored.
Task<bool> fill(RedisClient& client, SharedSession session) {
    const Script fill_all(
        "redis.call('SET', 'file:generation', 'bench') for i = 0, tonumber(ARGV[2]) - 1 do "
        "redis.call('HSET', string.format('file:meta:{%012d}', "
        "i), 'generation', ARGV[1] .. ':bench', 'epoch', '1', 'chunkIndex', '', 'progress', 0) "
        "end");
    const auto emptied = co_await client.call(session, write_request({"FLUSHALL"}));
    std::vector<std::string> arguments = {session->run_id, std::to_string(kUploads)};
    const auto filled = co_await client.run(session, fill_all, 0, std::move(arguments));
    co_return emptied.has_value() && filled.has_value();
}

Task<void> add_parts(RedisClient& client, SharedSession session, const Script& script,
                     unsigned count, unsigned seed) {
    std::minstd_rand random(seed + 1);
    for (unsigned i = 0; i < count; ++i) {
        auto arguments = arguments_for(session->run_id, twelve_digits(random() % kUploads));
        const auto added = co_await client.run(session, script, 3, std::move(arguments));
        if (!added) {
            std::fprintf(stderr, "%s\n", added.error().detail.c_str());
            std::exit(1);
        }
    }
}

Task<bool> add_beside(RedisClient& client, SharedSession session, const Script& script,
                      unsigned commands) {
    const auto all = co_await runtime::Group::open();
    for (unsigned i = 0; i < kUnderWay; ++i) {
        all->spawn(add_parts(client, session, script, commands / kUnderWay, i));
    }
    co_await all->wait();
    co_return true;
}

// The same to begin with for every run.
SharedSession prepare(RedisClient& client) {
    auto session = redis_tests::wait_for_session(client);
    if (!runtime::run_blocking(fill(client, session))) {
        std::fprintf(stderr, "Redis could not be filled\n");
        std::exit(1);
    }
    return session;
}

double ours(RedisClient& client, const Script& script, unsigned commands) {
    const auto session = prepare(client);
    const auto begin = std::chrono::steady_clock::now();
    runtime::run_blocking(add_beside(client, session, script, commands));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return commands / kUnderWay * kUnderWay / took.count();
}

// Commands a second, as it says itself.
double theirs(RedisClient& client, const redis_tests::RealRedis& server, const Script& script,
              unsigned commands, unsigned pipeline) {
    const std::string run_id = prepare(client)->run_id;
    std::string line = "redis-benchmark --csv -c 50 -p " + std::to_string(server.address().port) +
                       " -P " + std::to_string(pipeline) + " -n " + std::to_string(commands) +
                       " -r " + std::to_string(kUploads) + " EVALSHA " + script.name() + " 3";
    for (const auto& word : arguments_for(run_id, "__rand_int__")) {
        line += " '" + word + "'";
    }
    FILE* pipe = ::popen((line + " 2>/dev/null | tail -n 1").c_str(), "r");
    std::string out;
    char chunk[1024];
    while (const auto size = std::fread(chunk, 1, sizeof chunk, pipe)) {
        out.append(chunk, size);
    }
    ::pclose(pipe);
    const auto number = out.find("\",\"");
    return number == std::string::npos ? 0 : std::atof(out.c_str() + number + 3);
}

void print_ratios(const char* what, std::vector<double> ratios) {
    std::ranges::sort(ratios);
    std::printf("ratio to redis-benchmark -c 50 %s: %.2f (%.2f to %.2f)\n", what,
                ratios[ratios.size() / 2], ratios.front(), ratios.back());
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 5;
    const unsigned commands = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 100'000;
    const redis_tests::RealRedis server;
    const CacheScripts scripts;
    RedisClient client(server.options());
    std::vector<double> to_single;
    std::vector<double> to_pipelined;
    for (unsigned round = 0; round < rounds; ++round) {
        const double own = ours(client, scripts.add_part, commands);
        const double single = theirs(client, server, scripts.add_part, commands, 1);
        const double pipelined = theirs(client, server, scripts.add_part, commands, 16);
        std::printf("parts a second: ours %.0f, redis-benchmark -P 1 %.0f, -P 16 %.0f\n", own,
                    single, pipelined);
        to_single.push_back(own / single);
        to_pipelined.push_back(own / pipelined);
    }
    print_ratios("-P 1", std::move(to_single));
    print_ratios("-P 16", std::move(to_pipelined));
    return 0;
}

// RedisClient: commands to one Redis server, or to the master that sentinels name, over one
// connection on a thread and an event loop of its own, for callers on any loop. What callers hand
// in while something is being written leaves together, in one write.
//
// A command is sent once and never again: a connection that is lost, or does not answer in time,
// fails all that wait on it, and nobody knows which of them were carried out. While there is no
// connection calls fail at once; it is tried again and again, asking the sentinels each time.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adapters/redis/client/link.hpp"
#include "adapters/redis/client/options.hpp"
#include "adapters/redis/client/script.hpp"
#include "adapters/redis/protocol/reply.hpp"
#include "base/result.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::redis {

// A connection, from its log-in to its loss.
struct Session {
    std::uint64_t number = 0;
    // Of the server's process: what another process is told may be older than what this one was.
    std::string run_id;
    std::chrono::steady_clock::time_point since;
};

using SharedSession = std::shared_ptr<const Session>;

class RedisClient final {
 public:
    explicit RedisClient(RedisOptions options);
    // Ends what stop() ends.
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    // Nothing: there is no connection.
    SharedSession session() const;
    // How many there have been.
    std::uint64_t sessions() const;
    std::size_t waiting() const;

    // The answer of that connection and of no later one. Errors: those of translate_failure;
    // unavailable: it is lost, and the command may have been carried out; throttled: too many
    // wait, it was not sent.
    Task<Result<Reply>> call(SharedSession on, std::string request);
    // Runs a script: by its name, and by its text where the server does not know it. `arguments`:
    // so many keys, then the rest.
    Task<Result<Reply>> run(SharedSession on, const Script& script, std::size_t keys,
                            std::vector<std::string> arguments);

    // Fails all calls, now and later, closes the connection, joins. Idempotent. Not from the loop.
    void stop();

 private:
    using Answer = runtime::OneShot<Result<Reply>>;
    struct Waiting {
        std::chrono::steady_clock::time_point since;
        Answer answer;
    };

    Task<void> serve();
    Task<Result<std::shared_ptr<Link>>> connect();
    Task<void> use(std::shared_ptr<Link> link);
    Task<void> pause(unsigned failures);
    void tell(const std::optional<Error>& failed);
    bool is_stopping() const;

    std::optional<Error> enqueue(const Session& on, std::string_view request, const Answer& answer);
    void flush();
    void watch(const std::shared_ptr<Link>& link);
    // Hands out what has come. False: this connection is not to be used any more.
    bool deliver(Link& link);
    void fail_all(const std::string& why);

    RedisOptions options_;
    mutable std::mutex mutex_;
    bool stopping_ = false;
    SharedSession session_;
    std::uint64_t sessions_ = 0;
    std::string outgoing_;
    bool flush_posted_ = false;
    std::deque<Waiting> waiting_;

    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        loop_.get_executor()};
    // The loop's alone.
    std::shared_ptr<Link> link_;
    std::string run_id_;
    std::string writing_;
    boost::asio::steady_timer pause_{loop_};
    boost::asio::steady_timer watch_{loop_};
    std::optional<Errc> away_for_;
    std::thread thread_;
};

}  // namespace slipway::adapters::redis

#include "adapters/redis/client/redis_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "adapters/redis/client/log_in.hpp"
#include "adapters/redis/client/redis_error.hpp"
#include "adapters/redis/protocol/request.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::redis {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

RedisClient::RedisClient(RedisOptions options) : options_(std::move(options)) {
    asio::co_spawn(loop_, serve(), [this](const std::exception_ptr& thrown) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
        guard_.reset();
    });
    thread_ = std::thread([this] { loop_.run(); });
}

RedisClient::~RedisClient() {
    stop();
}

void RedisClient::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    if (!thread_.joinable()) {
        return;
    }
    asio::post(loop_, [this] {
        pause_.cancel();
        if (link_) {
            link_->close();
        }
    });
    thread_.join();
}

bool RedisClient::is_stopping() const {
    const std::scoped_lock lock(mutex_);
    return stopping_;
}

SharedSession RedisClient::session() const {
    const std::scoped_lock lock(mutex_);
    return session_;
}

std::uint64_t RedisClient::sessions() const {
    const std::scoped_lock lock(mutex_);
    return sessions_;
}

std::size_t RedisClient::waiting() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
}

Task<Result<Reply>> RedisClient::call(SharedSession on, std::string request) {
    const Answer answer;
    if (auto refused = enqueue(*on, request, answer)) {
        co_return std::unexpected(std::move(*refused));
    }
    auto reply = co_await answer.wait();
    if (reply && reply->failure() != nullptr) {
        co_return std::unexpected(translate_failure(reply->failure()->text));
    }
    co_return reply;
}

Task<Result<Reply>> RedisClient::run(SharedSession on, const Script& script, std::size_t keys,
                                     std::vector<std::string> arguments) {
    const std::string count = std::to_string(keys);
    std::vector<std::string_view> words = {"EVALSHA", script.name(), count};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Answer answer;
    if (auto refused = enqueue(*on, write_request(words), answer)) {
        co_return std::unexpected(std::move(*refused));
    }
    auto reply = co_await answer.wait();
    if (!reply || reply->failure() == nullptr) {
        co_return reply;
    }
    if (!is_unknown_script(reply->failure()->text)) {
        co_return std::unexpected(translate_failure(reply->failure()->text));
    }
    // From now on the server knows it.
    words[0] = "EVAL";
    words[1] = script.text();
    co_return co_await call(std::move(on), write_request(words));
}

std::optional<Error> RedisClient::enqueue(const Session& on, std::string_view request,
                                          const Answer& answer) {
    bool must_flush = false;
    {
        const std::scoped_lock lock(mutex_);
        if (!session_ || session_->number != on.number) {
            return Error{Errc::unavailable, "Redis: the connection was lost"};
        }
        if (waiting_.size() >= options_.max_waiting) {
            return Error{Errc::throttled, "Redis: too many commands wait"};
        }
        outgoing_.append(request);
        waiting_.push_back({steady_clock::now(), answer});
        must_flush = !std::exchange(flush_posted_, true);
    }
    if (must_flush) {
        asio::post(loop_, [this] { flush(); });
    }
    return std::nullopt;
}

// Until everything is written flush_posted_ stays, so that nobody else writes.
void RedisClient::flush() {
    {
        const std::scoped_lock lock(mutex_);
        if (!link_ || outgoing_.empty()) {
            flush_posted_ = false;
            return;
        }
        writing_.clear();
        writing_.swap(outgoing_);
    }
    link_->begin_write(writing_, [this] { flush(); });
}

Task<void> RedisClient::serve() {
    unsigned failures = 0;
    while (!is_stopping()) {
        auto opened = co_await connect();
        if (opened) {
            failures = 0;
            tell(std::nullopt);
            co_await use(std::move(*opened));
        } else {
            link_.reset();
            tell(opened.error());
        }
        if (!is_stopping()) {
            co_await pause(++failures);
        }
    }
}

Task<Result<std::shared_ptr<Link>>> RedisClient::connect() {
    ServerAddress address = options_.server;
    if (!options_.sentinels.empty()) {
        auto master = co_await find_master(options_);
        if (!master) {
            co_return std::unexpected(std::move(master.error()));
        }
        address = std::move(*master);
    }
    link_ = std::make_shared<Link>(loop_.get_executor(), options_.tls);
    const auto link = link_;
    if (auto opened = co_await link->open(std::move(address), options_.connect); !opened) {
        co_return std::unexpected(std::move(opened.error()));
    }
    auto run_id = co_await log_in(link, options_);
    if (!run_id) {
        link->close();
        co_return std::unexpected(std::move(run_id.error()));
    }
    run_id_ = std::move(*run_id);
    co_return link;
}

// Returns when the connection is lost or was given up.
Task<void> RedisClient::use(std::shared_ptr<Link> link) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            co_return;
        }
        session_ = std::make_shared<const Session>(
            Session{.number = ++sessions_, .run_id = run_id_, .since = steady_clock::now()});
    }
    watch(link);
    std::string why;
    for (;;) {
        if (auto read = co_await link->read_some(); !read) {
            why = std::move(read.error().detail);
            break;
        }
        if (!deliver(*link)) {
            why = "Redis: the server is not the one to speak with";
            break;
        }
    }
    watch_.cancel();
    link->close();
    link_.reset();
    fail_all(why);
}

bool RedisClient::deliver(Link& link) {
    bool usable = true;
    std::vector<Reply> replies;
    for (;;) {
        auto reply = link.parser().next();
        if (!reply || !*reply) {
            usable = reply.has_value();
            break;
        }
        replies.push_back(std::move(**reply));
    }
    std::vector<Waiting> answered;
    {
        const std::scoped_lock lock(mutex_);
        if (replies.size() > waiting_.size()) {
            // More answers than questions: none of them can be believed.
            return false;
        }
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(replies.size());
        answered.assign(std::move_iterator(waiting_.begin()), std::move_iterator(end));
        waiting_.erase(waiting_.begin(), end);
    }
    for (std::size_t i = 0; i < replies.size(); ++i) {
        const auto* const failed = replies[i].failure();
        usable = usable && (failed == nullptr || !is_wrong_server(failed->text));
        answered[i].answer.deliver(std::move(replies[i]));
    }
    return usable;
}

void RedisClient::fail_all(const std::string& why) {
    std::deque<Waiting> failed;
    {
        const std::scoped_lock lock(mutex_);
        session_.reset();
        outgoing_.clear();
        failed.swap(waiting_);
    }
    for (const Waiting& waiting : failed) {
        waiting.answer.deliver(slipway::failure(Errc::unavailable, why));
    }
}

// Looks now and then whether the first that waits does so for too long.
void RedisClient::watch(const std::shared_ptr<Link>& link) {
    constexpr int kLooks = 4;
    watch_.expires_after(options_.answer / kLooks);
    watch_.async_wait([this, weak = std::weak_ptr(link)](const error_code& error) {
        const auto watched = error ? nullptr : weak.lock();
        if (!watched) {
            return;
        }
        bool is_late = false;
        {
            const std::scoped_lock lock(mutex_);
            is_late =
                !waiting_.empty() && steady_clock::now() - waiting_.front().since > options_.answer;
        }
        is_late ? watched->give_up() : watch(watched);
    });
}

Task<void> RedisClient::pause(unsigned failures) {
    const auto world = runtime::real_retry_world();
    pause_.expires_after(runtime::backoff_delay(options_.backoff, failures, world.random()));
    co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
}

// Once each time that it changes.
void RedisClient::tell(const std::optional<Error>& failed) {
    if (failed && away_for_ != failed->code) {
        telemetry::log(telemetry::Level::warn, "redis_away", {{"detail", failed->detail}});
    }
    if (!failed && away_for_) {
        telemetry::log(telemetry::Level::info, "redis_back");
    }
    away_for_ = failed ? std::optional(failed->code) : std::nullopt;
}

}  // namespace slipway::adapters::redis

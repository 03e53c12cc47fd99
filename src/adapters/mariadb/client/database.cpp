#include "adapters/mariadb/client/database.hpp"

#include <boost/asio/post.hpp>

namespace slipway::adapters::mariadb {

Database::Database(DatabaseOptions options)
    : options_(std::move(options)),
      pool_(std::make_unique<Pool>(options_.pool)),
      thread_([this] { loop_.run(); }) {}

Database::~Database() {
    stop();
}

void Database::stop() {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        // Each ends by the deadlines of its statements.
        ended_.wait(lock, [this] { return running_ == 0; });
        if (!thread_.joinable()) {
            return;
        }
    }
    boost::asio::post(loop_, [this] { pool_->close(); });
    guard_.reset();
    thread_.join();
}

std::size_t Database::running() const {
    const std::scoped_lock lock(mutex_);
    return running_;
}

void Database::spawn(Task<void> task) {
    {
        const std::scoped_lock lock(mutex_);
        ++running_;
    }
    boost::asio::co_spawn(loop_, std::move(task), [this](const std::exception_ptr&) { end(); });
}

bool Database::begin() {
    const std::scoped_lock lock(mutex_);
    if (stopping_) {
        return false;
    }
    ++running_;
    return true;
}

void Database::end() {
    const std::scoped_lock lock(mutex_);
    if (--running_ == 0) {
        ended_.notify_all();
    }
}

Database::End Database::end_of(const Session& session) {
    switch (session.failure()) {
        case SqlFailure::duplicate:
        case SqlFailure::repeat:
            return End::repeat;
        case SqlFailure::lost:
            return End::lost;
        case SqlFailure::none:
        case SqlFailure::refused:
            return End::final;
    }
    return End::final;
}

}  // namespace slipway::adapters::mariadb

#include "adapters/consul/consul_lock.hpp"

#include <utility>

namespace slipway::adapters::consul {

// A session that Consul does not know any more has lost what it held.
Task<Result<>> ConsulLock::keep_session() {
    if (!session_.empty()) {
        const auto known = co_await client_.renew_session(session_);
        if (!known) {
            co_return std::unexpected(known.error());
        }
        if (*known) {
            co_return Result<>();
        }
        session_.clear();
        token_.reset();
    }
    auto made = co_await client_.create_session(
        {.name = options_.key, .ttl = options_.ttl, .lock_delay = options_.delay});
    if (!made) {
        co_return std::unexpected(std::move(made.error()));
    }
    session_ = *std::move(made);
    co_return Result<>();
}

// The index of the last change of the key is that of its taking, unless somebody has written to it
// since: what was seen first stays.
Task<Result<std::optional<std::uint64_t>>> ConsulLock::token_of_session() {
    const auto lock = co_await client_.read_lock(options_.key);
    if (!lock) {
        co_return std::unexpected(lock.error());
    }
    if (lock->session != session_) {
        token_.reset();
    } else if (!token_) {
        token_ = lock->modify_index;
    }
    co_return token_;
}

Task<Result<std::optional<std::uint64_t>>> ConsulLock::hold() {
    if (auto kept = co_await keep_session(); !kept) {
        co_return std::unexpected(std::move(kept.error()));
    }
    if (!token_) {
        const auto taken = co_await client_.acquire(options_.key, session_, options_.holder);
        if (!taken) {
            co_return std::unexpected(taken.error());
        }
        if (!*taken) {
            co_return std::optional<std::uint64_t>();
        }
    }
    co_return co_await token_of_session();
}

Task<Result<>> ConsulLock::release() {
    token_.reset();
    if (session_.empty()) {
        co_return Result<>();
    }
    co_return co_await client_.destroy_session(std::exchange(session_, {}));
}

}  // namespace slipway::adapters::consul

#include "runtime/alarm.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace slipway::runtime {

// Touched on its loop only.
struct Alarm::State {
    explicit State(const boost::asio::any_io_executor& executor) : timer(executor) {}

    boost::asio::steady_timer timer;
    bool rung = false;
};

Alarm::Alarm(std::shared_ptr<State> state) : state_(std::move(state)) {}
Alarm::~Alarm() = default;

Task<std::unique_ptr<Alarm>> Alarm::open() {
    auto state = std::make_shared<State>(co_await boost::asio::this_coro::executor);
    co_return std::unique_ptr<Alarm>(new Alarm(std::move(state)));
}

Task<PauseEnd> Alarm::wait_for(std::chrono::milliseconds time) {
    const auto state = state_;
    if (!state->rung) {
        state->timer.expires_after(time);
        co_await state->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    co_return std::exchange(state->rung, false) ? PauseEnd::ring : PauseEnd::time;
}

void Alarm::ring() {
    boost::asio::post(state_->timer.get_executor(), [state = state_] {
        state->rung = true;
        state->timer.cancel();
    });
}

}  // namespace slipway::runtime

#include "runtime/program.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <exception>

namespace slipway::runtime {

namespace {

void await_signals(boost::asio::signal_set& signals, const ProgramHooks& hooks) {
    signals.async_wait([&signals, &hooks](const boost::system::error_code& error, int number) {
        if (!error) {
            hooks.on_interrupt(number);
            await_signals(signals, hooks);
        }
    });
}

void await_tick(boost::asio::steady_timer& timer, const ProgramHooks& hooks) {
    timer.expires_after(hooks.tick);
    timer.async_wait([&timer, &hooks](const boost::system::error_code& error) {
        if (!error) {
            hooks.on_tick();
            await_tick(timer, hooks);
        }
    });
}

}  // namespace

int run_program(Task<int> main, ProgramHooks hooks) {
    std::signal(SIGPIPE, SIG_IGN);
    boost::asio::io_context loop(1);
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    await_signals(signals, hooks);
    boost::asio::steady_timer timer(loop);
    if (hooks.on_tick) {
        await_tick(timer, hooks);
    }
    int value = 0;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(main), [&](std::exception_ptr error, int result) {
        thrown = error;
        value = result;
        loop.stop();
    });
    loop.run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return value;
}

}  // namespace slipway::runtime

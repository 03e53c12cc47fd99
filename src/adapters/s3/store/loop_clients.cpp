#include "adapters/s3/store/loop_clients.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>

namespace slipway::adapters::s3 {

Result<std::unique_ptr<LoopClients>> LoopClients::make(Endpoint calls, Endpoint streams,
                                                       sigv4::Credentials credentials,
                                                       const ports::Clock& clock) {
    std::unique_ptr<LoopClients> clients(
        new LoopClients(std::move(calls), std::move(streams), std::move(credentials), clock));
    if (const auto tried = clients->make_pair(); !tried) {
        return std::unexpected(tried.error());
    }
    return clients;
}

Task<ClientPair> LoopClients::here() {
    const auto executor = co_await boost::asio::this_coro::executor;
    const void* const loop = &boost::asio::query(executor, boost::asio::execution::context);
    const std::scoped_lock lock(mutex_);
    const auto found = pairs_.find(loop);
    if (found != pairs_.end()) {
        co_return found->second;
    }
    // It was made once in make(), from the same values.
    co_return pairs_.emplace(loop, make_pair().value()).first->second;
}

Result<ClientPair> LoopClients::make_pair() const {
    auto calls = S3Client::make(calls_, credentials_, clock_);
    if (!calls) {
        return std::unexpected(std::move(calls.error()));
    }
    auto streams = S3Client::make(streams_, credentials_, clock_);
    if (!streams) {
        return std::unexpected(std::move(streams.error()));
    }
    return ClientPair{*std::move(calls), *std::move(streams)};
}

}  // namespace slipway::adapters::s3

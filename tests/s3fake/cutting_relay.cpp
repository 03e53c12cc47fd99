#include "s3fake/cutting_relay.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <set>
#include <vector>

#include "runtime/task.hpp"

namespace slipway::s3fake {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBuffer = 64 << 10;

struct Link {
    explicit Link(tcp::socket accepted)
        : client(std::move(accepted)), server(client.get_executor()) {}
    void cut() {
        boost::system::error_code ignored;
        client.close(ignored);
        server.close(ignored);
    }
    tcp::socket client;
    tcp::socket server;
};
using LinkPtr = std::shared_ptr<Link>;

Task<void> pump(LinkPtr link, Direction direction, std::shared_ptr<const CutRule> rule) {
    tcp::socket& from = direction == Direction::to_server ? link->client : link->server;
    tcp::socket& to = direction == Direction::to_server ? link->server : link->client;
    std::vector<char> buffer(kBuffer);
    while (true) {
        const auto [error, count] = co_await from.async_read_some(asio::buffer(buffer), kTuple);
        if (error || (*rule)(direction, std::string_view(buffer.data(), count))) {
            link->cut();
            co_return;
        }
        const auto [failed, written] =
            co_await asio::async_write(to, asio::buffer(buffer.data(), count), kTuple);
        if (failed || written != count) {
            link->cut();
            co_return;
        }
    }
}

}  // namespace

class CuttingRelay::State : public std::enable_shared_from_this<State> {
 public:
    State(asio::io_context& loop, std::uint16_t server_port, CutRule rule)
        : loop_(loop),
          server_(asio::ip::address_v4::loopback(), server_port),
          rule_(std::make_shared<const CutRule>(std::move(rule))),
          acceptor_(loop) {}

    void listen() {
        const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port_);
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(endpoint);
        acceptor_.listen();
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(loop_, accept(shared_from_this()), asio::detached);
    }

    void shut() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        for (const auto& weak : links_) {
            if (const auto link = weak.lock()) {
                link->cut();
            }
        }
        links_.clear();
    }

    // Runs it on the loop and waits for it.
    template <class Action>
    void on_loop(Action action) {
        std::promise<void> done;
        asio::post(loop_, [&] {
            action();
            done.set_value();
        });
        done.get_future().wait();
    }

    std::uint16_t port() const { return port_; }

 private:
    static Task<void> accept(std::shared_ptr<State> self) {
        while (true) {
            auto [error, socket] = co_await self->acceptor_.async_accept(kTuple);
            if (error) {
                co_return;
            }
            asio::co_spawn(self->loop_, serve(self, std::make_shared<Link>(std::move(socket))),
                           asio::detached);
        }
    }

    static Task<void> serve(std::shared_ptr<State> self, LinkPtr link) {
        self->links_.insert(link);
        const auto [error] = co_await link->server.async_connect(self->server_, kTuple);
        if (error) {
            link->cut();
            co_return;
        }
        boost::system::error_code ignored;
        link->client.set_option(tcp::no_delay(true), ignored);
        link->server.set_option(tcp::no_delay(true), ignored);
        asio::co_spawn(self->loop_, pump(link, Direction::to_client, self->rule_), asio::detached);
        co_await pump(link, Direction::to_server, self->rule_);
        self->links_.erase(link);
    }

    asio::io_context& loop_;
    const tcp::endpoint server_;
    const std::shared_ptr<const CutRule> rule_;
    tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::set<std::weak_ptr<Link>, std::owner_less<>> links_;
};

CuttingRelay::CuttingRelay(asio::io_context& loop, std::uint16_t server_port, CutRule rule)
    : state_(std::make_shared<State>(loop, server_port, std::move(rule))) {
    open();
}

CuttingRelay::~CuttingRelay() {
    close();
}

std::uint16_t CuttingRelay::port() const {
    return state_->port();
}

void CuttingRelay::close() {
    state_->on_loop([this] { state_->shut(); });
}

void CuttingRelay::open() {
    state_->on_loop([this] { state_->listen(); });
}

}  // namespace slipway::s3fake

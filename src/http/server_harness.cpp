#include "http/server_harness.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <stdexcept>
#include <thread>

#include "runtime/run_blocking.hpp"

namespace slipway::http {

namespace {

using namespace std::chrono_literals;

Response error_page(unsigned status, const std::string& reason) {
    Response response{
        .status = status, .headers = {}, .body = "refused: " + reason, .head_length = {}};
    response.headers.add("Content-Type", "text/plain");
    return response;
}

Response text(std::string body) {
    return {.status = 200, .headers = {}, .body = std::move(body), .head_length = {}};
}

Task<Response> count_body(Request& request) {
    std::uint64_t total = 0;
    unsigned sum = 0;
    while (true) {
        auto chunk = co_await request.body.next();
        if (!chunk) {
            co_return text("error " + std::string(to_string(chunk.error().code)));
        }
        if (chunk->bytes.empty()) {
            break;
        }
        total += chunk->bytes.size();
        for (const std::byte byte : chunk->bytes) {
            sum = (sum * 31U) + static_cast<unsigned>(byte);
        }
    }
    co_return text(std::to_string(total) + " " + std::to_string(sum));
}

Task<bool> drained(Server& server, std::chrono::milliseconds deadline) {
    co_await server.drain(deadline);
    co_return true;
}

}  // namespace

Task<Response> serve_standard(Request& request) {
    const std::string& path = request.head.target.path;
    if (path == "/echo") {
        auto body = co_await request.body.read_all(1_MiB);
        co_return text(body ? *std::move(body)
                            : "error " + std::string(to_string(body.error().code)));
    }
    if (path == "/count") {
        co_return co_await count_body(request);
    }
    if (path == "/throw") {
        throw std::runtime_error("the handler broke");
    }
    if (path == "/inject") {
        Response response = text("never");
        response.headers.add("X-Name", "a\r\nX-Evil: 1");
        co_return response;
    }
    if (path == "/empty") {
        co_return Response{.status = 204, .headers = {}, .body = "dropped", .head_length = {}};
    }
    if (path == "/refuse") {
        co_return Response{.status = 413, .headers = {}, .body = "too much", .head_length = {}};
    }
    if (path == "/id") {
        co_return text(request.request_id.id + " " + request.peer + " " + request.head.host);
    }
    co_return text(std::string(to_string(request.head.method)) + " " + path);
}

std::string RawAnswer::field(std::string_view name) const {
    const std::string line = "\r\n" + std::string(name) + ": ";
    const auto at = head.find(line);
    if (at == std::string::npos) {
        return "(none)";
    }
    const auto begin = at + line.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

RawClient::RawClient(std::uint16_t port, const std::string& host) {
    int result = -1;
    if (host.contains(':')) {
        socket_ = FileDescriptor(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(port);
        ::inet_pton(AF_INET6, host.c_str(), &address.sin6_addr);
        result = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    } else {
        socket_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
        result = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
    if (result != 0) {
        throw std::runtime_error("connect");
    }
    set_read_timeout(20s);
}

void RawClient::set_read_timeout(std::chrono::milliseconds time) {
    const timeval value{.tv_sec = time / 1s, .tv_usec = (time % 1s) / 1us};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value);
}

void RawClient::set_receive_buffer(int bytes) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool RawClient::try_send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void RawClient::send(std::string_view bytes) {
    EXPECT_TRUE(try_send(bytes));
}

void RawClient::shutdown_send() {
    ::shutdown(socket_.get(), SHUT_WR);
}

std::string RawClient::read_some(std::size_t limit) {
    if (!held_.empty()) {
        std::string out = held_.substr(0, limit);
        held_.erase(0, out.size());
        return out;
    }
    std::string out(limit, '\0');
    const ssize_t count = ::recv(socket_.get(), out.data(), limit, 0);
    if (count < 0 && errno == EAGAIN) {
        ADD_FAILURE() << "nothing came for the length of the read timeout";
    }
    out.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return out;
}

std::optional<std::string> RawClient::read_head() {
    std::string head;
    while (!head.contains("\r\n\r\n")) {
        const std::string more = read_some(65536);
        if (more.empty()) {
            return std::nullopt;
        }
        head += more;
    }
    const auto end = head.find("\r\n\r\n") + 4;
    held_ = head.substr(end) + held_;
    head.resize(end);
    return head;
}

std::optional<RawAnswer> RawClient::read_answer(Method method) {
    auto head = read_head();
    if (!head) {
        return std::nullopt;
    }
    RawAnswer answer;
    answer.head = *std::move(head);
    answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
    const std::string length = answer.field("Content-Length");
    if (length == "(none)" || method == Method::head || answer.status == 304) {
        return answer;
    }
    const std::size_t wanted = std::stoul(length);
    while (answer.body.size() < wanted) {
        const std::string more =
            read_some(std::min<std::size_t>(wanted - answer.body.size(), 1U << 20U));
        if (more.empty()) {
            return std::nullopt;
        }
        answer.body += more;
    }
    return answer;
}

std::string RawClient::read_to_end() {
    std::string all;
    while (true) {
        const std::string more = read_some(65536);
        if (more.empty()) {
            return all;
        }
        all += more;
    }
}

bool RawClient::ends() {
    return read_some(1).empty();
}

ServerHarness::ServerHarness(Handler handler, ServerOptions options, ByteCount buffers)
    : buffers_(buffers),
      blocking_(2),
      loops_(2),
      server_(std::make_unique<Server>(std::move(options), loops_, blocking_, buffers_, metrics_,
                                       std::move(handler), error_page)) {
    loops_.start();
    const auto started = server_->start();
    if (!started) {
        throw std::runtime_error(started.error().detail);
    }
}

ServerHarness::~ServerHarness() {
    if (!drained_) {
        drain(0ms);
    }
    EXPECT_EQ(server_->connections(), 0U);
    server_.reset();
    loops_.stop();
    EXPECT_EQ(buffers_.in_use(), 0_B);
}

void ServerHarness::drain(std::chrono::milliseconds deadline) {
    drained_ = true;
    runtime::run_blocking(drained(*server_, deadline));
}

RawAnswer ServerHarness::ask(std::string_view request) const {
    RawClient asking = client();
    asking.send(request);
    return asking.read_answer().value_or(RawAnswer{});
}

std::string ServerHarness::metric(const std::string& series) const {
    const std::string all = metrics_.expose();
    const auto at = all.find("\n" + series + " ");
    if (at == std::string::npos) {
        return "(none)";
    }
    const auto begin = at + series.size() + 2;
    return all.substr(begin, all.find('\n', begin) - begin);
}

bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < end) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(2ms);
    }
    return condition();
}

}  // namespace slipway::http

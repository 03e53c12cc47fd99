// The floor of receiving parts: one thread that takes bytes from sockets until it has 1 MiB, hashes
// them (SHA-256, one OpenSSL stream) and writes them to a preallocated file. slipwayd is measured
// against it over the same load. It verifies nothing, records nothing and, without --sync, makes
// nothing durable. It is no server for use.
//
// floor_receive --file PATH --size BYTES --part BYTES [--sync]: prints its port and serves until it
// is killed.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

void check(bool good, const char* what) {
    if (!good) {
        std::fprintf(stderr, "floor_receive: %s: %s\n", what,
                     std::generic_category().message(errno).c_str());
        std::exit(1);
    }
}

struct Options {
    std::string file;
    std::uint64_t size = 0;
    std::uint64_t part = 0;
    bool sync = false;
    std::uint16_t relay = 0;  // 0: into the file
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

// Where a connection's bytes go: a descriptor that blocks.
int open_relay(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    check(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0,
          "connect");
    return socket;
}

// The number that follows `name`, wherever that stands in the head; 0 without one.
std::uint64_t number_after(std::string_view head, std::string_view name) {
    const auto at = head.find(name);
    return at == std::string_view::npos
               ? 0
               : std::strtoull(std::string(head.substr(at + name.size(), 20)).c_str(), nullptr, 10);
}

// One connection: collects a head, then a body of the length that the head names, again and again.
class Connection {
 public:
    Connection(int socket, int file, const Options& options)
        : socket_(socket),
          file_(file),
          options_(options),
          relay_(options.relay == 0 ? -1 : open_relay(options.relay)),
          buffer_(kBuffer),
          hash_(EVP_MD_CTX_new()) {}
    ~Connection() {
        EVP_MD_CTX_free(hash_);
        ::close(socket_);
        if (relay_ >= 0) {
            ::close(relay_);
        }
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Takes what the socket has. False when the peer has closed.
    bool on_readable() {
        for (;;) {
            const std::size_t room =
                in_body_ ? static_cast<std::size_t>(std::min<std::uint64_t>(kBuffer, left_))
                         : kBuffer;
            const ssize_t got = ::recv(socket_, buffer_.data() + filled_, room - filled_, 0);
            if (got < 0 && errno == EAGAIN) {
                return true;
            }
            if (got <= 0) {
                return false;
            }
            filled_ += static_cast<std::size_t>(got);
            if (!in_body_) {
                begin_body();
            }
            if (in_body_ && filled_ == std::min<std::uint64_t>(kBuffer, left_)) {
                take_buffer();
            }
        }
    }

 private:
    void begin_body() {
        const std::string_view text(buffer_.data(), filled_);
        const auto end = text.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            return;
        }
        left_ = number_after(text.substr(0, end), "Content-Length: ");
        offset_ = (number_after(text.substr(0, end), "/part/") - 1) * options_.part;
        filled_ -= end + 4;
        std::memmove(buffer_.data(), buffer_.data() + end + 4, filled_);
        in_body_ = true;
        check(EVP_DigestInit_ex(hash_, EVP_sha256(), nullptr) == 1, "EVP_DigestInit_ex");
    }

    void take_buffer() {
        check(EVP_DigestUpdate(hash_, buffer_.data(), filled_) == 1, "EVP_DigestUpdate");
        const ssize_t written =
            relay_ < 0 ? ::pwrite(file_, buffer_.data(), filled_, static_cast<off_t>(offset_))
                       : ::send(relay_, buffer_.data(), filled_, MSG_NOSIGNAL);
        check(written == static_cast<ssize_t>(filled_), "write");
        offset_ += filled_;
        left_ -= filled_;
        filled_ = 0;
        if (left_ == 0) {
            finish_body();
        }
    }

    void finish_body() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
        check(EVP_DigestFinal_ex(hash_, digest.data(), nullptr) == 1, "EVP_DigestFinal_ex");
        check(!options_.sync || ::fdatasync(file_) == 0, "fdatasync");
        in_body_ = false;
        check(::send(socket_, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(kAnswer.size()),
              "send");
    }

    int socket_;
    int file_;
    const Options& options_;
    const int relay_;
    std::vector<char> buffer_;
    std::size_t filled_ = 0;
    bool in_body_ = false;
    std::uint64_t left_ = 0;
    std::uint64_t offset_ = 0;
    EVP_MD_CTX* hash_;
};

Options parse(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view name = arguments[i];
        const bool has_value = i + 1 < count;
        if (name == "--sync") {
            options.sync = true;
        } else if (name == "--file" && has_value) {
            options.file = arguments[++i];
        } else if (name == "--size" && has_value) {
            options.size = std::strtoull(arguments[++i], nullptr, 10);
        } else if (name == "--part" && has_value) {
            options.part = std::strtoull(arguments[++i], nullptr, 10);
        } else if (name == "--relay" && has_value) {
            options.relay = static_cast<std::uint16_t>(std::atoi(arguments[++i]));
        }
    }
    const bool has_file = !options.file.empty() && options.size != 0 && options.part != 0;
    if (!has_file && options.relay == 0) {
        std::fputs(
            "usage: floor_receive --file PATH --size BYTES --part BYTES [--sync] | --relay PORT\n",
            stderr);
        std::exit(2);
    }
    return options;
}

int open_file(const Options& options) {
    const int file = ::open(options.file.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    check(file >= 0 && ::posix_fallocate(file, 0, static_cast<off_t>(options.size)) == 0, "file");
    return file;
}

int listen_on_any_port() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    check(::bind(listener, generic, length) == 0 && ::listen(listener, 128) == 0, "listen");
    check(::getsockname(listener, generic, &length) == 0, "getsockname");
    std::printf("%u\n", static_cast<unsigned>(ntohs(address.sin_port)));
    std::fflush(stdout);
    return listener;
}

void watch(int epoll, int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    check(::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll_ctl");
}

}  // namespace

int main(int count, char** arguments) {
    const Options options = parse(count, arguments);
    const int file = options.relay == 0 ? open_file(options) : -1;
    const int listener = listen_on_any_port();
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener);
    std::map<int, std::unique_ptr<Connection>> connections;
    for (;;) {
        std::array<epoll_event, 64> events;
        const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
            if (descriptor == listener) {
                const int socket =
                    ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
                check(socket >= 0, "accept4");
                connections[socket] = std::make_unique<Connection>(socket, file, options);
                watch(epoll, socket);
            } else if (!connections.at(descriptor)->on_readable()) {
                connections.erase(descriptor);
            }
        }
    }
}

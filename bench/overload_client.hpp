// OverloadClient: one connection of overload_load, which never blocks: it sends a part, sees the
// answer even while it sends, and tells how long a refusal took. Whether and when it begins is up
// to its owner.
#pragma once

#include <fcntl.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "load_client.hpp"

namespace load {

// Of a body at a time: whoever sends more in one go sees a refusal late.
constexpr std::size_t kPiece = 64 << 10;

struct ClientOptions {
    std::uint16_t port = 0;
    bool expects = false;
    std::string body;
};

enum class End { pending, stored, refused, failed };

// One client: at most one request at a time.
class OverloadClient {
 public:
    explicit OverloadClient(const ClientOptions& options, int poll)
        : options_(options), poll_(poll) {}
    ~OverloadClient() { close(); }
    OverloadClient(const OverloadClient&) = delete;
    OverloadClient& operator=(const OverloadClient&) = delete;

    End begin(std::string target) {
        target_ = std::move(target);
        if (socket_ < 0 && !open()) {
            return End::failed;
        }
        head_ = "PUT " + target_ + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options_.port) +
                "\r\nContent-Length: " + std::to_string(options_.body.size()) +
                (options_.expects ? "\r\nExpect: 100-continue\r\n\r\n" : "\r\n\r\n");
        answer_.clear();
        sent_ = 0;
        end_ = head_.size() + (options_.expects ? 0 : options_.body.size());
        begun_ = now();
        return write() ? End::pending : End::failed;
    }

    // What its socket being ready brings.
    End go_on(std::uint32_t events) {
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !read()) {
            return finish(End::failed);
        }
        if ((events & EPOLLOUT) != 0 && !closing_ && !write()) {
            return finish(End::failed);
        }
        const bool over = verdict_ != End::pending && (closing_ || sent_ == end_);
        return over ? finish(verdict_) : End::pending;
    }

    double took() const { return arrived_ - begun_; }
    std::string take_target() { return std::move(target_); }

 private:
    bool open() {
        socket_ = connect_to(options_.port);
        if (socket_ < 0) {
            return false;
        }
        stamp_arrivals(socket_);
        ::fcntl(socket_, F_SETFL, O_NONBLOCK);
        wants_ = EPOLLIN;
        epoll_event event{.events = wants_, .data = {.ptr = this}};
        return ::epoll_ctl(poll_, EPOLL_CTL_ADD, socket_, &event) == 0;
    }

    void close() {
        if (socket_ >= 0) {
            ::close(socket_);
        }
        socket_ = -1;
    }

    void want(std::uint32_t events) {
        if (events != wants_) {
            wants_ = events;
            epoll_event event{.events = events, .data = {.ptr = this}};
            ::epoll_ctl(poll_, EPOLL_CTL_MOD, socket_, &event);
        }
    }

    // One piece; an answer may stand ready before the next.
    bool write() {
        if (sent_ < end_) {
            const std::size_t in_head = std::min(sent_, head_.size());
            const std::size_t in_body = sent_ - in_head;
            iovec parts[2] = {{head_.data() + in_head, head_.size() - in_head},
                              {const_cast<char*>(options_.body.data()) + in_body,
                               std::min(kPiece, end_ - head_.size() - in_body)}};
            msghdr message{};
            message.msg_iov = parts;
            message.msg_iovlen = 2;
            const ssize_t count = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
            // A connection that the server has closed may still hold its answer.
            if (count < 0 && errno != EAGAIN && errno != EPIPE && errno != ECONNRESET) {
                return false;
            }
            if (count < 0 && errno != EAGAIN) {
                end_ = sent_;
            }
            sent_ += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        }
        want(sent_ < end_ ? EPOLLIN | EPOLLOUT : EPOLLIN);
        return true;
    }

    // Takes the answer as far as it came; false when there is none to come.
    bool read() {
        double arrived = 0;
        const ssize_t count = receive_stamped(socket_, answer_, arrived);
        if (count < 0 && errno == EAGAIN) {
            return true;
        }
        if (count <= 0) {
            return false;
        }
        if (answer_.size() == static_cast<std::size_t>(count)) {
            arrived_ = arrived;
        }
        if (is_whole(answer_)) {
            judge();
        }
        return true;
    }

    void judge() {
        if (answer_.starts_with("HTTP/1.1 100")) {
            answer_.clear();
            end_ = head_.size() + options_.body.size();
            want(EPOLLIN | EPOLLOUT);
            return;
        }
        const bool refused =
            answer_.starts_with("HTTP/1.1 503") || answer_.starts_with("HTTP/1.1 429");
        verdict_ = answer_.starts_with("HTTP/1.1 200") ? End::stored
                   : refused                           ? End::refused
                                                       : End::failed;
        closing_ = answer_.contains("Connection: close");
    }

    End finish(End end) {
        if (end == End::failed) {
            std::fprintf(stderr, "overload_load: %.200s\n",
                         answer_.empty() ? "no answer" : answer_.c_str());
        }
        if (end == End::failed || closing_) {
            close();
        }
        verdict_ = End::pending;
        closing_ = false;
        return end;
    }

    const ClientOptions& options_;
    const int poll_;
    int socket_ = -1;
    std::uint32_t wants_ = 0;
    std::string target_;
    std::string head_;
    std::string answer_;
    std::size_t sent_ = 0;
    std::size_t end_ = 0;  // of what may be sent now
    double begun_ = 0;
    double arrived_ = 0;
    End verdict_ = End::pending;
    bool closing_ = false;
};

}  // namespace load

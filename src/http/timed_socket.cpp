#include "http/timed_socket.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

#include "http/loop_state.hpp"

namespace slipway::http {

namespace {

Transfer transfer_of(ssize_t count, int error_number) {
    if (count > 0) {
        return {Transfer::Status::moved, static_cast<std::size_t>(count)};
    }
    const bool again = count < 0 && (error_number == EAGAIN || error_number == EINTR);
    return {again ? Transfer::Status::would_block : Transfer::Status::ended, 0};
}

ssize_t send_some(int descriptor, std::string_view first, std::span<const std::byte> second,
                  Follow follow) {
    // sendmsg() takes what it only reads by pointers to non-const.
    std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                                {const_cast<std::byte*>(second.data()), second.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    return ::sendmsg(descriptor, &message,
                     MSG_NOSIGNAL | MSG_DONTWAIT | (follow == Follow::more ? MSG_MORE : 0));
}

}  // namespace

TimedSocket::TimedSocket(LoopState& loop, boost::asio::ip::tcp::socket socket, Traffic traffic)
    : loop_(loop), socket_(std::move(socket)), traffic_(traffic) {
    loop_.add(*this);
}

SteadyTime TimedSocket::deadline_after(std::chrono::milliseconds time) const {
    return loop_.now() + time + LoopState::kTick;
}

Task<Wake> TimedSocket::wait(Direction direction, SteadyTime deadline) {
    const auto [error] = co_await begin_wait(direction, deadline);
    co_return end_wait(error);
}

Wake TimedSocket::end_wait(boost::system::error_code error) {
    waiting_ = false;
    deadline_ = SteadyTime::max();
    emptied_ = false;
    const Wake reason = std::exchange(reason_, Wake::cut);
    if (cut_) {
        return Wake::cut;
    }
    return error ? reason : Wake::ready;
}

Transfer TimedSocket::receive(std::span<std::byte> out) {
    if (emptied_) {
        return {Transfer::Status::would_block, 0};
    }
    const ssize_t count = ::recv(descriptor(), out.data(), out.size(), MSG_DONTWAIT);
    const Transfer transfer = transfer_of(count, errno);
    traffic_.received.add(transfer.count);
    emptied_ = transfer.count > 0 && transfer.count < out.size();
    return transfer;
}

Transfer TimedSocket::discard(std::size_t limit) {
    // tcp(7): MSG_TRUNC drops the bytes instead of storing them.
    const ssize_t count = ::recv(descriptor(), nullptr, limit, MSG_DONTWAIT | MSG_TRUNC);
    const Transfer transfer = transfer_of(count, errno);
    traffic_.received.add(transfer.count);
    return transfer;
}

bool TimedSocket::has_input() {
    int available = 0;
    const bool some = ::ioctl(descriptor(), FIONREAD, &available) == 0 && available > 0;
    emptied_ = emptied_ && !some;
    return some;
}

Task<Result<>> TimedSocket::send_all(std::string_view first, std::span<const std::byte> second,
                                     Follow follow, std::chrono::milliseconds stall) {
    SteadyTime deadline = deadline_after(stall);
    while (!first.empty() || !second.empty()) {
        const ssize_t count = send_some(descriptor(), first, second, follow);
        const Transfer transfer = transfer_of(count, errno);
        if (transfer.status == Transfer::Status::ended) {
            co_return failure(Errc::cancelled, "the client is gone");
        }
        if (transfer.status == Transfer::Status::moved) {
            count_sent(transfer.count);
            const auto of_first = std::min(transfer.count, first.size());
            first.remove_prefix(of_first);
            second = second.subspan(transfer.count - of_first);
            deadline = deadline_after(stall);
            continue;
        }
        const Wake woken = co_await wait(Direction::write, deadline);
        if (woken == Wake::timed_out || woken == Wake::cut) {
            co_return std::unexpected(error_of(woken));
        }
    }
    co_return Result<>{};
}

bool TimedSocket::send_at_once(std::string_view text) {
    const ssize_t count =
        ::send(descriptor(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    const Transfer transfer = transfer_of(count, errno);
    count_sent(transfer.count);
    return transfer.count == text.size();
}

Error TimedSocket::error_of(Wake wake) {
    if (wake == Wake::timed_out) {
        return {Errc::deadline_exceeded, "the connection stalled"};
    }
    return {Errc::cancelled, "the connection was ended"};
}

void TimedSocket::wake(Wake reason) {
    if (waiting_) {
        reason_ = reason;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
}

void TimedSocket::cut() {
    cut_ = true;
    ::shutdown(descriptor(), SHUT_RDWR);
    wake(Wake::cut);
}

void TimedSocket::shutdown_send() {
    ::shutdown(descriptor(), SHUT_WR);
}

}  // namespace slipway::http

#include "http/connection.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "http/response_head.hpp"
#include "http/response_writer.hpp"
#include "telemetry/log.hpp"

namespace slipway::http {

namespace {

// How long, and how much, a client may go on sending after its last answer.
constexpr std::chrono::milliseconds kLingerTime{2000};
constexpr std::size_t kLingerBytes = 64 << 20;
constexpr std::size_t kDiscardStep = 1 << 20;

// RFC 9112 section 2.2: empty lines before a request are ignored.
bool begins_request(HeadBuffer& buffer) {
    while (buffer.view().starts_with("\r\n")) {
        buffer.consume(2);
    }
    return !buffer.empty() && buffer.view() != "\r";
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerState> state, LoopState& loop,
                       boost::asio::ip::tcp::socket socket, std::string peer, Admission admission,
                       AddressCounts::Place place)
    : state_(std::move(state)),
      loop_(loop),
      socket_(loop, std::move(socket), state_->metrics.traffic()),
      buffer_(state_->options.max_head.value()),
      peer_(std::move(peer)),
      admission_(admission),
      place_(std::move(place)) {}

Connection::~Connection() {
    loop_.load().fetch_sub(1, std::memory_order_relaxed);
    state_->metrics.closed().add();
    auto& count = admission_ == Admission::admitted ? state_->connections : state_->refused;
    count.fetch_sub(1, std::memory_order_release);
}

Task<void> Connection::run() {
    Fate fate = Fate::keep;
    if (admission_ == Admission::refused) {
        socket_.set_phase(Phase::busy);
        fate = co_await refuse({503, "too many connections"});
    }
    SteadyTime idle_deadline = socket_.deadline_after(state_->options.idle_timeout);
    while (fate == Fate::keep) {
        if (to_skip_ == 0 && begins_request(buffer_)) {
            const auto turned_away = turn_away();
            fate = turned_away ? *turned_away : co_await serve_one();
            idle_deadline = socket_.deadline_after(state_->options.idle_timeout);
            continue;
        }
        if (state_->draining.load(std::memory_order_acquire)) {
            co_return;
        }
        buffer_.release_if_empty();
        socket_.set_phase(Phase::idle);
        // Not in a function: an idle connection has this frame and no other.
        const auto [error] = co_await socket_.begin_wait(Direction::read, idle_deadline);
        fate = receive_first(socket_.end_wait(error));
    }
    if (fate == Fate::close_after_reading || (fate == Fate::close && socket_.has_input())) {
        co_await linger();
    }
}

// Drops the connection when the client left, the time between requests is over, or the server
// drains.
Connection::Fate Connection::receive_first(Wake woken) {
    socket_.set_phase(Phase::busy);
    if (woken == Wake::timed_out || woken == Wake::cut) {
        return Fate::drop;
    }
    if (to_skip_ > 0) {
        return skip_some();
    }
    const Transfer transfer = socket_.receive(buffer_.free_space());
    buffer_.commit(transfer.count);
    return transfer.status == Transfer::Status::ended ? Fate::drop : Fate::keep;
}

Connection::Fate Connection::skip_some() {
    const Transfer transfer = socket_.discard(to_skip_);
    to_skip_ -= transfer.count;
    return transfer.status == Transfer::Status::ended ? Fate::drop : Fate::keep;
}

// Where the gate is closed to the request whose head the buffer holds; nothing: it is to be served.
// No coroutine, no body and no handler: this is all that such a request costs.
std::optional<Connection::Fate> Connection::turn_away() {
    Gate* const gate = state_->options.gate;
    HeadScanner scanner;
    if (gate == nullptr || !gate->closed() ||
        scanner.scan(buffer_.view()) != HeadScanner::State::complete) {
        return std::nullopt;
    }
    auto outcome = parse_head(buffer_.view().substr(0, scanner.size()));
    const auto* const parsed = std::get_if<ParsedHead>(&outcome);
    if (parsed == nullptr || parsed->http10) {
        return std::nullopt;
    }
    const ReadyAnswer* const answer = gate->turn_away(parsed->head);
    if (answer == nullptr) {
        return std::nullopt;
    }
    buffer_.consume(scanner.size());
    return answer_at_gate(*parsed, *answer);
}

Connection::Fate Connection::answer_at_gate(const ParsedHead& parsed, const ReadyAnswer& answer) {
    const BodyReader body({socket_, buffer_, state_->buffers, loop_, state_->options}, parsed);
    const bool keep_alive =
        parsed.keep_alive && body.reusable() && !state_->draining.load(std::memory_order_acquire);
    const std::string id = state_->next_request_id();
    state_->metrics.count_request(answer.status());
    const bool sent = socket_.send_at_once(
        answer.text({.keep_alive = keep_alive, .request_id = id, .date = loop_.http_date()}));
    if (!sent) {
        return Fate::drop;
    }
    if (!keep_alive) {
        return body.finished() && buffer_.empty() ? Fate::close : Fate::close_after_reading;
    }
    const auto held = std::min<std::uint64_t>(parsed.framing.length, buffer_.view().size());
    buffer_.consume(held);
    to_skip_ = parsed.framing.length - held;
    return to_skip_ == 0 ? Fate::keep : skip_some();
}

// A frame of its own, so that heads take no memory between requests.
Task<Connection::Fate> Connection::serve_one() {
    HeadOutcome outcome = co_await read_head();
    if (auto* parsed = std::get_if<ParsedHead>(&outcome)) {
        co_return co_await exchange(*parsed);
    }
    if (auto* refusal = std::get_if<HeadRefusal>(&outcome)) {
        co_return co_await refuse(std::move(*refusal));
    }
    co_return Fate::drop;
}

Task<Connection::HeadOutcome> Connection::read_head() {
    const SteadyTime deadline = socket_.deadline_after(state_->options.head_timeout);
    HeadScanner scanner;
    while (true) {
        const auto scanned = scanner.scan(buffer_.view());
        if (scanned != HeadScanner::State::incomplete) {
            co_return parse_scanned(scanned, scanner.size());
        }
        const auto space = buffer_.free_space();
        if (space.empty()) {
            co_return HeadRefusal{431, "the head is over its limit"};
        }
        const Transfer transfer = socket_.receive(space);
        buffer_.commit(transfer.count);
        if (transfer.status == Transfer::Status::ended) {
            co_return Dropped{};
        }
        if (transfer.status == Transfer::Status::would_block) {
            const Wake woken = co_await socket_.wait(Direction::read, deadline);
            if (woken == Wake::timed_out) {
                co_return HeadRefusal{408, "the head did not come in time"};
            }
            if (woken == Wake::cut) {
                co_return Dropped{};
            }
        }
    }
}

Connection::HeadOutcome Connection::parse_scanned(HeadScanner::State scanned, std::size_t size) {
    if (scanned == HeadScanner::State::broken) {
        return HeadRefusal{400, "not an HTTP/1.1 request"};
    }
    auto parsed = parse_head(buffer_.view().substr(0, size));
    buffer_.consume(size);
    buffer_.release_if_empty();
    return std::visit([](auto&& value) -> HeadOutcome { return std::move(value); },
                      std::move(parsed));
}

Task<Connection::Fate> Connection::exchange(ParsedHead& parsed) {
    BodyReader body({socket_, buffer_, state_->buffers, loop_, state_->options}, parsed);
    Request request{.head = std::move(parsed.head),
                    .body = body,
                    .request_id = state_->next_request_id(),
                    .peer = peer_};
    Response response = co_await call_handler(request);
    co_return co_await answer(std::move(response), &parsed, &body, std::move(request.request_id));
}

Task<Response> Connection::call_handler(Request& request) {
    std::string reason = "not a standard exception";
    try {
        co_return co_await state_->handler(request);
    } catch (const std::exception& error) {
        reason = error.what();
    } catch (...) {
    }
    telemetry::log(telemetry::Level::error, "http_handler_failed",
                   {{"request_id", request.request_id}, {"reason", reason}});
    // What the handler left undone with the body is not known.
    Response response = state_->error_page(500, "internal error");
    response.headers.set("Connection", "close");
    co_return response;
}

Task<Connection::Fate> Connection::refuse(HeadRefusal refusal) {
    count_refusal(refusal.status);
    Response response = state_->error_page(refusal.status, refusal.reason);
    co_return co_await answer(std::move(response), nullptr, nullptr, state_->next_request_id());
}

// `parsed` and `body` are null for a head that did not reach the handler.
Task<Connection::Fate> Connection::answer(Response response, const ParsedHead* parsed,
                                          BodyReader* body, telemetry::RequestTag request_id) {
    const bool keep_alive = parsed != nullptr && parsed->keep_alive && body->reusable() &&
                            !asks_to_close(response) &&
                            !state_->draining.load(std::memory_order_acquire);
    const std::string head = head_of(response, parsed, keep_alive, request_id);
    const Method method = parsed == nullptr ? Method::get : parsed->head.method;
    if (!carries_body(response.status, method)) {
        response.body = std::monostate{};
    }
    state_->metrics.count_request(response.status);
    ResponseWriter writer(
        {socket_, state_->blocking, state_->buffers, state_->options.stall_timeout});
    const auto sent = co_await writer.send(head, response.body);
    if (!sent) {
        const bool stalled = sent.error().code == Errc::deadline_exceeded;
        if (sent.error().code != Errc::cancelled) {
            telemetry::log(stalled ? telemetry::Level::debug : telemetry::Level::warn,
                           "http_answer_cut",
                           {{"request_id", request_id}, {"reason", sent.error().detail}});
        }
        co_return Fate::drop;
    }
    if (keep_alive && co_await body->discard_rest()) {
        co_return Fate::keep;
    }
    const bool unread = body == nullptr || !body->finished() || !buffer_.empty();
    co_return unread ? Fate::close_after_reading : Fate::close;
}

// Replaces the response where it may not be sent as it is.
std::string Connection::head_of(Response& response, const ParsedHead* parsed, bool keep_alive,
                                const telemetry::RequestTag& request_id) {
    const AnswerTerms terms{.method = parsed == nullptr ? Method::get : parsed->head.method,
                            .http10 = parsed != nullptr && parsed->http10,
                            .keep_alive = keep_alive,
                            .request_id = request_id.id,
                            .date = loop_.http_date()};
    if (auto head = format_head(response, terms)) {
        return *std::move(head);
    }
    telemetry::log(telemetry::Level::error, "http_answer_refused",
                   {{"request_id", request_id}, {"reason", "an illegal status or header field"}});
    response = state_->error_page(500, "internal error");
    if (auto head = format_head(response, terms)) {
        return *std::move(head);
    }
    response = Response{.status = 500, .headers = {}, .body = {}, .head_length = {}};
    return *format_head(response, terms);
}

// Lets the client read its answer: closing with bytes unread resets the connection, and a reset
// overtakes the answer.
Task<void> Connection::linger() {
    socket_.shutdown_send();
    const SteadyTime deadline = socket_.deadline_after(kLingerTime);
    std::size_t left = kLingerBytes;
    while (left > 0) {
        const Transfer transfer = socket_.discard(std::min(left, kDiscardStep));
        left -= transfer.count;
        if (transfer.status == Transfer::Status::ended) {
            co_return;
        }
        if (transfer.status == Transfer::Status::would_block) {
            const Wake woken = co_await socket_.wait(Direction::read, deadline);
            if (woken == Wake::timed_out || woken == Wake::cut) {
                co_return;
            }
        }
    }
}

void Connection::count_refusal(unsigned status) {
    switch (status) {
        case 408:
            return state_->metrics.count(Rejection::timeout);
        case 431:
            return state_->metrics.count(Rejection::head);
        case 503:
            return state_->metrics.count(Rejection::connections);
        default:
            return state_->metrics.count(Rejection::framing);
    }
}

}  // namespace slipway::http

// Connection: one client, one request after the other, on one event loop.
// It reads heads, calls the handler, sends answers and ends the connection so that the last answer
// arrives.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "http/body_reader.hpp"
#include "http/framing.hpp"
#include "http/gate.hpp"
#include "http/head_buffer.hpp"
#include "http/server_state.hpp"
#include "http/timed_socket.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

enum class Admission { admitted, refused };

class Connection {
 public:
    // Counted in the state by whoever accepted it; uncounted when it ends.
    Connection(std::shared_ptr<ServerState> state, LoopState& loop,
               boost::asio::ip::tcp::socket socket, std::string peer, Admission admission,
               AddressCounts::Place place);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Serves until the connection is to end.
    Task<void> run();
    LoopState& loop() const { return loop_; }
    const std::shared_ptr<ServerState>& state() const { return state_; }

 private:
    enum class Fate { keep, close, close_after_reading, drop };
    struct Dropped {};
    using HeadOutcome = std::variant<ParsedHead, HeadRefusal, Dropped>;

    Fate receive_first(Wake woken);
    std::optional<Fate> turn_away();
    Fate answer_at_gate(const ParsedHead& parsed, const ReadyAnswer& answer);
    Fate skip_some();
    Task<Fate> serve_one();
    Task<HeadOutcome> read_head();
    HeadOutcome parse_scanned(HeadScanner::State scanned, std::size_t size);
    Task<Fate> exchange(ParsedHead& parsed);
    Task<Response> call_handler(Request& request);
    Task<Fate> refuse(HeadRefusal refusal);
    Task<Fate> answer(Response response, const ParsedHead* parsed, BodyReader* body,
                      telemetry::RequestTag request_id);
    std::string head_of(Response& response, const ParsedHead* parsed, bool keep_alive,
                        const telemetry::RequestTag& request_id);
    Task<void> linger();
    void count_refusal(unsigned status);

    const std::shared_ptr<ServerState> state_;
    LoopState& loop_;
    TimedSocket socket_;
    HeadBuffer buffer_;
    // Of a body that nobody wants, still to come before the next head.
    std::uint64_t to_skip_ = 0;
    const std::string peer_;
    const Admission admission_;
    const AddressCounts::Place place_;
};

}  // namespace slipway::http

// CuttingRelay: passes connections on to a server, and ends one where a rule says so: by itself,
// instead of passing on an answer whose head has a certain field. So a server that always answers
// can lose an answer. It owns the port that clients see: it can refuse them for a while and take
// the same port again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace slipway::s3fake {

enum class Direction { to_server, to_client };

// Whether a connection ends instead of passing these bytes on. Asked on the relay's loop.
using CutRule = std::function<bool(Direction, std::string_view bytes)>;

class CuttingRelay {
 public:
    // Whoever answers with this field has the connection cut.
    static constexpr std::string_view kCut = "X-Fake-Cut";
    static bool cuts_where_told(Direction direction, std::string_view bytes) {
        return direction == Direction::to_client && bytes.contains(kCut);
    }

    // Runs on the loop, which outlives it.
    CuttingRelay(boost::asio::io_context& loop, std::uint16_t server_port,
                 CutRule rule = cuts_where_told);
    ~CuttingRelay();
    CuttingRelay(const CuttingRelay&) = delete;
    CuttingRelay& operator=(const CuttingRelay&) = delete;

    std::uint16_t port() const;
    // Cuts every connection and accepts no more. From any thread; done on return.
    void close();
    // Accepts again, on the same port.
    void open();

 private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace slipway::s3fake

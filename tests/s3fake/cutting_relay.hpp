// CuttingRelay: passes connections on to a server, and ends one instead of passing on an answer
// whose head has a certain field. So a server that always answers can lose an answer. It owns the
// port that clients see: it can refuse them for a while and take the same port again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

namespace slipway::s3fake {

class CuttingRelay {
 public:
    // Whoever answers with this field has the connection cut.
    static constexpr std::string_view kCut = "X-Fake-Cut";

    // Runs on the loop, which outlives it.
    CuttingRelay(boost::asio::io_context& loop, std::uint16_t server_port);
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

// CuttingProxy: stands between a client and the server, hands on what both say, and cuts a
// connection at its COMMIT when it is told to.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace slipway::catalogs {

enum class Cut {
    none,
    before_commit,  // the server never sees it
    after_commit,   // the server has carried it out; the client does not hear of it
};

class CuttingProxy final {
 public:
    // On a free port of loopback, for a server on that port of loopback.
    explicit CuttingProxy(std::uint16_t server_port);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    std::uint16_t port() const { return port_; }
    // The next COMMIT alone.
    void cut_next(Cut how) { next_ = how; }
    unsigned cuts() const { return cuts_; }

 private:
    void accept_all();
    void serve(int client);

    const std::uint16_t server_port_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<Cut> next_{Cut::none};
    std::atomic<unsigned> cuts_{0};
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> connections_;
    std::thread acceptor_;
};

}  // namespace slipway::catalogs

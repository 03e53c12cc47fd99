#include "runtime/run_blocking.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace slipway::runtime {

namespace {

class Shelf {
 public:
    std::unique_ptr<boost::asio::io_context> take() {
        const std::scoped_lock lock(mutex_);
        if (idle_.empty()) {
            return std::make_unique<boost::asio::io_context>(1);
        }
        auto loop = std::move(idle_.back());
        idle_.pop_back();
        return loop;
    }
    void put_back(std::unique_ptr<boost::asio::io_context> loop) {
        const std::scoped_lock lock(mutex_);
        idle_.push_back(std::move(loop));
    }

 private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<boost::asio::io_context>> idle_;
};

Shelf& shelf() {
    static Shelf loops;
    return loops;
}

struct Loan {
    Loan() : loop(shelf().take()) {}
    ~Loan() { shelf().put_back(std::move(loop)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    std::unique_ptr<boost::asio::io_context> loop;
};

}  // namespace

boost::asio::io_context& blocking_loop() {
    thread_local const Loan loan;
    loan.loop->restart();
    return *loan.loop;
}

}  // namespace slipway::runtime

// AddressCounts: how many connections each address has, so that no one takes all there are.
// Thread-safe; its size is that of the connections.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace slipway::http {

class AddressCounts {
 public:
    struct Limit {
        std::size_t most = 0;                // 0: there is none
        std::vector<std::string> uncounted;  // addresses
    };
    explicit AddressCounts(Limit limit) : limit_(std::move(limit)) {}

    // Counts for as long as it lives; the counts outlive it.
    class Place {
     public:
        Place() = default;
        Place(AddressCounts* counts, std::string network)
            : counts_(counts), network_(std::move(network)) {}
        Place(Place&& other) noexcept
            : counts_(std::exchange(other.counts_, nullptr)), network_(std::move(other.network_)) {}
        Place& operator=(Place&& other) noexcept {
            std::swap(counts_, other.counts_);
            std::swap(network_, other.network_);
            return *this;
        }
        ~Place() {
            if (counts_ != nullptr) {
                counts_->leave(network_);
            }
        }

     private:
        AddressCounts* counts_ = nullptr;
        std::string network_;
    };

    // Nothing: the address has its most.
    std::optional<Place> enter(const std::string& address);

 private:
    void leave(const std::string& network);

    const Limit limit_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace slipway::http

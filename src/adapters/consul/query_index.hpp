// QueryIndex: the rules for the index of a blocking query (Consul's documentation, "Blocking
// queries: implementation details"). Pure.
#pragma once

#include <cstdint>

namespace slipway::adapters::consul {

class QueryIndex {
 public:
    // What the next query states; 0: that it does not wait.
    std::uint64_t value() const { return value_; }

    // What an answer came with. Whether it may hold something new: a query that ended by its time,
    // with the index that it had, holds nothing.
    bool take(std::uint64_t answered);

    // The next query does not wait.
    void reset() { value_ = 0; }

 private:
    std::uint64_t value_ = 0;
};

}  // namespace slipway::adapters::consul

// BlockingQuery: a query that is asked again and again, each time waiting in Consul until something
// changed: with the rules for its index, a pause after each answer, and a longer one after a
// failure. What is asked and what is done with the answer are its caller's.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "adapters/consul/query_index.hpp"
#include "adapters/consul/types.hpp"
#include "base/result.hpp"
#include "runtime/alarm.hpp"
#include "runtime/retry.hpp"

namespace slipway::adapters::consul {

struct BlockingQueryOptions {
    std::chrono::seconds wait{60};
    // Between an answer and the next query, up to twice this: a value that changes all the time is
    // looked at now and then, and the nodes of a cluster do not ask all at once.
    std::chrono::milliseconds pause{250};
    runtime::RetryPolicy backoff{.base = std::chrono::milliseconds(500),
                                 .max = std::chrono::seconds(30)};
};

class BlockingQuery {
 public:
    // Asks once and answers the index that came with the answer; takes what was answered in hand
    // itself. On the loop of run().
    using Ask = std::function<Task<Result<std::uint64_t>>(QueryPosition)>;
    // Uniform in [0, 1).
    using Chance = std::function<double()>;

    BlockingQuery(Chance chance, BlockingQueryOptions options = {})
        : options_(options), chance_(std::move(chance)) {}

    // Until stop(); a query that waits is ended by whoever stops the client. Once.
    Task<void> run(Ask ask);
    // Thread-safe, idempotent.
    void stop();

 private:
    std::chrono::milliseconds pause_after(bool answered);

    const BlockingQueryOptions options_;
    const Chance chance_;
    QueryIndex index_;
    unsigned failures_ = 0;
    std::mutex mutex_;
    bool stopping_ = false;
    std::shared_ptr<runtime::Alarm> alarm_;
};

}  // namespace slipway::adapters::consul

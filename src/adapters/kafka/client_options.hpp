// What producers and consumers have in common: where the brokers are, and how librdkafka is told.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "base/result.hpp"

namespace slipway::adapters::kafka {

struct ClientOptions {
    std::string brokers;  // HOST:PORT,HOST:PORT
    // Until a message that no broker has taken is given back to its sender.
    std::chrono::milliseconds delivery_timeout{30'000};
};

struct ConfDeleter {
    void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

using ConfValues = std::vector<std::pair<std::string, std::string>>;

// With these values beside what all clients have; what librdkafka says goes to the log, at the
// level debug. invalid: a value that it does not take.
Result<Conf> make_conf(const ClientOptions& options, const ConfValues& values);

// Each code of librdkafka as what a caller can do. `what` is what was tried.
Error translate_error(rd_kafka_resp_err_t code, std::string_view what);

}  // namespace slipway::adapters::kafka

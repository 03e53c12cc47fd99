// What producers and consumers have in common: how librdkafka is told the options, and what is made
// of what it says.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "adapters/kafka/options.hpp"
#include "base/result.hpp"

namespace slipway::adapters::kafka {

struct ConfDeleter {
    void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

using ConfValues = std::vector<std::pair<std::string, std::string>>;

// With these values beside what all clients have. What librdkafka says goes to the log, at the
// level debug; that brokers are not trusted, or do not take the password, as a warning
// "kafka_refused". invalid: a value that it does not take.
Result<Conf> make_conf(const ClientOptions& options, const ConfValues& values);

// Each code of librdkafka as what a caller can do. `what` is what was tried.
Error translate_error(rd_kafka_resp_err_t code, std::string_view what);

}  // namespace slipway::adapters::kafka

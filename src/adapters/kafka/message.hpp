// Message: what is handed to Kafka.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace slipway::adapters::kafka {

struct Message {
    std::string topic;
    std::string key;  // empty: none, any partition will do
    std::string value;
    std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace slipway::adapters::kafka

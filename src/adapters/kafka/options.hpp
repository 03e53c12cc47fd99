// Where the brokers are, as whom one comes to them, and how long is waited for them.
#pragma once

#include <chrono>
#include <string>

namespace slipway::adapters::kafka {

struct ClientOptions {
    std::string brokers;  // HOST:PORT,HOST:PORT
    // Until a message that no broker has taken is given back to its sender.
    std::chrono::milliseconds delivery_timeout{30'000};
    // As librdkafka has them: plaintext, ssl, sasl_plaintext, sasl_ssl.
    std::string security_protocol = "plaintext";
    std::string ca = {};  // a file, or a directory; empty: the system's
    // Of SASL; empty without.
    std::string mechanism = {};
    std::string user = {};
    std::string password = {};
};

}  // namespace slipway::adapters::kafka

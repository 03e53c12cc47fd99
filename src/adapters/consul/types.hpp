// What slipway tells Consul and hears of it, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace slipway::adapters::consul {

// A service of the agent at hand, with the one check that the agent makes of it.
struct ServiceRegistration {
    std::string id;
    std::string name;
    std::string address;
    std::uint16_t port = 0;
    std::vector<std::string> tags;
    std::map<std::string, std::string> meta;
    unsigned weight = 1;
    std::string check_url;
    std::chrono::seconds check_interval{10};
    std::chrono::seconds check_timeout{5};
    // An instance whose check failed for so long is forgotten; Consul takes no less than a minute.
    std::chrono::seconds forget_after{std::chrono::minutes(10)};
};

// What the check is taken to say before it was made.
enum class FirstStatus { passing, critical };

// An instance of a service, as others find it.
struct ServiceInstance {
    std::string id;
    std::string address;
    std::uint16_t port = 0;
    std::map<std::string, std::string> meta;
    unsigned weight = 1;
    friend bool operator==(const ServiceInstance&, const ServiceInstance&) = default;
};

struct KvEntry {
    std::string key;
    std::string value;
    friend bool operator==(const KvEntry&, const KvEntry&) = default;
};

// What holds locks: it lives as long as it is renewed and its node is well.
struct SessionRequest {
    std::string name;
    std::chrono::seconds ttl{10};
    std::chrono::seconds lock_delay{15};
};

// Who holds a key, and the index of its last change.
struct KvLock {
    std::string session;  // empty: nobody
    std::uint64_t modify_index = 0;
    friend bool operator==(const KvLock&, const KvLock&) = default;
};

// A value, and the index at which it was so.
template <class T>
struct Indexed {
    T value;
    std::uint64_t index = 0;
};

// Where a query goes on: index 0 is answered at once; otherwise the answer waits until something
// changed after that index, or for so long.
struct QueryPosition {
    std::uint64_t index = 0;
    std::chrono::seconds wait{0};
};

}  // namespace slipway::adapters::consul

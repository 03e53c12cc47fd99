#include "adapters/consul/messages.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <optional>
#include <span>

#include "base/encoding.hpp"

namespace slipway::adapters::consul {

namespace json = boost::json;

namespace {

std::unexpected<Error> unusable(std::string_view what) {
    return failure(Errc::invalid, "Consul's answer has no usable " + std::string(what));
}

Result<json::array> read_array(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_array()) {
        return unusable("list");
    }
    return std::move(value.get_array());
}

const json::object* object_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr ? value->if_object() : nullptr;
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

std::optional<std::int64_t> number_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

std::map<std::string, std::string> texts_of(const json::object* object) {
    std::map<std::string, std::string> texts;
    if (object != nullptr) {
        for (const auto& [name, value] : *object) {
            if (value.is_string()) {
                texts.emplace(name, value.get_string());
            }
        }
    }
    return texts;
}

Result<ServiceInstance> read_instance(const json::value& entry) {
    const auto* object = entry.if_object();
    const auto* service = object == nullptr ? nullptr : object_of(*object, "Service");
    if (service == nullptr) {
        return unusable("service");
    }
    ServiceInstance instance{.id = text_of(*service, "ID"),
                             .address = text_of(*service, "Address"),
                             .meta = texts_of(object_of(*service, "Meta"))};
    // A service that states no address is where its node is.
    if (const auto* node = object_of(*object, "Node"); instance.address.empty() && node) {
        instance.address = text_of(*node, "Address");
    }
    const auto port = number_of(*service, "Port");
    if (instance.id.empty() || instance.address.empty() || !port || *port < 1 ||
        *port > std::numeric_limits<std::uint16_t>::max()) {
        return unusable("address of a service");
    }
    instance.port = static_cast<std::uint16_t>(*port);
    if (const auto* weights = object_of(*service, "Weights")) {
        const auto passing = number_of(*weights, "Passing").value_or(1);
        instance.weight = static_cast<unsigned>(std::clamp<std::int64_t>(passing, 0, 65'535));
    }
    return instance;
}

// Nothing where it is no base64.
std::optional<std::string> decode_value(std::string_view text) {
    const auto padding = text.size() - text.substr(0, text.find('=')).size();
    if (text.size() % 4 != 0 || padding > 2) {
        return std::nullopt;
    }
    std::string value(text.size() / 4 * 3 - padding, '\0');
    return decode_base64(text, std::as_writable_bytes(std::span(value))) ? std::optional(value)
                                                                         : std::nullopt;
}

std::string seconds_text(std::chrono::seconds time) {
    return std::to_string(time.count()) + "s";
}

}  // namespace

std::string write_registration(const ServiceRegistration& service, FirstStatus status) {
    json::object meta;
    for (const auto& [name, value] : service.meta) {
        meta[name] = value;
    }
    json::object check{{"CheckID", service.id + ":ready"},
                       {"Name", "ready"},
                       {"HTTP", service.check_url},
                       {"Method", "GET"},
                       {"Interval", seconds_text(service.check_interval)},
                       {"Timeout", seconds_text(service.check_timeout)},
                       {"DeregisterCriticalServiceAfter", seconds_text(service.forget_after)},
                       {"Status", status == FirstStatus::passing ? "passing" : "critical"}};
    json::object body{{"ID", service.id},
                      {"Name", service.name},
                      {"Tags", json::array(service.tags.begin(), service.tags.end())},
                      {"Address", service.address},
                      {"Port", service.port},
                      {"Meta", std::move(meta)},
                      {"Weights", {{"Passing", service.weight}, {"Warning", 1}}},
                      {"Check", std::move(check)}};
    return json::serialize(body);
}

std::string write_session(const SessionRequest& session) {
    return json::serialize(json::object{{"Name", session.name},
                                        {"TTL", seconds_text(session.ttl)},
                                        {"LockDelay", seconds_text(session.lock_delay)},
                                        {"Behavior", "release"}});
}

Result<std::vector<ServiceInstance>> read_instances(std::string_view text) {
    const auto list = read_array(text);
    if (!list) {
        return std::unexpected(list.error());
    }
    std::vector<ServiceInstance> instances;
    for (const auto& entry : *list) {
        auto instance = read_instance(entry);
        if (!instance) {
            return std::unexpected(instance.error());
        }
        instances.push_back(std::move(*instance));
    }
    return instances;
}

Result<std::vector<KvEntry>> read_entries(std::string_view text) {
    const auto list = read_array(text);
    if (!list) {
        return std::unexpected(list.error());
    }
    std::vector<KvEntry> entries;
    for (const auto& entry : *list) {
        const auto* object = entry.if_object();
        if (object == nullptr || text_of(*object, "Key").empty()) {
            return unusable("key");
        }
        auto value = decode_value(text_of(*object, "Value"));
        if (!value) {
            return unusable("value of " + text_of(*object, "Key"));
        }
        entries.push_back({text_of(*object, "Key"), *std::move(value)});
    }
    return entries;
}

Result<std::string> read_session_id(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    auto id = value.is_object() ? text_of(value.get_object(), "ID") : std::string();
    return id.empty() ? Result<std::string>(unusable("session")) : Result<std::string>(id);
}

Result<KvLock> read_lock(std::string_view text) {
    const auto list = read_array(text);
    if (!list) {
        return std::unexpected(list.error());
    }
    const auto* object = list->size() == 1 ? list->front().if_object() : nullptr;
    const auto index = object == nullptr ? std::nullopt : number_of(*object, "ModifyIndex");
    if (!index || *index <= 0) {
        return unusable("index of a key");
    }
    return KvLock{.session = text_of(*object, "Session"),
                  .modify_index = static_cast<std::uint64_t>(*index)};
}

}  // namespace slipway::adapters::consul

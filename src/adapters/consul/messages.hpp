// The JSON of Consul's HTTP API, written and read. Members that are not needed are passed over, and
// what is needed and is not there makes the answer unusable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/consul/types.hpp"
#include "base/result.hpp"

namespace slipway::adapters::consul {

std::string write_registration(const ServiceRegistration& service, FirstStatus status);
std::string write_session(const SessionRequest& session);

// Errors of all: invalid.
Result<std::vector<ServiceInstance>> read_instances(std::string_view text);
// Keys as they are in Consul; an entry without a value has an empty one.
Result<std::vector<KvEntry>> read_entries(std::string_view text);
Result<std::string> read_session_id(std::string_view text);
// Of an answer with one key.
Result<KvLock> read_lock(std::string_view text);

}  // namespace slipway::adapters::consul

// The settings of each topic, appended to the table in the order in which --help tells them.
#pragma once

#include <vector>

#include "daemon/settings.hpp"

namespace slipway::daemon {

void add_server(std::vector<Setting>& all);
void add_storage(std::vector<Setting>& all);
void add_upkeep(std::vector<Setting>& all);
void add_stores(std::vector<Setting>& all);
void add_metadata(std::vector<Setting>& all);
void add_redis(std::vector<Setting>& all);
void add_uploads(std::vector<Setting>& all);
void add_webhooks(std::vector<Setting>& all);
void add_kafka(std::vector<Setting>& all);
void add_limits(std::vector<Setting>& all);
void add_quota(std::vector<Setting>& all);
void add_consul(std::vector<Setting>& all);
void add_auth(std::vector<Setting>& all);
void add_log(std::vector<Setting>& all);

}  // namespace slipway::daemon

// Finding the server that takes commands, and logging in there.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/redis/client/link.hpp"
#include "adapters/redis/client/options.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::redis {

// Where the sentinels, asked one after another, say that the master is. The one that answered is
// asked first the next time. not_found: they know none of that name. forbidden: their password is
// not the right one. Else: those of Link::open.
Task<Result<ServerAddress>> find_master(RedisOptions& options);

// Shows the password, chooses the database, and makes sure that it is a master. Answers the run id
// of the server's process: another one after every restart, and of every other server.
// forbidden: the password is not the right one. unavailable: it is a replica.
Task<Result<std::string>> log_in(std::shared_ptr<Link> link, const RedisOptions& options);

// The value of a line "name:value" of what INFO answers; empty: there is none.
std::string read_info(std::string_view text, std::string_view name);

}  // namespace slipway::adapters::redis

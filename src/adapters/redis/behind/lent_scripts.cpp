#include "adapters/redis/behind/lent_scripts.hpp"

#include <string>

namespace slipway::adapters::redis {

namespace {

constexpr const char* kNow = R"(
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
)";

// m: run, name, state, until, epoch, count. A day is much longer than any loan takes to be ended.
constexpr const char* kLoan = R"(
local day = 86400000
local m = redis.call('HMGET', KEYS[1], 'run', 'name', 'state', 'until', 'epoch', 'count')
local runs = m[1] == ARGV[1] and m[4] and now < tonumber(m[4])
)";

constexpr const char* kAsk = R"(
if runs then
    return 0
end
redis.call('UNLINK', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'run', ARGV[1], 'name', ARGV[2], 'state', 'asked',
    'until', now + tonumber(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], day)
return 1
)";

// unpack() has room for a few thousand values.
constexpr const char* kOpen = R"(
if not runs or m[2] ~= ARGV[2] or m[3] ~= 'asked' then
    return 0
end
redis.call('UNLINK', KEYS[2])
for i = 4, #ARGV, 1000 do
    redis.call('HSET', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
redis.call('PEXPIRE', KEYS[2], day)
redis.call('HSET', KEYS[1], 'state', 'open', 'epoch', ARGV[3], 'count', (#ARGV - 3) / 2)
return 1
)";

// What was evicted may have been acknowledged.
constexpr const char* kUsable = R"(
if not runs or m[3] == 'closed' then
    return {0}
end
if m[3] == 'asked' then
    return {3}
end
if redis.call('HLEN', KEYS[2]) ~= tonumber(m[6]) then
    redis.call('HSET', KEYS[1], 'state', 'closed')
    return {0}
end
)";

constexpr const char* kAccept = R"(
if m[5] ~= ARGV[2] then
    return {0}
end
local there = redis.call('HGET', KEYS[2], ARGV[3])
if there then
    return {2, string.sub(there, 2)}
end
redis.call('HSET', KEYS[2], ARGV[3], 'n' .. ARGV[4])
redis.call('PEXPIRE', KEYS[2], day)
redis.call('HSET', KEYS[1], 'count', tonumber(m[6]) + 1)
redis.call('XADD', KEYS[3], '*', 'upload', ARGV[5], 'number', ARGV[3], 'epoch', ARGV[2],
    'loan', m[2], 'record', ARGV[4])
return {1}
)";

constexpr const char* kFind = R"(
local there = redis.call('HGET', KEYS[2], ARGV[2])
if there then
    return {2, string.sub(there, 2)}
end
return {1}
)";

constexpr const char* kClose = R"(
if m[1] ~= ARGV[1] or m[2] ~= ARGV[2] then
    return {0}
end
local parts = {}
if m[3] ~= 'asked' and m[6] then
    if redis.call('HLEN', KEYS[2]) ~= tonumber(m[6]) then
        redis.call('HSET', KEYS[1], 'state', 'closed')
        return {0}
    end
    local all = redis.call('HGETALL', KEYS[2])
    for i = 1, #all, 2 do
        if string.sub(all[i + 1], 1, 1) == 'n' then
            parts[#parts + 1] = all[i]
            parts[#parts + 1] = string.sub(all[i + 1], 2)
        end
    end
end
redis.call('HSET', KEYS[1], 'state', 'closed')
return {1, parts}
)";

constexpr const char* kForget = R"(
if m[2] == ARGV[2] then
    redis.call('UNLINK', KEYS[1], KEYS[2])
end
return 1
)";

// The stream has one consumer: which server takes what is not kept, and what a dead one took is
// taken again after a while.
constexpr const char* kTake = R"(
if redis.call('EXISTS', KEYS[1]) == 0 or #redis.call('XINFO', 'GROUPS', KEYS[1]) == 0 then
    redis.call('XGROUP', 'CREATE', KEYS[1], 'slipway', '0', 'MKSTREAM')
end
local again = redis.call('XAUTOCLAIM', KEYS[1], 'slipway', 'writers', ARGV[1], '0-0',
    'COUNT', ARGV[2])
local fresh = redis.call('XREADGROUP', 'GROUP', 'slipway', 'writers', 'COUNT', ARGV[2],
    'STREAMS', KEYS[1], '>')
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
return {again[2], fresh and fresh[1][2] or {}, redis.call('XLEN', KEYS[1]),
    oldest[1] and oldest[1][1] or '', now}
)";

constexpr const char* kWritten = R"(
for i = 1, #ARGV, 4 do
    redis.call('XACK', KEYS[1], 'slipway', ARGV[i])
    redis.call('XDEL', KEYS[1], ARGV[i])
    local upload = '{' .. ARGV[i + 1] .. '}'
    if redis.call('HGET', 'file:loan:' .. upload, 'name') == ARGV[i + 3] then
        local there = redis.call('HGET', 'file:lent:' .. upload, ARGV[i + 2])
        if there and string.sub(there, 1, 1) == 'n' then
            redis.call('HSET', 'file:lent:' .. upload, ARGV[i + 2], 'w' .. string.sub(there, 2))
        end
    end
end
return 1
)";

std::string of_loan(const char* body) {
    return std::string(kNow) + kLoan + body;
}
std::string of_usable_loan(const char* body) {
    return of_loan(kUsable) + body;
}

}  // namespace

LentScripts::LentScripts()
    : ask(of_loan(kAsk)),
      open(of_loan(kOpen)),
      accept(of_usable_loan(kAccept)),
      find(of_usable_loan(kFind)),
      close(of_loan(kClose)),
      forget(of_loan(kForget)),
      take(std::string(kNow) + kTake),
      written(kWritten) {}

}  // namespace slipway::adapters::redis

#include "adapters/redis/cache/cache_scripts.hpp"

#include <string>

namespace slipway::adapters::redis {

namespace {

// What an entry has to have been filled under; false: nobody has begun one.
constexpr const char* kGeneration = R"(
local generation = redis.call('GET', KEYS[3])
generation = generation and ARGV[1] .. ':' .. generation
)";

constexpr const char* kNow = R"(
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
)";

constexpr const char* kLook = R"(
if not generation then
    redis.call('SET', KEYS[3], ARGV[3])
    generation = ARGV[1] .. ':' .. ARGV[3]
end
local m = redis.call('HMGET', KEYS[1], 'generation', 'filledAt', 'record', 'progress', 'ticketAt')
if m[1] == generation and m[2] then
    local age = now - tonumber(m[2])
    if age >= 0 and age <= tonumber(ARGV[2]) then
        if ARGV[4] == 'upload' then
            return {1, m[3]}
        end
        if redis.call('HLEN', KEYS[2]) == tonumber(m[4]) then
            return {1, m[3], redis.call('HGETALL', KEYS[2])}
        end
    end
elseif m[1] == generation and m[5] then
    local age = now - tonumber(m[5])
    if age >= 0 and age < tonumber(ARGV[5]) then
        return {0}
    end
end
redis.call('UNLINK', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'generation', generation, 'ticket', ARGV[3], 'ticketAt', now)
redis.call('PEXPIRE', KEYS[1], 30 * tonumber(ARGV[5]))
return {0, ARGV[3]}
)";

// unpack() has room for a few thousand values.
constexpr const char* kFill = R"(
local m = redis.call('HMGET', KEYS[1], 'generation', 'ticket')
if m[1] ~= generation or m[2] ~= ARGV[2] then
    return 0
end
redis.call('UNLINK', KEYS[1], KEYS[2])
local first = 5 + 2 * tonumber(ARGV[4])
redis.call('HSET', KEYS[1], 'generation', generation, 'filledAt', now, unpack(ARGV, 5, first - 1))
for i = first, #ARGV, 1000 do
    redis.call('HSET', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
)";

constexpr const char* kAddPart = R"(
local m = redis.call('HMGET', KEYS[1], 'generation', 'epoch', 'chunkIndex')
if not m[1] then
    return 0
end
if m[1] ~= generation or m[2] ~= ARGV[3] then
    redis.call('UNLINK', KEYS[1], KEYS[2])
    return 0
end
local n = tonumber(ARGV[4]) - 1
local at = math.floor(n / 8)
local bits = m[3] .. string.rep('\0', at + 1 - #m[3])
local byte = string.byte(bits, at + 1)
local mask = bit.lshift(1, 7 - n % 8)
if bit.band(byte, mask) == 0 then
    bits = string.sub(bits, 1, at) .. string.char(bit.bor(byte, mask)) .. string.sub(bits, at + 2)
    redis.call('HSET', KEYS[1], 'chunkIndex', bits)
    redis.call('HINCRBY', KEYS[1], 'progress', 1)
    redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return 1
)";

}  // namespace

CacheScripts::CacheScripts()
    : look(std::string(kGeneration) + kNow + kLook),
      fill(std::string(kGeneration) + kNow + kFill),
      add_part(std::string(kGeneration) + kAddPart) {}

}  // namespace slipway::adapters::redis

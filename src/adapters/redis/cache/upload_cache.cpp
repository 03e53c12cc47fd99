#include "adapters/redis/cache/upload_cache.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

#include "adapters/redis/cache/chunk_index.hpp"
#include "adapters/redis/protocol/request.hpp"
#include "records/records.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::redis {

namespace {

constexpr const char* kGeneration = "file:generation";
constexpr std::size_t kKeys = 3;

// The braces keep both in one slot of a cluster.
std::string upload_key(UploadId id) {
    return "file:meta:{" + id.to_string() + "}";
}
std::string parts_key(UploadId id) {
    return "file:parts:{" + id.to_string() + "}";
}

// The keys and the first argument of every script.
std::vector<std::string> begin_arguments(UploadId id, const Session& session) {
    return {upload_key(id), parts_key(id), kGeneration, session.run_id};
}

std::string random_text() {
    std::random_device random;
    return std::to_string(random()) + "." + std::to_string(random());
}

Result<core::Part> read_part(UploadId id, const Reply& number, const Reply& record) {
    std::uint32_t value = 0;
    if (number.bytes() == nullptr || record.bytes() == nullptr) {
        return slipway::failure(Errc::corrupted, "a part in Redis is no record");
    }
    const std::string& digits = *number.bytes();
    const auto* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || at != end || value == 0) {
        return slipway::failure(Errc::corrupted, "a part in Redis has no number");
    }
    return records::decode_part(id, PartNumber(value), *record.bytes());
}

Result<std::vector<core::Part>> read_parts(UploadId id, const Reply::Array& pairs) {
    std::vector<core::Part> parts;
    parts.reserve(pairs.size() / 2);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        auto part = read_part(id, pairs[i], pairs[i + 1]);
        if (!part) {
            return std::unexpected(std::move(part.error()));
        }
        parts.push_back(std::move(*part));
    }
    std::ranges::sort(parts, {}, &core::Part::number);
    return parts;
}

}  // namespace

UploadCache::UploadCache(RedisClient& client, CacheOptions options)
    : client_(client), options_(options), own_(random_text()) {}

std::string UploadCache::next_ticket() {
    return own_ + "." + std::to_string(tickets_.fetch_add(1));
}

Task<SharedSession> UploadCache::connected() {
    auto session = client_.session();
    const auto untold = untold_.load();
    if (!session || untold == 0) {
        co_return session;
    }
    std::string request = write_request({"SET", kGeneration, next_ticket()});
    if (const auto told = co_await client_.call(session, std::move(request)); !told) {
        co_return nullptr;
    }
    auto seen = untold;
    // What came meanwhile is told the next time.
    untold_.compare_exchange_strong(seen, 0);
    co_return session;
}

Task<UploadCache::Asked> UploadCache::look(UploadId id, std::string wanted) {
    const auto session = co_await connected();
    Asked asked;
    if (!session || std::chrono::steady_clock::now() - session->since < options_.settles) {
        ++away_;
        co_return asked;
    }
    auto arguments = begin_arguments(id, *session);
    const std::string ticket = next_ticket();
    arguments.insert(arguments.end(), {std::to_string(options_.counts.count()), ticket,
                                       std::move(wanted), std::to_string(options_.ticket.count())});
    const auto reply = co_await client_.run(session, scripts_.look, kKeys, std::move(arguments));
    const auto* const answer = reply ? reply->array() : nullptr;
    if (answer == nullptr || answer->empty() || answer->front().integer() == nullptr) {
        ++away_;
        co_return asked;
    }
    if (*answer->front().integer() == 1 && answer->size() > 1) {
        ++hits_;
        asked.found = *answer;
        co_return asked;
    }
    ++misses_;
    if (answer->size() > 1) {
        asked.miss = Ticket{.session = session, .text = ticket};
    }
    co_return asked;
}

Task<UploadCache::Miss> UploadCache::refuse(UploadId id) {
    telemetry::log(telemetry::Level::warn, "cache_entry_refused", {{"upload_id", id.to_string()}});
    co_await drop(id);
    co_return std::nullopt;
}

Task<UploadCache::Look<core::Upload>> UploadCache::find_upload(UploadId id) {
    auto asked = co_await look(id, "upload");
    if (!asked.found) {
        co_return std::move(asked.miss);
    }
    const auto* const record = (*asked.found)[1].bytes();
    auto upload = record != nullptr ? records::decode_upload(id, *record)
                                    : slipway::failure(Errc::corrupted, "no record");
    if (!upload) {
        co_return co_await refuse(id);
    }
    co_return std::move(*upload);
}

Task<UploadCache::Look<std::vector<core::Part>>> UploadCache::list_parts(UploadId id) {
    auto asked = co_await look(id, "parts");
    if (!asked.found) {
        co_return std::move(asked.miss);
    }
    const auto* const pairs = asked.found->size() > 2 ? (*asked.found)[2].array() : nullptr;
    auto parts =
        pairs != nullptr ? read_parts(id, *pairs) : slipway::failure(Errc::corrupted, "no parts");
    if (!parts) {
        co_return co_await refuse(id);
    }
    co_return std::move(*parts);
}

Task<void> UploadCache::fill(Ticket ticket, core::Upload upload, std::vector<core::Part> parts) {
    auto arguments = begin_arguments(upload.id, *ticket.session);
    std::vector<std::string> fields = {
        "epoch",        std::to_string(upload.epoch),
        "uploadStatus", std::string(core::to_string(upload.state)),
        "chunkSize",    std::to_string(upload.plan.part_size.value()),
        "storageNode",  core::home_of(upload).storage_node,
        "chunkIndex",   chunk_index_of(parts),
        "progress",     std::to_string(parts.size()),
        "record",       records::encode_upload(upload)};
    arguments.insert(arguments.end(),
                     {std::move(ticket.text), std::to_string(options_.lives.count()),
                      std::to_string(fields.size() / 2)});
    std::ranges::move(fields, std::back_inserter(arguments));
    for (const core::Part& part : parts) {
        arguments.push_back(std::to_string(part.number.value()));
        arguments.push_back(records::encode_part(upload.id, part));
    }
    // Where it fails there is no entry, or the ticket is left until it is void.
    co_await client_.run(ticket.session, scripts_.fill, kKeys, std::move(arguments));
}

Task<void> UploadCache::add_part(UploadId id, core::Epoch epoch, core::Part part) {
    const auto session = co_await connected();
    if (!session) {
        ++untold_;
        co_return;
    }
    auto arguments = begin_arguments(id, *session);
    arguments.insert(arguments.end(),
                     {std::to_string(options_.lives.count()), std::to_string(epoch),
                      std::to_string(part.number.value()), records::encode_part(id, part)});
    const auto added =
        co_await client_.run(session, scripts_.add_part, kKeys, std::move(arguments));
    // As where there is no more memory: an entry without the part must not stay.
    if (!added && !co_await forget(session, id)) {
        ++untold_;
    }
}

Task<void> UploadCache::drop(UploadId id) {
    const auto session = co_await connected();
    if (!session || !co_await forget(session, id)) {
        ++untold_;
    }
}

Task<Result<>> UploadCache::forget(SharedSession session, UploadId id) {
    std::string request = write_request({"UNLINK", upload_key(id), parts_key(id)});
    const auto forgotten = co_await client_.call(std::move(session), std::move(request));
    co_return forgotten ? Result<>() : std::unexpected(forgotten.error());
}

CacheCounts UploadCache::counts() const {
    return {.hits = hits_.load(), .misses = misses_.load(), .away = away_.load()};
}

}  // namespace slipway::adapters::redis

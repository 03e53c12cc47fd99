#include "adapters/redis/behind/lent_parts.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <random>
#include <string_view>
#include <utility>

#include "records/records.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::redis {

namespace {

constexpr const char* kStream = "file:unwritten";
constexpr std::size_t kKeys = 3;
constexpr std::string_view kWritten = "w";

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number value = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && at == end && value != 0 ? std::optional(value) : std::nullopt;
}

const std::string& bytes_in(const Reply& reply) {
    static const std::string kNone;
    return reply.bytes() != nullptr ? *reply.bytes() : kNone;
}

std::optional<core::Part> part_in(UploadId id, std::string_view number, std::string_view record) {
    const auto value = number_in<std::uint32_t>(number);
    if (!value) {
        return std::nullopt;
    }
    auto part = records::decode_part(id, PartNumber(*value), record);
    return part ? std::optional(std::move(*part)) : std::nullopt;
}

// The process that a loan's name begins with is the one in which it was asked for.
std::string next_name(const Session& session) {
    std::random_device random;
    return session.run_id + '.' + std::to_string(random()) + '.' + std::to_string(random());
}

bool is_of(const std::string& name, const Session& session) {
    return name.starts_with(session.run_id + '.');
}

std::chrono::milliseconds age_of(const std::string& id, const Reply& now) {
    const auto since = number_in<std::int64_t>(std::string_view(id).substr(0, id.find('-')));
    if (!since || now.integer() == nullptr) {
        return std::chrono::milliseconds(0);
    }
    return std::chrono::milliseconds(std::max<std::int64_t>(*now.integer() - *since, 0));
}

// [id, [field, value, …]]; without a part where there is none in it.
std::optional<UnwrittenPart> read_entry(const Reply& entry, bool& is_readable) {
    const auto* const pair = entry.array();
    is_readable = false;
    if (pair == nullptr || pair->size() != 2) {
        return std::nullopt;
    }
    UnwrittenPart unwritten{.entry = bytes_in((*pair)[0]), .part = {}};
    std::map<std::string, std::string> fields;
    if (const auto* const list = (*pair)[1].array()) {
        for (std::size_t i = 0; i + 1 < list->size(); i += 2) {
            fields[bytes_in((*list)[i])] = bytes_in((*list)[i + 1]);
        }
    }
    const auto id = UploadId::parse(fields["upload"]);
    const auto epoch = number_in<core::Epoch>(fields["epoch"]);
    auto part = id ? part_in(*id, fields["number"], fields["record"]) : std::nullopt;
    if (part && epoch && !fields["loan"].empty()) {
        is_readable = true;
        unwritten.part = {*id, *epoch, std::move(*part), std::move(fields["loan"])};
    }
    return unwritten;
}

void read_entries(const Reply& list, LentParts::Taken& into) {
    if (list.array() == nullptr) {
        return;
    }
    for (const Reply& entry : *list.array()) {
        bool is_readable = false;
        if (auto read = read_entry(entry, is_readable)) {
            (is_readable ? into.parts : into.refused).push_back(std::move(*read));
        }
    }
}

}  // namespace

std::vector<std::string> LentParts::begin_arguments(UploadId id, const Session& session) const {
    const std::string upload = "{" + id.to_string() + "}";
    return {"file:loan:" + upload, "file:lent:" + upload, kStream, session.run_id};
}

// Answers of accept and find: {0} not lent, {1}, {2, record}, {3} being opened.
template <class Answer, class None>
Task<Answer> LentParts::ask_for_part(const Script& script, SharedSession session, UploadId id,
                                     PartNumber number, std::vector<std::string> arguments) {
    const auto reply =
        co_await client_.run(std::move(session), script, kKeys, std::move(arguments));
    const auto* const answer = reply ? reply->array() : nullptr;
    if (answer == nullptr || answer->empty() || answer->front().integer() == nullptr) {
        co_return Away{};
    }
    switch (*answer->front().integer()) {
        case 1:
            co_return None{};
        case 2: {
            auto part = answer->size() > 1
                            ? part_in(id, std::to_string(number.value()), bytes_in((*answer)[1]))
                            : std::nullopt;
            if (part) {
                co_return std::move(*part);
            }
            co_return Away{};
        }
        case 3:
            co_return BeingOpened{};
        default:
            co_return NotLent{};
    }
}

Task<LentParts::Accepted> LentParts::accept(ports::LentPart part) {
    const auto session = client_.session();
    if (!session) {
        co_return Away{};
    }
    auto arguments = begin_arguments(part.upload, *session);
    arguments.insert(arguments.end(),
                     {std::to_string(part.epoch), std::to_string(part.part.number.value()),
                      records::encode_part(part.upload, part.part), part.upload.to_string()});
    co_return co_await ask_for_part<Accepted, Stored>(scripts_.accept, session, part.upload,
                                                      part.part.number, std::move(arguments));
}

Task<LentParts::Found> LentParts::find(UploadId id, PartNumber number) {
    const auto session = client_.session();
    if (!session) {
        co_return Away{};
    }
    auto arguments = begin_arguments(id, *session);
    arguments.push_back(std::to_string(number.value()));
    co_return co_await ask_for_part<Found, Absent>(scripts_.find, session, id, number,
                                                   std::move(arguments));
}

Task<std::optional<LentParts::Asked>> LentParts::ask(UploadId id,
                                                     std::chrono::milliseconds length) {
    const auto session = client_.session();
    if (!session) {
        co_return std::nullopt;
    }
    Asked asked{session, next_name(*session)};
    auto arguments = begin_arguments(id, *session);
    arguments.insert(arguments.end(), {asked.name, std::to_string(length.count())});
    const auto reply = co_await client_.run(session, scripts_.ask, kKeys, std::move(arguments));
    const bool is_asked = reply && reply->integer() != nullptr && *reply->integer() == 1;
    co_return is_asked ? std::optional(std::move(asked)) : std::nullopt;
}

Task<bool> LentParts::open(Asked asked, UploadId id, core::Epoch epoch,
                           std::vector<core::Part> parts) {
    auto arguments = begin_arguments(id, *asked.session);
    arguments.insert(arguments.end(), {std::move(asked.name), std::to_string(epoch)});
    for (const core::Part& part : parts) {
        arguments.push_back(std::to_string(part.number.value()));
        arguments.push_back(std::string(kWritten) + records::encode_part(id, part));
    }
    const auto reply =
        co_await client_.run(asked.session, scripts_.open, kKeys, std::move(arguments));
    co_return reply && reply->integer() != nullptr && *reply->integer() == 1;
}

Task<LentParts::Closing> LentParts::close(UploadId id, std::string name) {
    const auto session = client_.session();
    // Another process says nothing of what that one does, which may be there yet for others.
    if (!session || !is_of(name, *session)) {
        co_return Unknown{};
    }
    auto arguments = begin_arguments(id, *session);
    arguments.push_back(std::move(name));
    const auto reply = co_await client_.run(session, scripts_.close, kKeys, std::move(arguments));
    const auto* const answer = reply ? reply->array() : nullptr;
    if (answer == nullptr || answer->empty() || answer->front().integer() == nullptr) {
        co_return Unknown{};
    }
    const auto* const pairs = answer->size() > 1 ? (*answer)[1].array() : nullptr;
    if (*answer->front().integer() != 1 || pairs == nullptr) {
        co_return Gone{};
    }
    Closed closed;
    for (std::size_t i = 0; i + 1 < pairs->size(); i += 2) {
        auto part = part_in(id, bytes_in((*pairs)[i]), bytes_in((*pairs)[i + 1]));
        if (!part) {
            co_return Gone{};
        }
        closed.unwritten.push_back(std::move(*part));
    }
    co_return closed;
}

// Where it fails the loan stays, closed, until it is asked for anew after its time.
Task<void> LentParts::forget(UploadId id, std::string name) {
    const auto session = client_.session();
    if (!session) {
        co_return;
    }
    auto arguments = begin_arguments(id, *session);
    arguments.push_back(std::move(name));
    static_cast<void>(co_await client_.run(session, scripts_.forget, kKeys, std::move(arguments)));
}

Task<Result<LentParts::Taken>> LentParts::take(std::chrono::milliseconds idle, std::size_t most) {
    const auto session = client_.session();
    if (!session) {
        co_return failure(Errc::unavailable, "Redis is away");
    }
    std::vector<std::string> arguments = {kStream, std::to_string(idle.count()),
                                          std::to_string(most)};
    const auto reply = co_await client_.run(session, scripts_.take, 1, std::move(arguments));
    if (!reply) {
        co_return std::unexpected(reply.error());
    }
    const auto* const answer = reply->array();
    if (answer == nullptr || answer->size() != 5) {
        co_return failure(Errc::corrupted, "Redis: no answer of the script");
    }
    Taken taken;
    read_entries((*answer)[0], taken);
    read_entries((*answer)[1], taken);
    const auto* const waiting = (*answer)[2].integer();
    taken.waiting = waiting != nullptr ? static_cast<std::size_t>(*waiting) : 0;
    taken.oldest = age_of(bytes_in((*answer)[3]), (*answer)[4]);
    co_return taken;
}

Task<void> LentParts::written(std::vector<UnwrittenPart> parts) {
    const auto session = client_.session();
    if (!session || parts.empty()) {
        co_return;
    }
    std::vector<std::string> arguments = {kStream};
    for (UnwrittenPart& part : parts) {
        arguments.insert(arguments.end(), {std::move(part.entry), part.part.upload.to_string(),
                                           std::to_string(part.part.part.number.value()),
                                           std::move(part.part.loan)});
    }
    // Where it fails they are taken again, and found to be there.
    static_cast<void>(co_await client_.run(session, scripts_.written, 1, std::move(arguments)));
}

}  // namespace slipway::adapters::redis

#include "http/client_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "http/response_reader.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kSendBuffer = 256 << 10;
constexpr std::size_t kReceiveBuffer = 256 << 10;

bool is_field_value(std::string_view value) {
    return std::ranges::none_of(value, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

std::optional<std::uint64_t> body_length(const ClientRequest& request) {
    if (const auto* text = std::get_if<std::string>(&request.body)) {
        return text->size();
    }
    if (const auto* stream = std::get_if<StreamBody>(&request.body)) {
        return stream->length.value();
    }
    const bool announces_none = request.method == Method::post || request.method == Method::put ||
                                request.method == Method::patch;
    return announces_none ? std::optional<std::uint64_t>(0) : std::nullopt;
}

bool is_clients_own(std::string_view name) {
    return equals_ignoring_case(name, "Host") || equals_ignoring_case(name, "Content-Length") ||
           equals_ignoring_case(name, "Transfer-Encoding") ||
           equals_ignoring_case(name, "Connection");
}

// Sends a request piece by piece and notices an answer that does not wait for its end.
class Sending {
 public:
    Sending(ClientConnection& connection, ResponseReader& reader, Method method)
        : connection_(connection), reader_(reader), method_(method) {}

    // True when all was sent, false when a final answer came first; its head is then read.
    Task<Result<bool>> send(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const auto count = co_await connection_.write_some(bytes);
            if (!count) {
                co_return co_await answer_despite(count.error());
            }
            bytes = bytes.subspan(*count);
            if (*count == 0) {
                const auto status = co_await reader_.read_head(method_);
                if (!status) {
                    co_return std::unexpected(status.error());
                }
                if (*status >= 200) {
                    early_status_ = *status;
                    co_return false;
                }
                connection_.look_out_for_answer();
            }
        }
        co_return true;
    }

    std::optional<unsigned> early_status() const { return early_status_; }

 private:
    // A server that refuses a body may close before it has all: what it said is worth more than the
    // broken pipe.
    Task<Result<bool>> answer_despite(Error error) {
        if (error.code != Errc::unavailable) {
            co_return std::unexpected(std::move(error));
        }
        auto status = co_await reader_.read_head(method_);
        while (status && *status < 200) {
            status = co_await reader_.read_head(method_);
        }
        if (!status) {
            co_return std::unexpected(std::move(error));
        }
        early_status_ = *status;
        co_return false;
    }

    ClientConnection& connection_;
    ResponseReader& reader_;
    const Method method_;
    std::optional<unsigned> early_status_;
};

std::span<const std::byte> as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

Task<Result<bool>> send_stream(Sending& sending, const StreamBody& stream, std::string_view head,
                               bool& touched) {
    std::uint64_t left = stream.length.value();
    // The head travels with the first bytes of the body: one segment for a small part.
    const std::size_t size = std::max<std::size_t>(
        std::min<std::uint64_t>(kSendBuffer, left + head.size()), head.size() + 1);
    // Not filled with zeros: what a source of small pieces never needs takes no memory.
    const auto memory = std::make_unique_for_overwrite<std::byte[]>(size);
    const std::span buffer(memory.get(), size);
    std::memcpy(buffer.data(), head.data(), head.size());
    std::size_t filled = head.size();
    while (true) {
        const auto room = std::min<std::uint64_t>(buffer.size() - filled, left);
        if (room > 0) {
            touched = true;
            const auto count = co_await stream.source->read(buffer.subspan(filled, room));
            if (!count) {
                co_return std::unexpected(count.error());
            }
            if (*count == 0) {
                co_return failure(Errc::invalid, "the body ended before its stated length");
            }
            filled += *count;
            left -= *count;
        }
        const auto sent = co_await sending.send(buffer.first(filled));
        if (!sent || !*sent || left == 0) {
            co_return sent;
        }
        filled = 0;
    }
}

Task<Result<bool>> send_request(Sending& sending, const ClientRequest& request, std::string head,
                                bool& touched) {
    if (const auto* stream = std::get_if<StreamBody>(&request.body)) {
        co_return co_await send_stream(sending, *stream, head, touched);
    }
    if (const auto* text = std::get_if<std::string>(&request.body)) {
        head += *text;
    }
    co_return co_await sending.send(as_bytes(head));
}

Task<Result<std::string>> take_body(ResponseReader& reader, const BodySink* sink, ByteCount limit) {
    std::string collected;
    const std::uint64_t expected = reader.content_length().value_or(kReceiveBuffer);
    // One byte at least: the reader is asked once more to see the end.
    std::vector<std::byte> buffer(std::clamp<std::uint64_t>(expected, 1, kReceiveBuffer));
    while (true) {
        const auto count = co_await reader.read_body(buffer);
        if (!count) {
            co_return std::unexpected(count.error());
        }
        if (*count == 0) {
            co_return collected;
        }
        const auto bytes = std::span<const std::byte>(buffer).first(*count);
        if (sink != nullptr) {
            if (auto taken = co_await (*sink)(bytes); !taken) {
                co_return std::unexpected(std::move(taken.error()));
            }
            continue;
        }
        if (collected.size() + bytes.size() > limit.value()) {
            co_return failure(Errc::too_large,
                              "an answer of more than " + std::to_string(limit.value()) + " bytes");
        }
        collected.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
}

}  // namespace

Result<std::string> format_request_head(const ClientUrl& url, const ClientRequest& request) {
    std::string head(to_string(request.method));
    head += ' ';
    head += url.target;
    head += " HTTP/1.1\r\nHost: ";
    head += url.authority;
    head += "\r\n";
    for (const auto& [name, value] : request.headers.lines()) {
        if (is_clients_own(name)) {
            continue;
        }
        if (!is_token(name) || !is_field_value(value)) {
            return failure(Errc::invalid, "a request field cannot be sent: " + name);
        }
        head.append(name).append(": ").append(value).append("\r\n");
    }
    if (const auto length = body_length(request)) {
        head.append("Content-Length: ").append(std::to_string(*length)).append("\r\n");
    }
    head += "\r\n";
    return head;
}

Task<ExchangeOutcome> exchange(ClientConnection& connection, const ClientUrl& url,
                               const ClientRequest& request, BodyTaking taking) {
    ExchangeOutcome outcome;
    auto head = format_request_head(url, request);
    if (!head) {
        outcome.response = std::unexpected(head.error());
        co_return outcome;
    }
    if (request.began != nullptr) {
        *request.began = true;
    }
    ResponseReader reader(connection);
    Sending sending(connection, reader, request.method);
    connection.look_out_for_answer();
    const auto sent =
        co_await send_request(sending, request, *std::move(head), outcome.stream_touched);
    connection.ignore_answer();
    if (!sent) {
        outcome.answer_began = reader.began();
        outcome.response = std::unexpected(sent.error());
        co_return outcome;
    }
    Result<unsigned> status = sending.early_status().value_or(0);
    while (status && *status < 200) {
        status = co_await reader.read_head(request.method);
    }
    outcome.answer_began = reader.began();
    if (!status) {
        outcome.response = std::unexpected(status.error());
        co_return outcome;
    }
    ClientResponse response{*status, reader.headers(), {}};
    if (request.check_head) {
        if (auto checked = request.check_head(response.status, response.headers); !checked) {
            outcome.response = std::unexpected(std::move(checked.error()));
            co_return outcome;
        }
    }
    const bool to_sink = taking.sink && *status / 100 == 2;
    auto body = co_await take_body(reader, to_sink ? &taking.sink : nullptr, taking.collect_limit);
    if (!body) {
        outcome.response = std::unexpected(std::move(body.error()));
        co_return outcome;
    }
    response.body = *std::move(body);
    outcome.reusable = *sent && reader.is_reusable();
    outcome.response = std::move(response);
    co_return outcome;
}

}  // namespace slipway::http

#include "http/response_reader.hpp"

namespace slipway::http {

Task<Result<>> ResponseReader::feed_more() {
    const auto room = parser_.room();
    if (!room) {
        co_return std::unexpected(room.error());
    }
    const auto count = co_await connection_.read_some(*room);
    if (!count) {
        co_return std::unexpected(count.error());
    }
    parser_.commit(*count);
    co_return Result<>{};
}

Task<Result<unsigned>> ResponseReader::read_head(Method method) {
    parser_.begin_head(method);
    while (true) {
        const auto status = parser_.parse_head();
        if (!status) {
            co_return std::unexpected(status.error());
        }
        if (*status) {
            co_return **status;
        }
        if (const auto fed = co_await feed_more(); !fed) {
            co_return std::unexpected(fed.error());
        }
    }
}

Task<Result<std::size_t>> ResponseReader::read_body(std::span<std::byte> out) {
    while (true) {
        const auto count = parser_.parse_body(out);
        if (!count) {
            co_return std::unexpected(count.error());
        }
        if (*count) {
            co_return **count;
        }
        if (const auto fed = co_await feed_more(); !fed) {
            co_return std::unexpected(fed.error());
        }
    }
}

}  // namespace slipway::http

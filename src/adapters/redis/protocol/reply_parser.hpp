// ReplyParser: replies out of the bytes of a connection, in whatever pieces they come (RESP2:
// redis.io, "Redis serialization protocol specification"). Strict: after what is no RESP2 nothing
// is read any more. Everything has a bound. No I/O; safe on any input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/protocol/reply.hpp"
#include "base/result.hpp"

namespace slipway::adapters::redis {

class ReplyParser {
 public:
    static constexpr std::size_t kMaxLine = 64U << 10U;
    static constexpr std::size_t kMaxBytes = 64U << 20U;  // of one string
    static constexpr std::size_t kMaxItems = 1U << 20U;   // of one array
    static constexpr std::size_t kMaxDepth = 4;           // of arrays in arrays

    void feed(std::string_view bytes);
    // The next whole reply; nothing: more bytes are needed. corrupted: this is no RESP2, or beyond
    // a bound; from then on always.
    Result<std::optional<Reply>> next();

 private:
    // An array of which not all items have come.
    struct Open {
        Reply::Array items;
        std::size_t left;
    };
    enum class Step { value, opened, more, broken };

    Step read_value(Reply& into);
    Step read_line(Reply& into);
    Step read_bytes(Reply& into);
    Step begin_bytes(std::string_view line, Reply& into);
    Step begin_array(std::string_view line, Reply& into);
    Step broken(const char* what);
    // The value is whole: of the reply, or of an array that waits for it.
    std::optional<Reply> place(Reply value);

    std::string buffer_;
    std::size_t at_ = 0;       // up to here it is read
    std::size_t scanned_ = 0;  // from at_ on up to here there is no end of a line
    std::optional<std::size_t> bytes_wanted_;
    std::vector<Open> open_;
    const char* fault_ = nullptr;
};

}  // namespace slipway::adapters::redis

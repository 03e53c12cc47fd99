// ChunkDecoder: the framing of a chunked body (RFC 9112 section 7.1), strictly, without I/O and
// without copying data. Extensions and trailers are checked, bounded and dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace slipway::http {

class ChunkDecoder {
 public:
    // Reads framing from the front of `bytes`, up to where data begins or the body ends; answers
    // how much of it was framing. To be called while data_left() is 0 and finished() is false.
    // Errors: invalid.
    Result<std::size_t> read_framing(std::string_view bytes);
    // Bytes of the chunk at hand that are still to come.
    std::uint64_t data_left() const { return data_left_; }
    void consume_data(std::uint64_t count);
    bool finished() const { return state_ == State::finished; }

 private:
    enum class State {
        size_first,
        size,
        extension,
        size_newline,
        data,
        data_return,
        data_newline,
        trailer_first,
        trailer_name,
        trailer_value,
        trailer_newline,
        end_newline,
        finished,
        broken,
    };
    State after(char c);
    State after_size(char c);
    State after_extension(char c);
    State after_trailer(char c);

    State state_ = State::size_first;
    std::uint64_t size_ = 0;  // as far as its digits were read
    std::uint64_t data_left_ = 0;
    std::size_t line_size_ = 0;     // of the size line at hand
    std::size_t trailer_size_ = 0;  // of all trailers together
};

}  // namespace slipway::http

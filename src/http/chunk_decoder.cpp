#include "http/chunk_decoder.hpp"

#include <limits>

#include "http/message.hpp"

namespace slipway::http {

namespace {

// A size line longer than this carries extensions that no honest client sends.
constexpr std::size_t kMaxSizeLine = 256;
constexpr std::size_t kMaxTrailers = 8192;

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

// What may stand in a line: visible text, blanks and obs-text; CR, LF and controls may not.
bool is_text(char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

Result<std::size_t> ChunkDecoder::read_framing(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ != State::data && state_ != State::finished &&
           state_ != State::broken) {
        state_ = after(bytes[used]);
        ++used;
    }
    if (state_ == State::broken) {
        return failure(Errc::invalid, "broken chunked framing");
    }
    return used;
}

void ChunkDecoder::consume_data(std::uint64_t count) {
    data_left_ -= count;
    if (data_left_ == 0) {
        state_ = State::data_return;
    }
}

ChunkDecoder::State ChunkDecoder::after(char c) {
    switch (state_) {
        case State::size_first:
            line_size_ = 0;
            size_ = 0;
            return hex_value(c) < 0 ? State::broken : after_size(c);
        case State::size:
            return after_size(c);
        case State::extension:
            return after_extension(c);
        case State::size_newline:
            if (c != '\n') {
                return State::broken;
            }
            data_left_ = size_;
            return size_ == 0 ? State::trailer_first : State::data;
        case State::data_return:
            return c == '\r' ? State::data_newline : State::broken;
        case State::data_newline:
            return c == '\n' ? State::size_first : State::broken;
        case State::trailer_first:
            return c == '\r' ? State::end_newline : after_trailer(c);
        case State::trailer_name:
        case State::trailer_value:
            return after_trailer(c);
        case State::trailer_newline:
            return c == '\n' ? State::trailer_first : State::broken;
        case State::end_newline:
            return c == '\n' ? State::finished : State::broken;
        case State::data:
        case State::finished:
        case State::broken:
            break;
    }
    return State::broken;
}

ChunkDecoder::State ChunkDecoder::after_size(char c) {
    const int digit = hex_value(c);
    if (digit < 0) {
        return after_extension(c);
    }
    // One bit is left free, so that sums of sizes cannot wrap.
    if (++line_size_ > kMaxSizeLine || size_ > (std::numeric_limits<std::uint64_t>::max() >> 5U)) {
        return State::broken;
    }
    size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
    return State::size;
}

ChunkDecoder::State ChunkDecoder::after_extension(char c) {
    if (c == '\r') {
        return State::size_newline;
    }
    const bool begins = state_ == State::extension || c == ';';
    return begins && is_text(c) && ++line_size_ <= kMaxSizeLine ? State::extension : State::broken;
}

ChunkDecoder::State ChunkDecoder::after_trailer(char c) {
    if (state_ == State::trailer_value && c == '\r') {
        return State::trailer_newline;
    }
    if (++trailer_size_ > kMaxTrailers) {
        return State::broken;
    }
    if (state_ == State::trailer_value) {
        return is_text(c) ? State::trailer_value : State::broken;
    }
    if (state_ == State::trailer_name && c == ':') {
        return State::trailer_value;
    }
    return is_token_character(c) ? State::trailer_name : State::broken;
}

}  // namespace slipway::http

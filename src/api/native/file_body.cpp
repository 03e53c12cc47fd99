#include "api/native/file_body.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace slipway::api::native {

namespace {

// Text, then bytes of the file; one of them may be empty.
struct Piece {
    std::string text;
    ByteRange range;
};

// Pulls pieces one after the other.
class Pieces final : public http::BodySource {
 public:
    Pieces(std::shared_ptr<ports::BlobReader> reader, std::vector<Piece> pieces)
        : reader_(std::move(reader)), pieces_(std::move(pieces)) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        for (; at_ < pieces_.size(); ++at_) {
            Piece& piece = pieces_[at_];
            if (text_done_ < piece.text.size()) {
                co_return take_text(piece.text, out);
            }
            if (piece.range.length > 0_B) {
                co_return co_await take_bytes(piece.range, out);
            }
            text_done_ = 0;
        }
        co_return std::size_t{0};
    }

 private:
    std::size_t take_text(const std::string& text, std::span<std::byte> out) {
        const std::size_t count = std::min(out.size(), text.size() - text_done_);
        std::memcpy(out.data(), text.data() + text_done_, count);
        text_done_ += count;
        return count;
    }

    Task<Result<std::size_t>> take_bytes(ByteRange& left, std::span<std::byte> out) {
        const auto wanted = std::min<std::uint64_t>(out.size(), left.length.value());
        const auto got = co_await reader_->read_at(left.first, out.first(wanted));
        if (got) {
            left.first = left.first + ByteCount(*got);
            left.length = left.length - ByteCount(*got);
        }
        co_return got;
    }

    std::shared_ptr<ports::BlobReader> reader_;
    std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::size_t text_done_ = 0;  // of the piece at hand
};

http::StreamBody stream_of(std::shared_ptr<ports::BlobReader> reader, std::vector<Piece> pieces) {
    ByteCount length;
    for (const Piece& piece : pieces) {
        length += ByteCount(piece.text.size()) + piece.range.length;
    }
    return {std::make_shared<Pieces>(std::move(reader), std::move(pieces)), length};
}

}  // namespace

http::ResponseBody range_body(std::shared_ptr<ports::BlobReader> reader, ByteRange range) {
    if (const auto descriptor = reader->descriptor()) {
        return http::FileSlice{std::move(reader), *descriptor, range};
    }
    std::vector<Piece> pieces;
    pieces.push_back({.text = {}, .range = range});
    return stream_of(std::move(reader), std::move(pieces));
}

std::string content_range(ByteRange range, ByteCount size) {
    const std::uint64_t first = range.first.value();
    return "bytes " + std::to_string(first) + "-" +
           std::to_string(first + range.length.value() - 1) + "/" + std::to_string(size.value());
}

http::StreamBody multipart_body(std::shared_ptr<ports::BlobReader> reader,
                                const RangesOfFile& selected) {
    std::vector<Piece> pieces;
    for (const ByteRange& range : selected.ranges) {
        pieces.push_back({.text = (pieces.empty() ? "--" : "\r\n--") + selected.boundary +
                                  "\r\nContent-Type: " + selected.content_type +
                                  "\r\nContent-Range: " + content_range(range, selected.size) +
                                  "\r\n\r\n",
                          .range = range});
    }
    pieces.push_back({.text = "\r\n--" + selected.boundary + "--\r\n", .range = {}});
    return stream_of(std::move(reader), std::move(pieces));
}

}  // namespace slipway::api::native

#include "http/body.hpp"

#include <algorithm>
#include <cstring>

namespace slipway::http {

namespace {

class TextSource final : public BodySource {
 public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}
    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        const std::size_t count = std::min(out.size(), text_.size() - given_);
        std::memcpy(out.data(), text_.data() + given_, count);
        given_ += count;
        co_return count;
    }

 private:
    const std::string text_;
    std::size_t given_ = 0;
};

}  // namespace

StreamBody stream_of(std::string text) {
    const ByteCount length(text.size());
    return {std::make_shared<TextSource>(std::move(text)), length};
}

ByteCount length_of(const ResponseBody& body) {
    if (const auto* text = std::get_if<std::string>(&body)) {
        return ByteCount(text->size());
    }
    if (const auto* slice = std::get_if<FileSlice>(&body)) {
        return slice->range.length;
    }
    if (const auto* stream = std::get_if<StreamBody>(&body)) {
        return stream->length;
    }
    return {};
}

}  // namespace slipway::http

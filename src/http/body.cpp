#include "http/body.hpp"

namespace slipway::http {

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

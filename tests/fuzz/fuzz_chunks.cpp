// Chunked bodies: what is decoded does not depend on how it arrives, and the data, written as
// chunks again, is decoded to itself.
#include <optional>
#include <string>

#include "fuzz/require.hpp"
#include "http/chunk_decoder.hpp"

namespace {

using namespace slipway;

struct Decoded {
    std::string data;
    std::size_t used = 0;
    bool finished = false;
    bool broken = false;
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(std::string_view text, std::size_t piece_size) {
    http::ChunkDecoder decoder;
    Decoded out;
    while (out.used < text.size() && !decoder.finished()) {
        const auto piece = text.substr(out.used, piece_size);
        if (decoder.data_left() > 0) {
            const auto data = piece.substr(0, decoder.data_left());
            out.data += data;
            decoder.consume_data(data.size());
            out.used += data.size();
            continue;
        }
        const auto used = decoder.read_framing(piece);
        if (!used) {
            // Where exactly the fault shows depends on the pieces; what came before it does not.
            out.used = 0;
            out.broken = true;
            return out;
        }
        fuzz::require(*used <= piece.size() && *used > 0, "framing is read forward");
        out.used += *used;
    }
    out.finished = decoder.finished();
    return out;
}

std::string chunked(std::string_view data, std::size_t size) {
    std::string text;
    for (; !data.empty(); data.remove_prefix(std::min(size, data.size()))) {
        const auto piece = data.substr(0, size);
        char line[32];
        std::snprintf(line, sizeof line, "%zX;x=\"y\"\r\n", piece.size());
        text.append(line).append(piece).append("\r\n");
    }
    return text + "0\r\nA: b\r\n\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const auto whole = decode(text, std::string_view::npos);
    fuzz::require(decode(text, 1) == whole, "pieces do not matter");
    fuzz::require(decode(text, 1 + size % 11) == whole, "pieces do not matter");
    fuzz::require(whole.data.size() <= size, "no data that was not there");
    const auto again = chunked(whole.data, 1 + size % 17);
    const auto back = decode(again, 5);
    fuzz::require(back.finished && back.data == whole.data && back.used == again.size(),
                  "data comes back");
    return 0;
}

#include "adapters/localfs/draft_name.hpp"

#include <array>
#include <charconv>

namespace slipway::adapters::localfs {

namespace {

constexpr std::string_view kMark = ".draft-";
constexpr std::size_t kTokenDigits = 16;

}  // namespace

std::string draft_file_name(const ports::DraftName& draft) {
    std::array<char, kTokenDigits> digits{};
    const auto written =
        std::to_chars(digits.data(), digits.data() + digits.size(), draft.token, 16);
    const std::string_view token(digits.data(), written.ptr);
    std::string name = draft.id.to_string();
    name += kMark;
    name.append(kTokenDigits - token.size(), '0');
    name += token;
    return name;
}

std::optional<ports::DraftName> parse_draft_name(std::string_view name) {
    const auto mark = name.find(kMark);
    if (mark == std::string_view::npos) {
        return std::nullopt;
    }
    const auto id = UploadId::parse(name.substr(0, mark));
    const auto token = name.substr(mark + kMark.size());
    ports::DraftName draft;
    const auto read = std::from_chars(token.data(), token.data() + token.size(), draft.token, 16);
    if (!id || read.ec != std::errc() || read.ptr != token.data() + token.size()) {
        return std::nullopt;
    }
    draft.id = *id;
    // One name for each: capitals and other lengths are none.
    return draft_file_name(draft) == name ? std::optional(draft) : std::nullopt;
}

}  // namespace slipway::adapters::localfs

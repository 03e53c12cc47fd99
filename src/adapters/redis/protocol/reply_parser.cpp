#include "adapters/redis/protocol/reply_parser.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace slipway::adapters::redis {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

// Digits, with a minus in front where it is negative: one form for each number.
std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || at != end) {
        return std::nullopt;
    }
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    const bool has_other_form = digits.starts_with('0') && text != "0";
    return has_other_form ? std::nullopt : std::optional(value);
}

}  // namespace

void ReplyParser::feed(std::string_view bytes) {
    // What was read is thrown away where that moves little.
    if (at_ == buffer_.size()) {
        buffer_.clear();
        scanned_ = at_ = 0;
    } else if (at_ > buffer_.size() / 2) {
        buffer_.erase(0, at_);
        scanned_ -= at_;
        at_ = 0;
    }
    buffer_.append(bytes);
}

Result<std::optional<Reply>> ReplyParser::next() {
    while (fault_ == nullptr) {
        Reply value;
        switch (read_value(value)) {
            case Step::value:
                if (auto whole = place(std::move(value))) {
                    return whole;
                }
                break;
            case Step::more:
                return std::optional<Reply>();
            case Step::opened:
            case Step::broken:
                break;
        }
    }
    return slipway::failure(Errc::corrupted, std::string("Redis: ") + fault_);
}

ReplyParser::Step ReplyParser::read_value(Reply& into) {
    return bytes_wanted_ ? read_bytes(into) : read_line(into);
}

ReplyParser::Step ReplyParser::read_line(Reply& into) {
    const auto end = buffer_.find('\n', scanned_);
    const auto length = (end == std::string::npos ? buffer_.size() : end) - at_;
    if (length > kMaxLine) {
        return broken("a line has no end");
    }
    if (end == std::string::npos) {
        scanned_ = buffer_.size();
        return Step::more;
    }
    const auto whole = std::string_view(buffer_).substr(at_, end + 1 - at_);
    if (whole.size() < 3 || !whole.ends_with(kLineEnd)) {
        return broken("a line does not end as it should");
    }
    const char kind = whole.front();
    const auto line = whole.substr(1, whole.size() - 3);
    if (line.contains('\r')) {
        return broken("a line does not end as it should");
    }
    scanned_ = at_ = end + 1;
    switch (kind) {
        case '+':
            into.value = Reply::Status{std::string(line)};
            return Step::value;
        case '-':
            into.value = Reply::Failure{std::string(line)};
            return Step::value;
        case ':':
            if (const auto number = parse_integer(line)) {
                into.value = *number;
                return Step::value;
            }
            return broken("a number is none");
        case '$':
            return begin_bytes(line, into);
        case '*':
            return begin_array(line, into);
        default:
            return broken("a reply is of no known kind");
    }
}

ReplyParser::Step ReplyParser::begin_bytes(std::string_view line, Reply& into) {
    const auto length = parse_integer(line);
    if (length == -1) {
        into.value = Reply::Nil{};
        return Step::value;
    }
    if (!length || *length < 0 || static_cast<std::uint64_t>(*length) > kMaxBytes) {
        return broken("a string has a length that it cannot have");
    }
    bytes_wanted_ = static_cast<std::size_t>(*length);
    return Step::opened;
}

ReplyParser::Step ReplyParser::read_bytes(Reply& into) {
    const std::size_t length = *bytes_wanted_;
    if (buffer_.size() - at_ < length + kLineEnd.size()) {
        return Step::more;
    }
    if (std::string_view(buffer_).substr(at_ + length, kLineEnd.size()) != kLineEnd) {
        return broken("a string does not end where it should");
    }
    into.value = buffer_.substr(at_, length);
    bytes_wanted_.reset();
    scanned_ = at_ += length + kLineEnd.size();
    return Step::value;
}

ReplyParser::Step ReplyParser::begin_array(std::string_view line, Reply& into) {
    const auto count = parse_integer(line);
    if (count == -1) {
        into.value = Reply::Nil{};
        return Step::value;
    }
    if (!count || *count < 0 || static_cast<std::uint64_t>(*count) > kMaxItems) {
        return broken("an array has a length that it cannot have");
    }
    if (*count == 0) {
        into.value = Reply::Array();
        return Step::value;
    }
    if (open_.size() == kMaxDepth) {
        return broken("arrays lie too deep in one another");
    }
    // Room for what has come, not for what was announced.
    constexpr std::size_t kRoom = 64;
    const auto left = static_cast<std::size_t>(*count);
    open_.push_back({.items = {}, .left = left});
    open_.back().items.reserve(std::min(left, kRoom));
    return Step::opened;
}

ReplyParser::Step ReplyParser::broken(const char* what) {
    fault_ = what;
    return Step::broken;
}

std::optional<Reply> ReplyParser::place(Reply value) {
    while (!open_.empty()) {
        Open& innermost = open_.back();
        innermost.items.push_back(std::move(value));
        if (--innermost.left > 0) {
            return std::nullopt;
        }
        value.value = std::move(innermost.items);
        open_.pop_back();
    }
    return value;
}

}  // namespace slipway::adapters::redis

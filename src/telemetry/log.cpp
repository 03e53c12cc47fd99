#include "telemetry/log.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <mutex>

#include "base/encoding.hpp"
#include "base/time.hpp"

namespace slipway::telemetry {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::atomic<Level> threshold{Level::info};

std::string_view to_string(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warn:
            return "warn";
        case Level::error:
            return "error";
        case Level::off:
            break;
    }
    return "off";
}

// What the lead byte promises; the continuation is judged by is_utf8().
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xe0) {
        return 2;
    }
    return lead < 0xf0 ? 3 : 4;
}

void append_ascii(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
        out += "\\u00";
        out += kHexDigits[byte >> 4U];
        out += kHexDigits[byte & 0xfU];
    } else {
        out += c;
    }
}

// U+0080 to U+009F steer terminals as ESC does; a log is often read on one.
bool is_c1_control(std::string_view sequence) {
    return sequence.size() == 2 && sequence[0] == '\xc2' &&
           static_cast<unsigned char>(sequence[1]) < 0xa0;
}

// Each byte that belongs to no well-formed sequence becomes one U+FFFD.
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view sequence =
            text.substr(i, sequence_length(static_cast<unsigned char>(text[i])));
        if (sequence.size() == 1 && static_cast<unsigned char>(text[i]) < 0x80) {
            append_ascii(out, text[i]);
        } else if (!is_utf8(sequence)) {
            out += kReplacement;
            ++i;
            continue;
        } else if (is_c1_control(sequence)) {
            const auto byte = static_cast<unsigned char>(sequence[1]);
            out += "\\u00";
            out += kHexDigits[byte >> 4U];
            out += kHexDigits[byte & 0xfU];
        } else {
            out += sequence;
        }
        i += sequence.size();
    }
    out += '"';
}

template <class Number>
void append_number(std::string& out, Number value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

struct AppendValue {
    std::string& out;

    void operator()(std::string_view value) const { append_quoted(out, value); }
    void operator()(std::int64_t value) const { append_number(out, value); }
    void operator()(std::uint64_t value) const { append_number(out, value); }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(const RequestTag& tag) const {
        append_quoted(out, tag.id);
        if (tag.trace) {
            out += ",\"trace_id\":\"" + tag.trace.trace_id_text() + '"';
        }
    }
    void operator()(double value) const {
        // JSON has no name for what is not finite.
        if (std::isfinite(value)) {
            append_number(out, value);
        } else {
            out += "null";
        }
    }
};

// A failed write is not reported: there is nowhere to report it to, and logging must not stop the
// service.
void write_line(std::string_view line) {
    // A line beyond PIPE_BUF may be written in pieces; without the lock two of them would mix.
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    while (!line.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return;
        }
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

void set_log_level(Level level) {
    threshold.store(level, std::memory_order_relaxed);
}

Level log_level() {
    return threshold.load(std::memory_order_relaxed);
}

void log(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level == Level::off || level < log_level()) {
        return;
    }
    const int saved_errno = errno;
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::string line = format_log_line(format_rfc3339(now), level, event, fields);
    line += '\n';
    write_line(line);
    errno = saved_errno;
}

std::string format_log_line(std::string_view time, Level level, std::string_view event,
                            std::initializer_list<Field> fields) {
    std::string out;
    out.reserve(128);
    out += "{\"time\":";
    append_quoted(out, time);
    out += ",\"level\":";
    append_quoted(out, to_string(level));
    out += ",\"event\":";
    append_quoted(out, event);
    for (const Field& field : fields) {
        out += ',';
        append_quoted(out, field.name);
        out += ':';
        std::visit(AppendValue{out}, field.value);
    }
    out += '}';
    return out;
}

}  // namespace slipway::telemetry

// Structured logging: one JSON object a line, on standard error.
// Callers state an event and its fields; nothing here knows about requests or uploads. Secrets must
// not be handed in.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "telemetry/request_tag.hpp"

namespace slipway::telemetry {

enum class Level { debug, info, warn, error, off };

// One member of the JSON object. Text is escaped, and invalid UTF-8 in it replaced. A request's tag
// becomes its id, followed by trace_id where it is part of a trace.
struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool,
                 std::reference_wrapper<const RequestTag>>
        value;
};

void set_log_level(Level level);
Level log_level();

// Writes {"time","level","event",fields…}. Thread-safe. A line is written by one write(2), so that
// what was logged survives a crash of the process and lines never mix.
void log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

// The text of one line, without the newline; what log() writes.
std::string format_log_line(std::string_view time, Level level, std::string_view event,
                            std::initializer_list<Field> fields);

}  // namespace slipway::telemetry

// The text of an event as it travels: CloudEvents 1.0 in JSON, structured mode (docs/events.md).
#pragma once

#include <string>
#include <string_view>

#include "core/event.hpp"

namespace slipway::adapters::webhook {

// `source`: a URI reference that names this installation. The same event always has the same text.
std::string cloud_event(const core::Event& event, std::string_view source);

}  // namespace slipway::adapters::webhook

// How the tasks of one upload are found: their dedupe keys, and ids for new ones.
#pragma once

#include <span>
#include <string>

#include "base/ids.hpp"
#include "ports/random.hpp"

namespace slipway::engine {

inline std::string digest_key(const UploadId& id) {
    return "digest/" + id.to_string();
}

inline std::string completion_key(const UploadId& id) {
    return "complete/" + id.to_string();
}

inline std::string assembly_key(const UploadId& id) {
    return "assemble/" + id.to_string();
}

inline TaskId random_task_id(ports::Random& random) {
    TaskId::Bytes bytes{};
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return TaskId(bytes);
}

}  // namespace slipway::engine

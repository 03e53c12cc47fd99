#include "core/upload.hpp"

namespace slipway::core {

std::string_view to_string(UploadState state) {
    switch (state) {
        case UploadState::open:
            return "open";
        case UploadState::completing:
            return "completing";
        case UploadState::complete:
            return "complete";
        case UploadState::aborted:
            return "aborted";
        case UploadState::expired:
            return "expired";
    }
    return "open";
}

}  // namespace slipway::core

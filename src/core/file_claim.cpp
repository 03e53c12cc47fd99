#include "core/file_claim.hpp"

namespace slipway::core {

bool has_expired(const File& file, WallTime now) {
    return file.expires_at && *file.expires_at <= now;
}

File claim(File file, const FileClaim& claim) {
    file.name = claim.name.value_or(file.name);
    file.content_type = claim.content_type.value_or(file.content_type);
    file.metadata = claim.metadata.value_or(file.metadata);
    file.expires_at = std::nullopt;
    return file;
}

bool is_made_by(const File& file, const FileClaim& claim) {
    return core::claim(file, claim) == file;
}

}  // namespace slipway::core

// DirectParts: what a store offers where clients send the parts of a blob to it themselves, each by
// an address that the server hands out. The bytes pass nobody who could hash them, so that what is
// believed of a part is what the store has checked and tells of it.
//
// Errors and overlapping as of Store (store.hpp).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/units.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

struct BlobLayout;
struct BlobRef;
struct PartRegion;

// What a client has to do to send a part: a PUT to this URL with these fields and no others that
// the store would have to know.
struct PartAddress {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
};

// A part that lies in the store, with the digest that the store itself checked it by, or worked
// out.
struct DirectPart {
    PartNumber number;
    ByteCount size;
    Sha256 sha256;
    std::string receipt;  // as that of a part which went through the server
};

class DirectParts {
 public:
    virtual ~DirectParts() = default;

    // Why no blob of this layout can be sent to the store directly, in words for the client;
    // nothing where one can.
    virtual std::optional<std::string> refusal(const BlobLayout& layout) const = 0;
    // The address at which the store takes a body of the region's length with this digest, and no
    // other, for so long. Whoever has it can use it as often as they like. invalid: the region is
    // none of the blob's parts, or the blob was not created for direct parts.
    virtual Task<Result<PartAddress>> address(BlobRef blob, PartRegion region, Sha256 sha256,
                                              std::chrono::seconds lifetime) = 0;
    // The parts that lie there now, in order of their numbers; a part that was sent twice as the
    // last of it. Those of which the store does not tell the digest are left out.
    virtual Task<Result<std::vector<DirectPart>>> list_parts(BlobRef blob) = 0;
};

}  // namespace slipway::ports

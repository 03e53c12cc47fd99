// UploadSession: an upload as this client sees it, from its opening or resumption to its
// completion.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "cli/api_calls.hpp"
#include "cli/put/part_size.hpp"

namespace slipway::cli {

struct UploadSession {
    std::string id;
    PartLayout layout;
    std::int64_t journal_row = 0;
    std::vector<std::optional<Sha256>>
        digests;                            // by part number - 1: of the parts that the server has
    std::map<std::uint32_t, PartUrl> urls;  // signed and not yet used
    bool direct = false;                    // its parts go to the store

    std::vector<std::uint32_t> missing() const {
        std::vector<std::uint32_t> numbers;
        for (std::uint32_t i = 0; i < digests.size(); ++i) {
            if (!digests[i]) {
                numbers.push_back(i + 1);
            }
        }
        return numbers;
    }
};

}  // namespace slipway::cli

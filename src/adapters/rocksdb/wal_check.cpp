#include "adapters/rocksdb/wal_check.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "records/crc32c.hpp"

namespace slipway::adapters::rocksdb {
namespace {

constexpr std::size_t kBlockSize = 32768;
constexpr std::size_t kHeaderSize = 7;

enum class Fragment : std::uint8_t { zero = 0, full = 1, first = 2, middle = 3, last = 4 };

std::uint32_t read_le(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
        value = (value << 8U) | static_cast<std::uint8_t>(bytes[i - 1]);
    }
    return value;
}

std::uint32_t masked(std::uint32_t crc) {
    return ((crc >> 15U) | (crc << 17U)) + 0xa282ead8U;
}

struct Header {
    Fragment type;
    std::size_t size;
};

// The fragment that stands at the start of `bytes` (the rest of a block), when it is whole and its
// checksum is right.
std::optional<Header> whole_fragment(std::string_view bytes) {
    if (bytes.size() < kHeaderSize) {
        return std::nullopt;
    }
    const auto type = static_cast<Fragment>(bytes[6]);
    const std::size_t size = kHeaderSize + read_le(bytes.substr(4, 2));
    if (type < Fragment::full || type > Fragment::last || size > bytes.size() ||
        masked(records::extend_crc32c(0, bytes.substr(6, size - 6))) !=
            read_le(bytes.substr(0, 4))) {
        return std::nullopt;
    }
    return Header{type, size};
}

bool all_zero(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) { return c == 0; });
}

// Whether a record begins anywhere in the rest of this block. A damaged length hides where the next
// fragment stands, so every offset is tried.
bool record_begins_in(std::string_view block) {
    for (std::size_t offset = 0; offset + kHeaderSize <= block.size(); ++offset) {
        const auto found = whole_fragment(block.substr(offset));
        if (found && (found->type == Fragment::full || found->type == Fragment::first)) {
            return true;
        }
    }
    return false;
}

}  // namespace

LogEnd inspect_log(std::string_view bytes) {
    bool open_record = false;
    while (!bytes.empty()) {
        std::string_view block = bytes.substr(0, kBlockSize);
        const std::size_t size = block.size();
        bytes.remove_prefix(size);
        while (block.size() >= kHeaderSize) {
            const auto fragment = whole_fragment(block);
            const bool begins =
                fragment && (fragment->type == Fragment::full || fragment->type == Fragment::first);
            if (!fragment || begins == open_record) {
                if (all_zero(block) && all_zero(bytes) && !open_record) {
                    return LogEnd::whole;
                }
                bool later = begins || record_begins_in(block.substr(1));
                for (; !later && !bytes.empty(); bytes.remove_prefix(block.size())) {
                    block = bytes.substr(0, kBlockSize);
                    later = record_begins_in(block);
                }
                return later ? LogEnd::damaged : LogEnd::torn;
            }
            open_record = fragment->type == Fragment::first || fragment->type == Fragment::middle;
            block.remove_prefix(fragment->size);
        }
        // In a full block these are padding; at the end of the file, the beginning of a header.
        if (size < kBlockSize && !all_zero(block)) {
            return LogEnd::torn;
        }
    }
    return open_record ? LogEnd::torn : LogEnd::whole;
}

Result<LogEnd> inspect_logs(const std::filesystem::path& directory) {
    std::error_code error;
    std::vector<std::filesystem::path> logs;
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        if (at->path().extension() == ".log") {
            logs.push_back(at->path());
        }
    }
    if (error) {
        return std::unexpected(errno_error("list logs", error.value()));
    }
    // Names are numbers with leading zeros, and wider ones are later.
    std::ranges::sort(
        logs, {}, [](const auto& path) { return std::pair(path.native().size(), path.native()); });
    LogEnd result = LogEnd::whole;
    for (const auto& path : logs) {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        if (!file) {
            return failure(Errc::unavailable, "read " + path.string());
        }
        if (result != LogEnd::whole) {
            return LogEnd::damaged;
        }
        result = inspect_log(bytes);
    }
    return result;
}

}  // namespace slipway::adapters::rocksdb

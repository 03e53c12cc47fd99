#include "adapters/rocksdb/status.hpp"

#include <string>

namespace slipway::adapters::rocksdb {
namespace {

// Another process holds the lock file, or this one does. RocksDB has no code of its own for it.
bool is_locked(const ::rocksdb::Status& status) {
    const std::string_view reason = status.getState() == nullptr ? "" : status.getState();
    return (reason.starts_with("While lock file") &&
            reason.ends_with("Resource temporarily unavailable")) ||
           reason.starts_with("lock hold by current process");
}

Errc code_of(const ::rocksdb::Status& status) {
    using Code = ::rocksdb::Status::Code;
    switch (status.code()) {
        case Code::kNotFound:
            return Errc::not_found;
        case Code::kCorruption:
            return Errc::corrupted;
        case Code::kNotSupported:
            return Errc::unsupported;
        case Code::kInvalidArgument:
            return Errc::invalid;
        case Code::kIOError:
            if (status.IsNoSpace() || status.subcode() == ::rocksdb::Status::kSpaceLimit) {
                return Errc::storage_full;
            }
            return is_locked(status) ? Errc::conflict : Errc::unavailable;
        default:
            return Errc::unavailable;
    }
}

}  // namespace

Error translate(std::string_view operation, const ::rocksdb::Status& status) {
    return Error{code_of(status), std::string(operation) + ": " + status.ToString()};
}

}  // namespace slipway::adapters::rocksdb

// ThroughSink: a part that goes to the S3 store as UploadPart while it arrives. Its last byte is
// held back until it is committed: without it the store has nothing, so that no part is stored
// whose digest turned out wrong, whose client went away, or that a newer attempt took over from.
#pragma once

#include <memory>
#include <optional>

#include "adapters/s3/store/store_access.hpp"
#include "ports/store.hpp"
#include "runtime/begun.hpp"
#include "runtime/byte_channel.hpp"

namespace slipway::adapters::s3 {

// A part of one byte or more.
struct PartPlace {
    MultipartName upload;
    PartNumber number;
    ByteCount length;
};

class ThroughSink final : public ports::PartSink {
 public:
    // `access` outlives it.
    ThroughSink(StoreAccess& access, PartPlace place);
    ~ThroughSink() override;
    ThroughSink(const ThroughSink&) = delete;
    ThroughSink& operator=(const ThroughSink&) = delete;

    Task<Result<>> write(std::span<const std::byte> bytes) override;
    // outcome_unknown: the store may have the part, or may get it later; another attempt replaces
    // it. invalid: also where bytes are missing.
    Task<Result<std::string>> commit() override;

 private:
    using Call = runtime::Begun<Result<StoredPart>>;

    Task<Result<>> send(std::span<const std::byte> bytes);

    StoreAccess& access_;
    const PartPlace place_;
    const std::shared_ptr<runtime::ByteChannel> channel_;
    std::optional<Call> call_;
    ByteCount written_;
    std::byte last_{};
    std::optional<Error> failed_;
    bool committed_ = false;
};

}  // namespace slipway::adapters::s3

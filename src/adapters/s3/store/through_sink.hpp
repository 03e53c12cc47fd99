// ThroughSink: a part that goes to the S3 store while it arrives, as UploadPart or PutObject. Its
// last byte is held back until it is committed: without it the store has nothing, so that no part
// is stored whose digest turned out wrong, whose client went away, or that a newer attempt took
// over from.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/s3/store/part_objects.hpp"
#include "adapters/s3/store/store_access.hpp"
#include "ports/store.hpp"
#include "runtime/begun.hpp"
#include "runtime/byte_channel.hpp"

namespace slipway::adapters::s3 {

// One call with the body of a part, and the receipt that it comes to.
using PartCall = std::function<Task<Result<std::string>>(S3Client&, UploadBody)>;
PartCall as_upload_part(MultipartName upload, PartNumber number);
// As an object; the receipt tells which, behind the prefix.
PartCall as_object(ObjectName name, PartReceipt receipt, std::string_view prefix = "");

class ThroughSink final : public ports::PartSink {
 public:
    // `access` outlives it. A part of one byte or more.
    ThroughSink(StoreAccess& access, ByteCount length, PartCall call);
    ~ThroughSink() override;
    ThroughSink(const ThroughSink&) = delete;
    ThroughSink& operator=(const ThroughSink&) = delete;

    Task<Result<>> write(std::span<const std::byte> bytes) override;
    // outcome_unknown: the store may have the part, or may get it later; another attempt replaces
    // it, or is another object. invalid: also where bytes are missing.
    Task<Result<std::string>> commit() override;

 private:
    using Call = runtime::Begun<Result<std::string>>;

    Task<Result<>> send(std::span<const std::byte> bytes);

    StoreAccess& access_;
    const ByteCount length_;
    const PartCall send_;
    const std::shared_ptr<runtime::ByteChannel> channel_;
    std::optional<Call> call_;
    ByteCount written_;
    std::byte last_{};
    std::optional<Error> failed_;
    bool committed_ = false;
};

// A part without any bytes, of which there is no object.
class EmptySink final : public ports::PartSink {
 public:
    Task<Result<>> write(std::span<const std::byte> bytes) override;
    Task<Result<std::string>> commit() override;
};

}  // namespace slipway::adapters::s3

// WriteBehindCatalog: a catalog in front of which Redis acknowledges parts. They are written down a
// moment later (PartWriter); before anything else of an upload is changed, and before its parts
// are listed, the catalog has all of them.
//
// A part that Redis does not take, for whatever reason, is recorded by the catalog before it is
// acknowledged, as without Redis.
#pragma once

#include <functional>
#include <memory>

#include "adapters/redis/behind/loan_keeper.hpp"
#include "adapters/redis/cache/forwarding_catalog.hpp"

namespace slipway::adapters::redis {

class WriteBehindCatalog final : public ForwardingCatalog {
 public:
    // Parts of this size and more are not acknowledged by Redis: what sending them takes is much
    // longer than what the catalog does.
    static constexpr ByteCount kLeastOfLarge = 5_MiB;

    // `accepted`: called for each part that is to be written down; thread-safe.
    WriteBehindCatalog(std::shared_ptr<ports::Catalog> inner, LentParts& lent, LoanKeeper& keeper,
                       std::function<void()> accepted, ByteCount least_of_large = kLeastOfLarge)
        : ForwardingCatalog(std::move(inner)),
          lent_(lent),
          keeper_(keeper),
          accepted_(std::move(accepted)),
          least_of_large_(least_of_large) {}

    using ports::Catalog::put_part;
    Task<Result<ports::PutPartOutcome>> put_part(UploadId id, core::Epoch epoch, core::Part part,
                                                 core::Quota standard,
                                                 std::optional<core::Event> event = {}) override;
    Task<Result<core::Part>> find_part(UploadId id, PartNumber number) override;
    Task<Result<std::vector<core::Part>>> list_parts(UploadId id) override;
    Task<Result<>> add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                              std::vector<core::PartCopy> copies) override;
    Task<Result<>> advance_upload(core::Epoch expected, core::Upload next,
                                  std::optional<core::Event> event = {}) override;
    Task<Result<>> complete_upload(core::Epoch expected, core::Upload next, core::File file,
                                   std::optional<core::Event> event = {}) override;

 private:
    // Nothing: Redis does not take it.
    Task<std::optional<ports::PutPartOutcome>> accept(ports::LentPart part);
    // Makes a change of an upload that is not lent.
    template <class T>
    Task<Result<T>> unlent(UploadId id, std::function<Task<Result<T>>()> make);

    LentParts& lent_;
    LoanKeeper& keeper_;
    const std::function<void()> accepted_;
    const ByteCount least_of_large_;
};

}  // namespace slipway::adapters::redis

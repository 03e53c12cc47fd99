#include "adapters/redis/behind/write_behind_catalog.hpp"

#include <utility>

#include "runtime/sleep.hpp"

namespace slipway::adapters::redis {

namespace {

// While somebody else opens a loan, which is two statements and a script.
constexpr std::chrono::milliseconds kPause{5};
constexpr int kPauses = 60;
// A loan that was ended may be given anew, by a part that comes in the same moment; that takes
// longer than the change does.
constexpr int kAttempts = 20;

}  // namespace

Task<std::optional<ports::PutPartOutcome>> WriteBehindCatalog::accept(ports::LentPart part) {
    bool may_lend = true;
    for (int pauses = 0; pauses < kPauses;) {
        auto accepted = co_await lent_.accept(part);
        if (std::holds_alternative<LentParts::Stored>(accepted)) {
            accepted_();
            co_return ports::PartStored{};
        }
        if (auto* const existing = std::get_if<core::Part>(&accepted)) {
            co_return ports::PartAlreadyStored{std::move(*existing)};
        }
        if (std::holds_alternative<LentParts::BeingOpened>(accepted)) {
            ++pauses;
            co_await runtime::sleep_for(kPause);
            continue;
        }
        if (std::holds_alternative<LentParts::Away>(accepted) || !may_lend ||
            !co_await keeper_.lend(part.upload, part.epoch)) {
            break;
        }
        may_lend = false;
    }
    co_return std::nullopt;
}

template <class T>
Task<Result<T>> WriteBehindCatalog::unlent(UploadId id, std::function<Task<Result<T>>()> make) {
    for (int attempt = 1;; ++attempt) {
        if (auto recalled = co_await keeper_.recall(id); !recalled) {
            co_return std::unexpected(std::move(recalled.error()));
        }
        auto made = co_await make();
        const bool may_be_lent = !made && made.error().code == Errc::unavailable;
        if (!may_be_lent || attempt == kAttempts) {
            co_return made;
        }
    }
}

// A part with an event is told of by the commit that records it.
Task<Result<ports::PutPartOutcome>> WriteBehindCatalog::put_part(UploadId id, core::Epoch epoch,
                                                                 core::Part part,
                                                                 core::Quota standard,
                                                                 std::optional<core::Event> event) {
    const bool is_small = part.size > 0_B && part.size < least_of_large_ && !part.extent;
    if (is_small && !event) {
        if (auto accepted = co_await accept({id, epoch, part, {}})) {
            co_return std::move(*accepted);
        }
    }
    auto outcome = co_await inner_->put_part(id, epoch, part, standard, event);
    if (outcome || outcome.error().code != Errc::unavailable) {
        co_return outcome;
    }
    std::function<Task<Result<ports::PutPartOutcome>>()> put = [&] {
        return inner_->put_part(id, epoch, part, standard, event);
    };
    co_return co_await unlent<ports::PutPartOutcome>(id, std::move(put));
}

Task<Result<core::Part>> WriteBehindCatalog::find_part(UploadId id, PartNumber number) {
    auto found = co_await lent_.find(id, number);
    if (auto* const part = std::get_if<core::Part>(&found)) {
        co_return std::move(*part);
    }
    if (std::holds_alternative<LentParts::Absent>(found)) {
        co_return failure(Errc::not_found, "no such part");
    }
    auto recorded = co_await inner_->find_part(id, number);
    if (recorded || recorded.error().code != Errc::not_found) {
        co_return recorded;
    }
    // Of a lent upload of which Redis does not tell it may be there all the same.
    if (auto recalled = co_await keeper_.recall(id); !recalled) {
        co_return std::unexpected(std::move(recalled.error()));
    }
    co_return co_await inner_->find_part(id, number);
}

Task<Result<std::vector<core::Part>>> WriteBehindCatalog::list_parts(UploadId id) {
    if (auto recalled = co_await keeper_.recall(id); !recalled) {
        co_return std::unexpected(std::move(recalled.error()));
    }
    co_return co_await inner_->list_parts(id);
}

Task<Result<>> WriteBehindCatalog::add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                              std::vector<core::PartCopy> copies) {
    std::function<Task<Result<>>()> add = [&] {
        return inner_->add_copies(id, epoch, number, copies);
    };
    co_return co_await unlent<void>(id, std::move(add));
}

Task<Result<>> WriteBehindCatalog::advance_upload(core::Epoch expected, core::Upload next,
                                                  std::optional<core::Event> event) {
    std::function<Task<Result<>>()> advance = [&] {
        return inner_->advance_upload(expected, next, event);
    };
    co_return co_await unlent<void>(next.id, std::move(advance));
}

Task<Result<>> WriteBehindCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                                   core::File file,
                                                   std::optional<core::Event> event) {
    std::function<Task<Result<>>()> complete = [&] {
        return inner_->complete_upload(expected, next, file, event);
    };
    co_return co_await unlent<void>(next.id, std::move(complete));
}

}  // namespace slipway::adapters::redis

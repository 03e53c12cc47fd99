#include "adapters/memory/memory_shared_state.hpp"

#include <algorithm>
#include <iterator>

namespace slipway::adapters::memory {

void MemorySharedState::change_api_keys() {
    const std::scoped_lock lock(mutex_);
    ++revisions_.api_keys;
}

Task<Result<ports::SharedRevisions>> MemorySharedState::revisions() {
    const std::scoped_lock lock(mutex_);
    co_return revisions_;
}

Task<Result<std::string>> MemorySharedState::word(std::string name) {
    const std::scoped_lock lock(mutex_);
    const auto found = words_.find(name);
    co_return found == words_.end() ? std::string() : found->second;
}

Task<Result<>> MemorySharedState::replace_word(std::string name, std::string expected,
                                               std::string next) {
    const std::scoped_lock lock(mutex_);
    std::string& word = words_[name];
    if (word != expected && word != next) {
        co_return failure(Errc::conflict, name + " is not what it was");
    }
    word = std::move(next);
    co_return Result<>();
}

ports::SigningNumbers MemorySharedState::numbers_at(WallTime now) const {
    ports::SigningNumbers numbers;
    std::ranges::copy_if(numbers_, std::back_inserter(numbers), [now](const auto& one) {
        return !one.verifies_until || *one.verifies_until > now;
    });
    return numbers;
}

Task<Result<ports::SigningNumbers>> MemorySharedState::signing_numbers(WallTime now) {
    const std::scoped_lock lock(mutex_);
    co_return numbers_at(now);
}

Task<Result<ports::SigningNumbers>> MemorySharedState::add_signing_number(WallTime now,
                                                                          WallTime until) {
    const std::scoped_lock lock(mutex_);
    std::uint32_t next = 1;
    for (ports::SigningNumber& one : numbers_) {
        one.verifies_until = one.verifies_until.value_or(until);
        next = one.number + 1;
    }
    numbers_.push_back({.number = next, .created_at = now, .verifies_until = std::nullopt});
    ++revisions_.signing_keys;
    co_return numbers_at(now);
}

Task<Result<ports::SigningNumbers>> MemorySharedState::ensure_signing_number(WallTime now) {
    const std::scoped_lock lock(mutex_);
    if (numbers_.empty()) {
        numbers_.push_back({.number = 1, .created_at = now, .verifies_until = std::nullopt});
        ++revisions_.signing_keys;
    }
    co_return numbers_at(now);
}

Task<Result<ports::SigningNumbers>> MemorySharedState::remove_signing_number(std::uint32_t number,
                                                                             WallTime now) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(numbers_, number, &ports::SigningNumber::number);
    if (found == numbers_.end()) {
        co_return failure(Errc::not_found, "no signing key has this number");
    }
    if (!found->verifies_until) {
        co_return failure(Errc::conflict, "it is the key that signs");
    }
    numbers_.erase(found);
    ++revisions_.signing_keys;
    co_return numbers_at(now);
}

Task<Result<std::optional<std::uint64_t>>> MemorySharedState::take_lease(
    ports::LeaseRequest request) {
    const std::scoped_lock lock(mutex_);
    Lease& lease = leases_[request.name];
    const SteadyTime now = clock_.steady();
    const bool holds = !lease.owner.empty() && lease.until > now;
    if (holds && lease.owner != request.owner) {
        co_return std::nullopt;
    }
    lease.token += holds ? 0U : 1U;
    lease.owner = std::move(request.owner);
    lease.until = now + request.length;
    co_return lease.token;
}

Task<Result<>> MemorySharedState::note_lease(std::string name, std::string owner,
                                             std::uint64_t token) {
    const std::scoped_lock lock(mutex_);
    Lease& lease = leases_[name];
    if (lease.token > token) {
        co_return failure(Errc::conflict, "a larger token was noted");
    }
    lease = {.owner = std::move(owner), .token = token, .until = clock_.steady()};
    co_return Result<>();
}

Task<Result<>> MemorySharedState::give_lease_back(std::string name, std::string owner) {
    const std::scoped_lock lock(mutex_);
    if (Lease& lease = leases_[name]; lease.owner == owner) {
        lease.owner.clear();
    }
    co_return Result<>();
}

Task<Result<bool>> MemorySharedState::claim_part(ports::PartClaim claim) {
    const std::scoped_lock lock(mutex_);
    co_return part_owners_.try_emplace({claim.upload, claim.number}, std::move(claim.owner)).second;
}

Task<Result<>> MemorySharedState::let_part_go(ports::PartClaim claim) {
    const std::scoped_lock lock(mutex_);
    const auto found = part_owners_.find({claim.upload, claim.number});
    if (found != part_owners_.end() && found->second == claim.owner) {
        part_owners_.erase(found);
    }
    co_return Result<>();
}

}  // namespace slipway::adapters::memory

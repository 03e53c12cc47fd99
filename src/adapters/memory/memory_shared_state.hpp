// MemorySharedState: the contract of ports/shared_state.hpp in plain maps, for tests. It knows no
// uploads: claims of parts stay until they are let go.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "ports/clock.hpp"
#include "ports/shared_state.hpp"

namespace slipway::adapters::memory {

class MemorySharedState final : public ports::SharedState {
 public:
    // The clock, by which leases end, outlives it.
    explicit MemorySharedState(const ports::Clock& clock) : clock_(clock) {}

    Task<Result<ports::SharedRevisions>> revisions() override;
    Task<Result<std::string>> word(std::string name) override;
    Task<Result<>> replace_word(std::string name, std::string expected, std::string next) override;
    Task<Result<ports::SigningNumbers>> signing_numbers(WallTime now) override;
    Task<Result<ports::SigningNumbers>> add_signing_number(WallTime now, WallTime until) override;
    Task<Result<ports::SigningNumbers>> ensure_signing_number(WallTime now) override;
    Task<Result<ports::SigningNumbers>> remove_signing_number(std::uint32_t number,
                                                              WallTime now) override;
    Task<Result<std::optional<std::uint64_t>>> take_lease(ports::LeaseRequest request) override;
    Task<Result<>> note_lease(std::string name, std::string owner, std::uint64_t token) override;
    Task<Result<>> give_lease_back(std::string name, std::string owner) override;
    Task<Result<bool>> claim_part(ports::PartClaim claim) override;
    Task<Result<>> let_part_go(ports::PartClaim claim) override;

    // As a change of API keys would.
    void change_api_keys();

 private:
    struct Lease {
        std::string owner;
        std::uint64_t token = 0;
        SteadyTime until;
    };
    ports::SigningNumbers numbers_at(WallTime now) const;

    const ports::Clock& clock_;
    std::mutex mutex_;
    ports::SharedRevisions revisions_;
    std::map<std::string, std::string> words_;
    ports::SigningNumbers numbers_;
    std::map<std::string, Lease> leases_;
    std::map<std::pair<UploadId, PartNumber>, std::string> part_owners_;
};

}  // namespace slipway::adapters::memory

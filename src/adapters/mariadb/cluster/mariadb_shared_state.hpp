// MariaDbSharedState: what nodes agree on (ports/shared_state.hpp), in the catalog's database.
#pragma once

#include <memory>
#include <utility>

#include "adapters/mariadb/client/database.hpp"
#include "ports/shared_state.hpp"

namespace slipway::adapters::mariadb {

class MariaDbSharedState final : public ports::SharedState {
 public:
    // `database` is prepared (open_database.hpp).
    explicit MariaDbSharedState(std::shared_ptr<Database> database)
        : database_(std::move(database)) {}

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

 private:
    const std::shared_ptr<Database> database_;
};

}  // namespace slipway::adapters::mariadb

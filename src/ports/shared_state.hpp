// SharedState: what the nodes of a cluster have to agree on besides the catalog: which keys sign,
// who does what only one may do, and a few words. A node alone needs none of it.
//
// Every change is durable when its call completes with a value, and is atomic; all are
// linearizable. Errors, all calls: unavailable (nothing was changed), outcome_unknown (the change
// may or may not have been made). All calls may overlap, from any event loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

// They grow with each change of what they are named after, and never else.
struct SharedRevisions {
    std::uint64_t api_keys = 0;
    std::uint64_t signing_keys = 0;
    friend bool operator==(const SharedRevisions&, const SharedRevisions&) = default;
};

// A key of signed URLs by its number; its secret is nowhere but with the nodes.
struct SigningNumber {
    std::uint32_t number = 0;
    WallTime created_at;
    std::optional<WallTime> verifies_until;  // nothing: it is the one that signs
    friend bool operator==(const SigningNumber&, const SigningNumber&) = default;
};
using SigningNumbers = std::vector<SigningNumber>;  // in their order: the last one signs

struct LeaseRequest {
    std::string name;
    std::string owner;  // of this start of this process
    std::chrono::milliseconds length{0};
};

// The right to write to the place of a part in a store that keeps there what was written last.
struct PartClaim {
    UploadId upload;
    PartNumber number;
    std::string owner;  // a name that no other attempt has
};

class SharedState {
 public:
    virtual ~SharedState() = default;

    virtual Task<Result<SharedRevisions>> revisions() = 0;

    // Empty where there was never one.
    virtual Task<Result<std::string>> word(std::string name) = 0;
    // conflict: it is not `expected`; nothing was changed. The same change twice succeeds twice.
    virtual Task<Result<>> replace_word(std::string name, std::string expected,
                                        std::string next) = 0;

    // Those that verify something at that time. None where none was ever added.
    virtual Task<Result<SigningNumbers>> signing_numbers(WallTime now) = 0;
    // One more, with a number that none ever had, which signs from now on; the one that did
    // verifies until `until`. The numbers as they are then.
    virtual Task<Result<SigningNumbers>> add_signing_number(WallTime now, WallTime until) = 0;
    // The first one, unless there is one.
    virtual Task<Result<SigningNumbers>> ensure_signing_number(WallTime now) = 0;
    // Without that one, at once. not_found: there is none. conflict: it is the one that signs.
    virtual Task<Result<SigningNumbers>> remove_signing_number(std::uint32_t number,
                                                               WallTime now) = 0;

    // Takes the lease where nobody has it, or renews it. The token of the holding, which is larger
    // than that of every holding before; nothing: another has it. By the clock of the state.
    virtual Task<Result<std::optional<std::uint64_t>>> take_lease(LeaseRequest request) = 0;
    // Notes that a lease with this token was given elsewhere, by somebody whose tokens grow as
    // well. conflict: a larger one was noted.
    virtual Task<Result<>> note_lease(std::string name, std::string owner, std::uint64_t token) = 0;
    // Nothing where another has it.
    virtual Task<Result<>> give_lease_back(std::string name, std::string owner) = 0;

    // Whether it is this owner's now: of one that nobody has, of an upload that is on record and
    // has not ended. It stays its owner's until that lets it go, or the upload ends, with which it
    // is forgotten. Once for an owner; where the answer was lost, it may be told as another's.
    virtual Task<Result<bool>> claim_part(PartClaim claim) = 0;
    // Nothing where another has it.
    virtual Task<Result<>> let_part_go(PartClaim claim) = 0;
};

}  // namespace slipway::ports

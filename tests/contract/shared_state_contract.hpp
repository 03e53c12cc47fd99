// The contract of ports::SharedState as a test suite over any adapter, instantiated like the
// catalog's (catalog_contract.hpp).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "contract/catalog_samples.hpp"
#include "contract/race.hpp"
#include "ports/shared_state.hpp"

namespace slipway::contract {

struct SharedStateAdapter {
    std::string name;
    std::function<std::unique_ptr<ports::SharedState>()> make;
    // Puts an open upload on record, where the state looks for that.
    std::function<void(UploadId)> make_upload = [](UploadId) {};
};

class SharedStateContract : public testing::TestWithParam<SharedStateAdapter> {
 protected:
    ports::SharedState& state() { return *state_; }
    static WallTime at(std::int64_t time) { return from_unix_millis(time); }
    std::optional<std::uint64_t> take(const std::string& owner,
                                      std::chrono::milliseconds length = std::chrono::hours(1)) {
        const auto taken =
            run(state().take_lease({.name = "one", .owner = owner, .length = length}));
        EXPECT_TRUE(succeeds(taken));
        return taken.value_or(std::nullopt);
    }
    static void make_upload(UploadId id) { GetParam().make_upload(id); }
    Result<bool> claim(const char* owner, std::uint32_t number) {
        return run(state().claim_part({id_of(1), PartNumber(number), owner}));
    }
    Result<> let_go(const char* owner, std::uint32_t number) {
        return run(state().let_part_go({id_of(1), PartNumber(number), owner}));
    }

 private:
    std::unique_ptr<ports::SharedState> state_ = GetParam().make();
};

}  // namespace slipway::contract

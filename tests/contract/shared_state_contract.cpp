#include "contract/shared_state_contract.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace slipway::contract {

using namespace std::chrono_literals;
using ports::SigningNumber;
using ports::SigningNumbers;

TEST_P(SharedStateContract, AWordIsReplacedByWhoKnowsIt) {
    EXPECT_EQ(run(state().word("store")), "");
    EXPECT_TRUE(succeeds(run(state().replace_word("store", "", "first"))));
    EXPECT_TRUE(fails_with(run(state().replace_word("store", "", "other")), Errc::conflict));
    EXPECT_TRUE(succeeds(run(state().replace_word("store", "", "first"))));
    EXPECT_EQ(run(state().word("store")), "first");
    EXPECT_TRUE(succeeds(run(state().replace_word("store", "first", ""))));
    EXPECT_EQ(run(state().word("store")), "");
    EXPECT_EQ(run(state().word("another")), "");
}

TEST_P(SharedStateContract, OneOfManyReplacesAWord) {
    std::atomic<unsigned> won = 0;
    race(4, [&](unsigned index) {
        won += runtime::run_blocking(state().replace_word("w", "", "by " + std::to_string(index)))
                   ? 1U
                   : 0U;
    });
    EXPECT_EQ(won, 1U);
}

TEST_P(SharedStateContract, TheFirstSigningNumberIsMadeOnce) {
    EXPECT_EQ(run(state().signing_numbers(at(1'000))), SigningNumbers());
    race(4, [&](unsigned) {
        EXPECT_TRUE(succeeds(runtime::run_blocking(state().ensure_signing_number(at(1'000)))));
    });
    const SigningNumbers first = {{1, at(1'000), std::nullopt}};
    EXPECT_EQ(run(state().signing_numbers(at(1'000))), first);
    EXPECT_EQ(run(state().revisions())->signing_keys, 1U);
}

TEST_P(SharedStateContract, TheNumberBeforeVerifiesForAWhile) {
    run(state().ensure_signing_number(at(1'000)));
    const SigningNumbers two = {{1, at(1'000), at(9'000)}, {2, at(2'000), std::nullopt}};
    EXPECT_EQ(run(state().add_signing_number(at(2'000), at(9'000))), two);
    EXPECT_EQ(run(state().signing_numbers(at(8'999))), two);
    EXPECT_EQ(run(state().signing_numbers(at(9'000))), SigningNumbers{two[1]});
    // An end that was set stays, and what is over makes room for nothing that was.
    const SigningNumbers three = {
        {1, at(1'000), at(9'000)}, {2, at(2'000), at(10'000)}, {3, at(3'000), std::nullopt}};
    EXPECT_EQ(run(state().add_signing_number(at(3'000), at(10'000))), three);
    const SigningNumbers last = {{3, at(3'000), at(60'000)}, {4, at(50'000), std::nullopt}};
    EXPECT_EQ(run(state().add_signing_number(at(50'000), at(60'000))), last);
    EXPECT_EQ(run(state().revisions())->signing_keys, 4U);
}

TEST_P(SharedStateContract, ARemovedNumberIsNeverUsedAgain) {
    run(state().ensure_signing_number(at(1'000)));
    EXPECT_TRUE(fails_with(run(state().remove_signing_number(1, at(1'000))), Errc::conflict));
    EXPECT_TRUE(fails_with(run(state().remove_signing_number(7, at(1'000))), Errc::not_found));
    run(state().add_signing_number(at(2'000), at(9'000)));
    const SigningNumbers left = {{2, at(2'000), std::nullopt}};
    EXPECT_EQ(run(state().remove_signing_number(1, at(2'000))), left);
    EXPECT_EQ(run(state().add_signing_number(at(2'000), at(9'000)))->back().number, 3U);
}

TEST_P(SharedStateContract, NumbersThatAreAddedTogetherDiffer) {
    run(state().ensure_signing_number(at(1'000)));
    race(4, [&](unsigned) {
        EXPECT_TRUE(
            succeeds(runtime::run_blocking(state().add_signing_number(at(2'000), at(9'000)))));
    });
    const auto all = run(state().signing_numbers(at(2'000)));
    ASSERT_TRUE(succeeds(all));
    std::set<std::uint32_t> numbers;
    for (const SigningNumber& one : *all) {
        numbers.insert(one.number);
        EXPECT_EQ(!one.verifies_until, one.number == 5);
    }
    EXPECT_EQ(numbers, (std::set<std::uint32_t>{1, 2, 3, 4, 5}));
}

TEST_P(SharedStateContract, OneHoldsALease) {
    EXPECT_EQ(take("a"), 1U);
    EXPECT_EQ(take("b"), std::nullopt);
    EXPECT_EQ(take("a"), 1U) << "it is renewed";
    EXPECT_TRUE(succeeds(run(state().give_lease_back("one", "b"))));
    EXPECT_EQ(take("b"), std::nullopt);
    EXPECT_TRUE(succeeds(run(state().give_lease_back("one", "a"))));
    EXPECT_EQ(take("b"), 2U);
    EXPECT_EQ(take("a"), std::nullopt);
}

TEST_P(SharedStateContract, ALeaseThatWasNotRenewedIsTakenByAnother) {
    EXPECT_EQ(take("a", 1ms), 1U);
    std::optional<std::uint64_t> taken;
    while (!taken) {
        taken = take("b");
    }
    EXPECT_EQ(taken, 2U);
    EXPECT_EQ(take("a"), std::nullopt);
}

TEST_P(SharedStateContract, OneOfManyTakesALease) {
    std::array<std::optional<std::uint64_t>, 4> tokens;
    race(4, [&](unsigned index) {
        tokens[index] = runtime::run_blocking(state().take_lease({.name = "one",
                                                                  .owner = std::to_string(index),
                                                                  .length = std::chrono::hours(1)}))
                            .value_or(std::nullopt);
    });
    EXPECT_EQ(std::ranges::count(tokens, std::optional<std::uint64_t>(1)), 1);
    EXPECT_EQ(std::ranges::count(tokens, std::optional<std::uint64_t>()), 3);
}

TEST_P(SharedStateContract, TokensOfElsewhereOnlyGrow) {
    EXPECT_TRUE(succeeds(run(state().note_lease("one", "a", 40))));
    EXPECT_TRUE(succeeds(run(state().note_lease("one", "a", 40))));
    EXPECT_TRUE(fails_with(run(state().note_lease("one", "b", 39)), Errc::conflict));
    EXPECT_TRUE(succeeds(run(state().note_lease("one", "b", 41))));
    EXPECT_EQ(take("c"), 42U);
}

TEST_P(SharedStateContract, APlaceIsItsFirstOwnersUntilThatLetsItGo) {
    make_upload(id_of(1));
    EXPECT_EQ(claim("a", 1), true);
    EXPECT_EQ(claim("b", 1), false);
    EXPECT_EQ(claim("b", 2), true);
    EXPECT_TRUE(succeeds(let_go("b", 1)));
    EXPECT_EQ(claim("c", 1), false);
    EXPECT_TRUE(succeeds(let_go("a", 1)));
    EXPECT_TRUE(succeeds(let_go("a", 1))) << "once more, as where an answer was lost";
    EXPECT_EQ(claim("c", 1), true);
    EXPECT_TRUE(succeeds(let_go("a", 1)));
    EXPECT_EQ(claim("d", 1), false);
}

TEST_P(SharedStateContract, OneOfManyHasThePlaceOfAPart) {
    make_upload(id_of(1));
    std::atomic<unsigned> won = 0;
    race(4, [&](unsigned index) {
        const auto claimed = runtime::run_blocking(
            state().claim_part({id_of(1), PartNumber(1), std::to_string(index)}));
        EXPECT_TRUE(succeeds(claimed));
        won += claimed.value_or(false) ? 1U : 0U;
    });
    EXPECT_EQ(won, 1U);
}

}  // namespace slipway::contract

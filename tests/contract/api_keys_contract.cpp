#include "contract/api_keys_contract.hpp"

namespace slipway::contract {

TEST_P(ApiKeysContract, KeepsWhatWasCreated) {
    const auto second = create(2);
    const auto first = create(1);
    restart();
    EXPECT_EQ(all(), (std::vector{first, second}));
}

TEST_P(ApiKeysContract, AnIdIsCreatedOnce) {
    const auto key = create(1);
    auto other = key_of(2);
    other.id = key.id;
    EXPECT_TRUE(fails_with(run(keys().create_key(other)), Errc::conflict));
    EXPECT_EQ(all(), std::vector{key});
}

TEST_P(ApiKeysContract, ListsInPages) {
    std::vector<core::ApiKey> created;
    for (std::uint8_t number = 1; number <= 5; ++number) {
        created.push_back(create(number));
    }
    for (std::size_t limit = 1; limit <= 6; ++limit) {
        std::vector<core::ApiKey> seen;
        ports::KeyPageRequest request{.after = std::nullopt, .limit = limit};
        do {
            const auto page = run(keys().list_keys(request));
            ASSERT_TRUE(succeeds(page));
            ASSERT_LE(page->items.size(), limit);
            seen.insert(seen.end(), page->items.begin(), page->items.end());
            request.after = page->next;
        } while (request.after);
        EXPECT_EQ(seen, created) << limit;
    }
    EXPECT_TRUE(run(keys().list_keys({.after = {}, .limit = 0}))->items.empty());
    EXPECT_EQ(run(keys().list_keys({.after = key_id(4), .limit = 1}))->next, std::nullopt);
}

TEST_P(ApiKeysContract, TheFirstRevocationStays) {
    create(1);
    const auto neighbour = create(2);
    auto revoked = key_of(1);
    revoked.revoked_at = from_unix_millis(7'000);
    EXPECT_EQ(run(keys().revoke_key(key_id(1), from_unix_millis(7'000))), revoked);
    EXPECT_EQ(run(keys().revoke_key(key_id(1), from_unix_millis(8'000))), revoked);
    EXPECT_TRUE(
        fails_with(run(keys().revoke_key(key_id(3), from_unix_millis(1))), Errc::not_found));
    restart();
    EXPECT_EQ(all(), (std::vector{revoked, neighbour}));
}

TEST_P(ApiKeysContract, UsesOnlyMoveForward) {
    auto first = create(1);
    auto second = create(2);
    const auto at = [](std::int64_t time) { return from_unix_millis(time); };
    ASSERT_TRUE(succeeds(run(keys().note_key_uses(
        {{key_id(1), at(5'000)}, {key_id(9), at(5'000)}, {key_id(2), at(6'000)}}))));
    ASSERT_TRUE(
        succeeds(run(keys().note_key_uses({{key_id(1), at(4'000)}, {key_id(2), at(7'000)}}))));
    first.last_used_at = at(5'000);
    second.last_used_at = at(7'000);
    restart();
    EXPECT_EQ(all(), (std::vector{first, second}));
    EXPECT_TRUE(succeeds(run(keys().note_key_uses({}))));
}

TEST_P(ApiKeysContract, AUseDoesNotUndoARevocation) {
    for (std::uint8_t number = 1; number <= 25; ++number) {
        create(number);
        race(2, [&](unsigned i) {
            if (i == 0) {
                EXPECT_TRUE(succeeds(runtime::run_blocking(
                    keys().revoke_key(key_id(number), from_unix_millis(7'000)))));
            } else {
                EXPECT_TRUE(succeeds(runtime::run_blocking(
                    keys().note_key_uses({{key_id(number), from_unix_millis(6'000)}}))));
            }
        });
        const auto key = all().back();
        EXPECT_EQ(key.revoked_at, from_unix_millis(7'000));
        EXPECT_EQ(key.last_used_at, from_unix_millis(6'000));
    }
}

}  // namespace slipway::contract

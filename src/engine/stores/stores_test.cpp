#include "engine/stores/stores.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "adapters/memory/memory_store.hpp"
#include "adapters/memory/seeded_random.hpp"
#include "runtime/run_blocking.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {
namespace {

using adapters::memory::MemoryStore;

class SeveralStores : public ::testing::Test {
 protected:
    SeveralStores() { telemetry::set_log_level(telemetry::Level::off); }

    std::map<std::string, int> draw(int times) {
        std::map<std::string, int> drawn;
        for (int i = 0; i < times; ++i) {
            ++drawn[std::string(stores_.choose(random_)->name())];
        }
        return drawn;
    }
    void set_up(std::string_view name, bool up) { stores_.note_probe(name, up, ""); }

    adapters::memory::SeededRandom random_{20261125};
    MemoryStore large_{"large"};
    MemoryStore small_{"small"};
    MemoryStore standby_{"standby"};
    Stores stores_{{{.store = large_, .weight = 3},
                    {.store = small_, .weight = 1},
                    {.store = standby_, .weight = 0}}};
};

TEST_F(SeveralStores, EachHasItsShareOfWhatIsNewAndAStandbyNone) {
    const auto drawn = draw(4000);
    EXPECT_EQ(drawn.size(), 2U);
    EXPECT_GT(drawn.at("large"), 2700);
    EXPECT_GT(drawn.at("small"), 700);
}

TEST_F(SeveralStores, AStandbyTakesWhatNoOtherCan) {
    set_up("large", false);
    EXPECT_EQ(draw(50), (std::map<std::string, int>{{"small", 50}}));
    set_up("small", false);
    EXPECT_EQ(draw(50), (std::map<std::string, int>{{"standby", 50}}));
    set_up("standby", false);
    EXPECT_EQ(stores_.choose(random_), nullptr);
    EXPECT_FALSE(stores_.is_any_up());
    set_up("small", true);
    EXPECT_EQ(draw(50), (std::map<std::string, int>{{"small", 50}}));
}

TEST_F(SeveralStores, FailuresOpenTheBreakerOnlyInARowAndOnlyThoseOfAStoreThatIsAway) {
    const Result<> away = failure(Errc::unavailable, "away");
    const Result<> full = failure(Errc::storage_full, "full");
    for (const auto& between : {Result<>(), full}) {
        for (unsigned i = 1; i < StoreHealth::kFailuresInARow; ++i) {
            stores_.note("large", away);
        }
        stores_.note("large", between);
        EXPECT_TRUE(stores_.is_up("large"));
    }
    for (unsigned i = 0; i < StoreHealth::kFailuresInARow; ++i) {
        stores_.note("large", away);
    }
    EXPECT_FALSE(stores_.is_up("large"));
    stores_.note("large", Result<>());
    EXPECT_FALSE(stores_.is_up("large")) << "the probe decides";
}

TEST_F(SeveralStores, AStoreThatIsNotConfiguredAnswersUnavailable) {
    EXPECT_FALSE(stores_.is_up("gone"));
    const auto opened = runtime::run_blocking(stores_.at("gone").open_published(UploadId()));
    EXPECT_EQ(opened.error().code, Errc::unavailable);
}

TEST(OneStore, IsNeverDownForWhoWouldUseIt) {
    telemetry::set_log_level(telemetry::Level::off);
    adapters::memory::SeededRandom random(1);
    MemoryStore only("only");
    Stores stores(only);
    stores.note_probe("only", false, "");
    EXPECT_EQ(stores.choose(random), &only);
    EXPECT_TRUE(stores.is_up("only"));
    EXPECT_FALSE(stores.answers("only"));
}

}  // namespace
}  // namespace slipway::engine

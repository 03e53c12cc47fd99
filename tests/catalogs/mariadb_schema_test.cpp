// The schema and the server's settings at the start: what is made, and what is refused.
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "adapters/mariadb/open_database.hpp"
#include "catalogs/mariadb_target.hpp"
#include "contract/catalog_samples.hpp"

namespace slipway::catalogs {
namespace {

using namespace adapters::mariadb;
using namespace contract;

// An empty database of the test's own.
class MariaDbSchema : public testing::Test {
 protected:
    MariaDbSchema() {
        run_sql("DROP DATABASE IF EXISTS slipway_schema");
        run_sql("CREATE DATABASE slipway_schema");
    }
    ~MariaDbSchema() override { run_sql("DROP DATABASE slipway_schema"); }
    static DatabaseOptions options() {
        auto options = server_options();
        options.pool.address.database = "slipway_schema";
        return options;
    }
    static void run_here(const std::string& statement) { run_sql(statement); }
};

std::uint32_t newest() {
    return migrations().back().number;
}

TEST_F(MariaDbSchema, IsMadeOnceAndFoundThen) {
    const auto first = open_database(options());
    ASSERT_TRUE(succeeds(first));
    EXPECT_EQ(first->migrated.from, 0U);
    EXPECT_EQ(first->migrated.to, newest());
    const auto again = open_database(options());
    ASSERT_TRUE(succeeds(again));
    EXPECT_EQ(again->migrated.from, newest());
}

TEST_F(MariaDbSchema, IsMadeOnceByManyThatStartTogether) {
    std::atomic<unsigned> made = 0;
    {
        std::vector<std::jthread> starts;
        for (int i = 0; i < 4; ++i) {
            starts.emplace_back([&made] {
                const auto opened = open_database(options());
                EXPECT_TRUE(succeeds(opened));
                made += opened && opened->migrated.from == 0 ? 1 : 0;
            });
        }
    }
    EXPECT_EQ(made, 1U);
}

TEST_F(MariaDbSchema, AStepThatACrashHasCutShortIsMadeAgain) {
    ASSERT_TRUE(succeeds(open_database(options())));
    run_here("DELETE FROM slipway_schema.migrations");
    run_here("DROP TABLE slipway_schema.task_keys");
    const auto opened = open_database(options());
    ASSERT_TRUE(succeeds(opened));
    EXPECT_EQ(opened->migrated.from, 0U);
}

TEST_F(MariaDbSchema, ANewerOneIsRefused) {
    ASSERT_TRUE(succeeds(open_database(options())));
    run_here("INSERT INTO slipway_schema.migrations (number) VALUES (" +
             std::to_string(newest() + 1) + ")");
    EXPECT_TRUE(fails_with(open_database(options()), Errc::unsupported));
}

TEST_F(MariaDbSchema, WrongCredentialsAndDatabasesAreTold) {
    auto wrong = options();
    wrong.pool.address.password = "wrong";
    EXPECT_TRUE(fails_with(open_database(wrong), Errc::forbidden));
    wrong = options();
    wrong.pool.address.database = "slipway_of_nobody";
    EXPECT_TRUE(fails_with(open_database(wrong), Errc::not_found));
    wrong = options();
    wrong.pool.address.port = 1;
    EXPECT_TRUE(fails_with(open_database(wrong), Errc::unavailable));
}

// The server asks root for nothing on its socket; what a test sets it sets back.
void as_root(const std::string& statement) {
    const std::string line = std::string("mariadb --no-defaults --user=root --socket=") +
                             std::getenv("SLIPWAY_MARIADB_DIR") + "/socket --execute='" +
                             statement + "'";
    ASSERT_EQ(std::system(line.c_str()), 0) << line;
}

TEST_F(MariaDbSchema, AServerThatWouldLoseCommitsIsRefused) {
    as_root("SET GLOBAL innodb_flush_log_at_trx_commit=2");
    const auto opened = open_database(options());
    as_root("SET GLOBAL innodb_flush_log_at_trx_commit=1");
    ASSERT_TRUE(fails_with(opened, Errc::invalid));
    EXPECT_TRUE(opened.error().detail.contains("innodb_flush_log_at_trx_commit"));
    as_root("SET GLOBAL read_only=1");
    const auto replica = open_database(options());
    as_root("SET GLOBAL read_only=0");
    ASSERT_TRUE(fails_with(replica, Errc::invalid));
    EXPECT_TRUE(replica.error().detail.contains("read-only"));
    EXPECT_TRUE(succeeds(open_database(options())));
}

}  // namespace
}  // namespace slipway::catalogs

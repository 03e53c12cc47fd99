#include "catalogs/mariadb_target.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "adapters/mariadb/open_database.hpp"
#include "contract/catalog_samples.hpp"
#include "support/pause_process.hpp"

namespace slipway::catalogs {
namespace {

using adapters::mariadb::Database;
using adapters::mariadb::DatabaseOptions;
using adapters::mariadb::Rows;
using adapters::mariadb::Session;
using contract::succeeds;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) {
        throw std::runtime_error(std::string(name) + " is not set: tests/catalogs/over_mariadb");
    }
    return value;
}

pid_t server_process() {
    pid_t pid = 0;
    std::ifstream(variable("SLIPWAY_MARIADB_DIR") + "/pid") >> pid;
    return pid;
}

void run_script(const std::string& command) {
    const std::string line = variable("SLIPWAY_MARIADB_SCRIPT") + " " + command + " " +
                             variable("SLIPWAY_MARIADB_DIR") + " >/dev/null";
    if (std::system(line.c_str()) != 0) {
        throw std::runtime_error(line + " failed");
    }
}

Task<Result<Rows>> run_in(Session& session, std::string statement) {
    return session.run(std::move(statement));
}

Task<Result<Rows>> empty_all(Session& session) {
    auto tables = co_await session.run(
        "SELECT table_name FROM information_schema.tables WHERE table_schema=DATABASE()"
        " AND table_name NOT IN ('migrations','counters')");
    if (!tables) {
        co_return tables;
    }
    for (const auto& row : tables->rows) {
        if (auto emptied = co_await session.run("DELETE FROM " + row.bytes(0)); !emptied) {
            co_return emptied;
        }
    }
    co_return co_await session.run("UPDATE counters SET value=0");
}

}  // namespace

adapters::mariadb::ServerAddress server_address() {
    auto address = adapters::mariadb::parse_server_address(variable("SLIPWAY_MARIADB_URL"));
    if (!address) {
        throw std::runtime_error(address.error().detail);
    }
    address->password = variable("SLIPWAY_MARIADB_PASSWORD");
    return *address;
}

DatabaseOptions server_options() {
    DatabaseOptions options;
    options.pool.address = server_address();
    options.pool.connections = 6;
    return options;
}

std::shared_ptr<Database> open_as_it_is(DatabaseOptions options) {
    auto opened = adapters::mariadb::open_database(std::move(options));
    EXPECT_TRUE(succeeds(opened));
    return opened ? std::move(opened->database) : nullptr;
}

std::shared_ptr<Database> open_empty(DatabaseOptions options) {
    auto database = open_as_it_is(std::move(options));
    EXPECT_TRUE(succeeds(contract::run(database->read<Rows>(empty_all))));
    return database;
}

Rows run_sql(const std::string& statement) {
    Database database(server_options());
    auto body = [statement](Session& session) { return run_in(session, statement); };
    auto rows = contract::run(database.read<Rows>(std::move(body)));
    EXPECT_TRUE(succeeds(rows));
    return rows.value_or(Rows());
}

void kill_server() {
    const pid_t pid = server_process();
    ::kill(pid, SIGKILL);
    // A zombie is its parent's, who is a shell that waits for it.
    const std::string process = "/proc/" + std::to_string(pid) + "/exe";
    std::error_code gone;
    for (;;) {
        const auto program = std::filesystem::read_symlink(process, gone);
        if (gone || program.empty()) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void start_server() {
    run_script("start");
    run_script("wait");
}

void pause_server() {
    support::pause_process(server_process());
}

void resume_server() {
    ::kill(server_process(), SIGCONT);
}

}  // namespace slipway::catalogs

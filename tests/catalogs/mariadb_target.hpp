// The MariaDB server that over_mariadb has started for this program, and its catalog's database:
// emptied for each test.
#pragma once

#include <memory>
#include <string>

#include "adapters/mariadb/client/database.hpp"

namespace slipway::catalogs {

// How to come to the server.
adapters::mariadb::ServerAddress server_address();
adapters::mariadb::DatabaseOptions server_options();

// Ready for use. Fails the test where it cannot be opened.
std::shared_ptr<adapters::mariadb::Database> open_as_it_is(
    adapters::mariadb::DatabaseOptions options = server_options());
// The same, with nothing in it.
std::shared_ptr<adapters::mariadb::Database> open_empty(
    adapters::mariadb::DatabaseOptions options = server_options());

// Runs statements in a session of its own, which answers the rows of the last one.
adapters::mariadb::Rows run_sql(const std::string& statement);

// kill -9; and the start after it, which returns when the server answers.
void kill_server();
void start_server();
// Stops and lets go the server's process: it answers nothing and loses nothing.
void pause_server();
void resume_server();

}  // namespace slipway::catalogs

#include "adapters/mariadb/client/sql_error.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/mysql/client_errc.hpp>
#include <boost/mysql/common_server_errc.hpp>
#include <boost/mysql/error_categories.hpp>
#include <boost/mysql/mariadb_server_errc.hpp>

#include "adapters/mariadb/client/literal.hpp"

namespace slipway::adapters::mariadb {
namespace {

namespace mysql = boost::mysql;
using boost::system::error_code;
using enum mysql::common_server_errc;

struct Case {
    error_code code;
    SqlFailure failure;
    Errc errc;
};

error_code of_mariadb(int code) {
    return {code, mysql::get_mariadb_server_category()};
}

TEST(SqlError, SaysWhatTheCallerCanDo) {
    const Case cases[] = {
        {er_dup_entry, SqlFailure::duplicate, Errc::conflict},
        {er_lock_deadlock, SqlFailure::repeat, Errc::unavailable},
        {er_lock_wait_timeout, SqlFailure::repeat, Errc::unavailable},
        {er_con_count_error, SqlFailure::lost, Errc::unavailable},
        {er_server_shutdown, SqlFailure::lost, Errc::unavailable},
        {er_option_prevents_statement, SqlFailure::lost, Errc::unavailable},
        {er_access_denied_error, SqlFailure::refused, Errc::forbidden},
        {er_bad_db_error, SqlFailure::refused, Errc::not_found},
        {er_disk_full, SqlFailure::refused, Errc::storage_full},
        {er_parse_error, SqlFailure::refused, Errc::internal},
        {of_mariadb(mysql::mariadb_server_errc::er_connection_killed), SqlFailure::lost,
         Errc::unavailable},
        {of_mariadb(mysql::mariadb_server_errc::er_statement_timeout), SqlFailure::refused,
         Errc::internal},
        {boost::asio::error::eof, SqlFailure::lost, Errc::unavailable},
        {boost::asio::error::connection_reset, SqlFailure::lost, Errc::unavailable},
        {boost::asio::error::operation_aborted, SqlFailure::lost, Errc::unavailable},
        {mysql::client_errc::protocol_value_error, SqlFailure::lost, Errc::unavailable},
    };
    for (const Case& one : cases) {
        const auto translated = translate(one.code, "what the server said");
        EXPECT_EQ(translated.failure, one.failure) << one.code;
        EXPECT_EQ(translated.error.code, one.errc) << one.code;
        EXPECT_TRUE(translated.error.detail.contains("what the server said"));
        EXPECT_TRUE(translated.error.detail.contains(std::to_string(one.code.value())));
    }
}

TEST(Literal, IsNothingButDigits) {
    std::string statement;
    append_literal(statement, std::string_view("a'\\\0\xFF;--", 7));
    append_literal(statement, UINT64_MAX);
    EXPECT_EQ(statement, "x'61275C00FF3B2D'18446744073709551615");
}

}  // namespace
}  // namespace slipway::adapters::mariadb

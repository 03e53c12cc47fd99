#include "adapters/mariadb/client/sql_error.hpp"

#include <boost/mysql/common_server_errc.hpp>
#include <boost/mysql/error_categories.hpp>
#include <boost/mysql/mariadb_server_errc.hpp>
#include <string>

namespace slipway::adapters::mariadb {
namespace {

namespace mysql = boost::mysql;

struct Meaning {
    SqlFailure failure;
    Errc code;
};

Meaning of_common(mysql::common_server_errc code) {
    using enum mysql::common_server_errc;
    switch (code) {
        case er_dup_entry:
            return {SqlFailure::duplicate, Errc::conflict};
        case er_lock_deadlock:
        case er_lock_wait_timeout:
            return {SqlFailure::repeat, Errc::unavailable};
        case er_con_count_error:
        case er_too_many_user_connections:
        case er_server_shutdown:
        case er_new_aborting_connection:
        case er_query_interrupted:
        case er_host_is_blocked:
        // A primary that has become a replica: whoever stands under the address next takes writes.
        case er_option_prevents_statement:
        case er_read_only_transaction:
            return {SqlFailure::lost, Errc::unavailable};
        case er_access_denied_error:
        case er_dbaccess_denied_error:
        case er_tableaccess_denied_error:
        case er_host_not_privileged:
            return {SqlFailure::refused, Errc::forbidden};
        case er_bad_db_error:
            return {SqlFailure::refused, Errc::not_found};
        case er_disk_full:
        case er_record_file_full:
            return {SqlFailure::refused, Errc::storage_full};
        default:
            return {SqlFailure::refused, Errc::internal};
    }
}

Meaning of_mariadb(int code) {
    namespace errc = mysql::mariadb_server_errc;
    return code == errc::er_connection_killed ? Meaning{SqlFailure::lost, Errc::unavailable}
                                              : Meaning{SqlFailure::refused, Errc::internal};
}

Meaning meaning_of(const boost::system::error_code& code) {
    if (code.category() == mysql::get_common_server_category()) {
        return of_common(static_cast<mysql::common_server_errc>(code.value()));
    }
    if (code.category() == mysql::get_mariadb_server_category() ||
        code.category() == mysql::get_mysql_server_category()) {
        return of_mariadb(code.value());
    }
    // The network's, and what does not follow the protocol: nothing more is to be had of it.
    return {SqlFailure::lost, Errc::unavailable};
}

}  // namespace

SqlError translate(const boost::system::error_code& code, std::string_view message) {
    const auto [failure, errc] = meaning_of(code);
    std::string detail = "MariaDB: ";
    detail.append(message.empty() ? code.message() : std::string(message));
    detail.append(" (" + std::to_string(code.value()) + ")");
    return {failure, {errc, std::move(detail)}};
}

}  // namespace slipway::adapters::mariadb

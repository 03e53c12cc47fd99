#include "adapters/mariadb/client/session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/mysql.hpp>
#include <map>
#include <utility>

namespace slipway::adapters::mariadb {

namespace asio = boost::asio;
namespace mysql = boost::mysql;
using boost::system::error_code;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

mysql::field_view view_of(const Value& value) {
    struct Visitor {
        mysql::field_view operator()(std::monostate) const { return {}; }
        mysql::field_view operator()(std::int64_t number) const {
            return mysql::field_view(number);
        }
        mysql::field_view operator()(std::uint64_t number) const {
            return mysql::field_view(number);
        }
        mysql::field_view operator()(const std::string& bytes) const {
            return mysql::field_view(mysql::blob_view(
                reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
        }
    };
    return std::visit(Visitor{}, value);
}

Value value_of(mysql::field_view field) {
    if (field.is_int64()) {
        return field.get_int64();
    }
    if (field.is_uint64()) {
        return field.get_uint64();
    }
    if (field.is_blob()) {
        const auto bytes = field.get_blob();
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    if (field.is_string()) {
        return std::string(field.get_string());
    }
    return std::monostate();
}

Rows rows_of(const mysql::results& results) {
    Rows out;
    out.affected = results.affected_rows();
    out.last_id = results.last_insert_id();
    for (const auto row : results.rows()) {
        std::vector<Value> values;
        values.reserve(row.size());
        for (const auto field : row) {
            values.push_back(value_of(field));
        }
        out.rows.emplace_back(std::move(values));
    }
    return out;
}

asio::ssl::context tls_for(const ServerAddress& address) {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    error_code ignored;
    if (address.ca_file.empty()) {
        tls.set_default_verify_paths(ignored);
    } else {
        // Where it cannot be read nothing is trusted, and the handshake says so.
        tls.load_verify_file(address.ca_file, ignored);
    }
    return tls;
}

}  // namespace

// Shared with the timer's handler, which may come when the session is gone.
struct Session::Connection {
    Connection(const asio::any_io_executor& executor, const ServerAddress& address)
        : tls(tls_for(address)), stream(executor, tls), deadline(executor) {}

    // Until end_operation() is called or the time is over.
    static void begin_operation(const std::shared_ptr<Connection>& self,
                                std::chrono::milliseconds time) {
        const auto number = ++self->operation;
        self->deadline.expires_after(time);
        self->deadline.async_wait([weak = std::weak_ptr(self), number](const error_code& error) {
            const auto connection = error ? nullptr : weak.lock();
            if (connection && connection->operation == number) {
                connection->timed_out = true;
                connection->close();
            }
        });
    }
    void end_operation() {
        ++operation;
        deadline.cancel();
    }
    // What waits for the server fails at once.
    void close() {
        error_code ignored;
        stream.stream().lowest_layer().close(ignored);
    }

    asio::ssl::context tls;
    mysql::tcp_ssl_connection stream;
    asio::steady_timer deadline;
    std::uint64_t operation = 0;
    bool timed_out = false;
    mysql::diagnostics diagnostics;
    std::map<std::string, mysql::statement, std::less<>> prepared;
};

Session::Session(std::shared_ptr<Connection> connection, SessionLimits limits)
    : connection_(std::move(connection)), limits_(limits) {}

// Without a farewell, which would have to be waited for: the server takes the end of the connection
// for one, and undoes what was not committed.
Session::~Session() {
    connection_->close();
}

Task<Result<std::unique_ptr<Session>>> Session::connect(ServerAddress address,
                                                        SessionLimits limits) {
    auto connection = std::make_shared<Connection>(co_await asio::this_coro::executor, address);
    std::unique_ptr<Session> session(new Session(std::move(connection), limits));
    if (auto opened = co_await session->open(std::move(address)); !opened) {
        co_return std::unexpected(std::move(opened.error()));
    }
    if (auto ready = co_await session->set_up(); !ready) {
        co_return std::unexpected(std::move(ready.error()));
    }
    co_return session;
}

Task<Result<>> Session::open(ServerAddress address) {
    auto& connection = *connection_;
    Connection::begin_operation(connection_, limits_.connect);
    asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
    auto [unresolved, found] =
        co_await resolver.async_resolve(address.host, std::to_string(address.port), kAwait);
    if (unresolved) {
        connection.end_operation();
        co_return fail(unresolved);
    }
    auto& socket = connection.stream.stream();
    if (address.encryption == Encryption::verified) {
        socket.set_verify_mode(asio::ssl::verify_peer);
        socket.set_verify_callback(asio::ssl::host_name_verification(address.host));
    }
    error_code failed = asio::error::host_not_found;
    for (const auto& entry : found) {
        if (connection.timed_out) {
            break;
        }
        error_code ignored;
        socket.lowest_layer().close(ignored);
        std::tie(failed) = co_await socket.lowest_layer().async_connect(entry.endpoint(), kAwait);
        if (!failed) {
            break;
        }
    }
    if (!failed) {
        error_code ignored;
        socket.lowest_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
        const mysql::handshake_params login(address.user, address.password, address.database,
                                            mysql::mariadb_collations::utf8mb4_bin,
                                            address.encryption == Encryption::off
                                                ? mysql::ssl_mode::disable
                                                : mysql::ssl_mode::require);
        std::tie(failed) =
            co_await connection.stream.async_handshake(login, connection.diagnostics, kAwait);
    }
    connection.end_operation();
    co_return failed ? Result<>(fail(failed)) : Result<>();
}

Task<Result<>> Session::set_up() {
    auto set = co_await run(
        "SET SESSION sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,"
        "ERROR_FOR_DIVISION_BY_ZERO',tx_isolation='READ-COMMITTED',autocommit=1,"
        "innodb_lock_wait_timeout=" +
        std::to_string(limits_.lock_wait.count()) +
        ",idle_transaction_timeout=" + std::to_string(limits_.idle_transaction.count()));
    co_return set ? Result<>() : std::unexpected(std::move(set.error()));
}

Task<Result<>> Session::begin() {
    in_transaction_ = true;
    auto begun = co_await run("START TRANSACTION");
    co_return begun ? Result<>() : std::unexpected(std::move(begun.error()));
}

Task<Result<>> Session::end_transaction(std::string statement) {
    auto ended = co_await run(std::move(statement));
    in_transaction_ = in_transaction_ && !ended;
    co_return ended ? Result<>() : std::unexpected(std::move(ended.error()));
}

Task<Result<>> Session::commit() {
    return end_transaction("COMMIT");
}

Task<Result<>> Session::roll_back() {
    return end_transaction("ROLLBACK");
}

std::unexpected<Error> Session::fail(const error_code& code) {
    SqlError translated = translate(code, connection_->diagnostics.server_message());
    connection_->diagnostics = {};
    if (connection_->timed_out) {
        translated.error.detail = "MariaDB: no answer in time";
    }
    failure_ = std::max(failure_, translated.failure);
    if (translated.failure == SqlFailure::lost) {
        lost_ = true;
        connection_->close();
    }
    return std::unexpected(std::move(translated.error));
}

Task<Result<Rows>> Session::execute_with(std::string statement, std::vector<Value> values) {
    auto& connection = *connection_;
    Connection::begin_operation(connection_, limits_.statement);
    auto found = connection.prepared.find(statement);
    if (found == connection.prepared.end()) {
        auto [failed, prepared] = co_await connection.stream.async_prepare_statement(
            statement, connection.diagnostics, kAwait);
        if (failed) {
            connection.end_operation();
            co_return fail(failed);
        }
        found = connection.prepared.emplace(std::move(statement), prepared).first;
    }
    std::vector<mysql::field_view> views;
    views.reserve(values.size());
    for (const Value& value : values) {
        views.push_back(view_of(value));
    }
    mysql::results results;
    const auto bound = found->second.bind(views.begin(), views.end());
    auto [failed] =
        co_await connection.stream.async_execute(bound, results, connection.diagnostics, kAwait);
    connection.end_operation();
    if (failed) {
        co_return fail(failed);
    }
    co_return rows_of(results);
}

Task<Result<Rows>> Session::run(std::string statement) {
    auto& connection = *connection_;
    Connection::begin_operation(connection_, limits_.statement);
    mysql::results results;
    auto [failed] = co_await connection.stream.async_execute(statement, results,
                                                             connection.diagnostics, kAwait);
    connection.end_operation();
    if (failed) {
        co_return fail(failed);
    }
    co_return rows_of(results);
}

}  // namespace slipway::adapters::mariadb

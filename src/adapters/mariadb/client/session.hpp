// Session: one connection to the server, for one statement at a time. Every statement has a
// deadline; a connection whose statement did not end in time is closed and never used again,
// because nobody knows what would be read from it next.
//
// For one event loop: that of connect().
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/mariadb/client/address.hpp"
#include "adapters/mariadb/client/sql_error.hpp"
#include "adapters/mariadb/client/value.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

struct SessionLimits {
    std::chrono::milliseconds connect{5'000};  // resolving, connecting and logging in
    std::chrono::milliseconds statement{10'000};
    // How long the server lets a statement wait for a lock, and lets a transaction stand whose
    // client says nothing: then it undoes it, so that what a dead node had locked gets free.
    std::chrono::seconds lock_wait{3};
    std::chrono::seconds idle_transaction{10};
};

class Session final {
 public:
    // unavailable: the server cannot be reached or takes no more connections. forbidden: it does
    // not know the user or the password. not_found: no such database.
    static Task<Result<std::unique_ptr<Session>>> connect(ServerAddress address,
                                                          SessionLimits limits);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // A statement with a question mark for each value. It is prepared once and kept by its text: a
    // text that is not always the same goes by run().
    template <class... Values>
    Task<Result<Rows>> execute(std::string statement, Values... values) {
        std::vector<Value> all;
        all.reserve(sizeof...(values));
        (all.push_back(to_value(std::move(values))), ...);
        return execute_with(std::move(statement), std::move(all));
    }
    Task<Result<Rows>> execute_with(std::string statement, std::vector<Value> values);
    // A whole statement in a text (literal.hpp).
    Task<Result<Rows>> run(std::string statement);

    // A transaction begins, and ends. Where commit() fails with a lost connection, nobody knows
    // whether it was committed.
    Task<Result<>> begin();
    Task<Result<>> commit();
    Task<Result<>> roll_back();

    // What the failed statement of this transaction failed of; the worst one.
    SqlFailure failure() const { return failure_; }
    void forget_failure() { failure_ = SqlFailure::none; }
    bool is_lost() const { return lost_; }
    // No transaction stands in it, and the next one may begin.
    bool is_clean() const { return !lost_ && !in_transaction_; }

 private:
    struct Connection;
    Session(std::shared_ptr<Connection> connection, SessionLimits limits);
    Task<Result<>> open(ServerAddress address);
    Task<Result<>> set_up();
    Task<Result<>> end_transaction(std::string statement);
    std::unexpected<Error> fail(const boost::system::error_code& code);

    std::shared_ptr<Connection> connection_;
    const SessionLimits limits_;
    SqlFailure failure_ = SqlFailure::none;
    bool lost_ = false;
    bool in_transaction_ = false;
};

}  // namespace slipway::adapters::mariadb

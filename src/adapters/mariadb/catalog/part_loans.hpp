// Loans of uploads' parts (ports/part_loans.hpp): two columns of the upload's row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/mariadb/client/session.hpp"
#include "ports/part_loans.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// `unavailable`, as whoever may not change a lent upload is told.
std::unexpected<Error> upload_is_lent();
// `conflict`, as whoever brings back a part is told where another has brought back all.
std::unexpected<Error> loan_has_ended();

Task<Result<>> lend(Session& session, ports::LoanRequest request);
Task<Result<std::optional<ports::Loan>>> find_loan(Session& session, UploadId upload);
Task<Result<>> end_loan(Session& session, UploadId upload, std::string name);
Task<Result<std::vector<UploadId>>> list_overdue(Session& session, std::size_t limit);
Task<Result<std::size_t>> count_loans(Session& session);

}  // namespace slipway::adapters::mariadb

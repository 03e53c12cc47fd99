// PartLoans: what a catalog offers where the parts of an open upload may be acknowledged elsewhere
// before it has them. It lends the upload: until the loan is ended nobody changes the upload or
// adds parts to it, but for whoever brings back what was acknowledged under the loan. So there is
// one place at any time that decides which bytes a part has.
//
// Whoever has a loan acknowledges nothing under it after its time. Whoever ends one knows that
// nothing is acknowledged under it any more, and has recorded what was.
//
// Changes of a lent upload are refused by the catalog with Errc::unavailable: advance_upload,
// complete_upload, add_copies, and put_part. Durable, atomic, errors and overlapping as of Catalog.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/upload.hpp"
#include "ports/catalog.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

inline constexpr std::size_t kMaxLoanName = 128;

struct LoanRequest {
    UploadId upload;
    core::Epoch epoch = core::kFirstEpoch;
    std::string name;  // that no other loan ever had
    std::chrono::milliseconds length{0};
};

struct Loan {
    std::string name;
    bool is_over = false;  // its time is, by the clock of the catalog
};

// A part that was acknowledged under a loan.
struct LentPart {
    UploadId upload;
    core::Epoch epoch = core::kFirstEpoch;
    core::Part part;
    std::string loan;  // its name
};

class PartLoans {
 public:
    virtual ~PartLoans() = default;

    // conflict: it is lent, or is not open in this epoch. not_found: no such upload.
    virtual Task<Result<>> lend(LoanRequest request) = 0;
    // Nothing: it is not lent, or there is no such upload.
    virtual Task<Result<std::optional<Loan>>> find_loan(UploadId upload) = 0;
    // As Catalog::put_part, of a part that counts for nobody. conflict: that loan has ended.
    virtual Task<Result<PutPartOutcome>> put_lent(LentPart part) = 0;
    // Nothing is changed where another loan has taken its place. Idempotent.
    virtual Task<Result<>> end_loan(UploadId upload, std::string name) = 0;
    // Uploads with loans whose time is over, `limit` at most.
    virtual Task<Result<std::vector<UploadId>>> list_overdue(std::size_t limit) = 0;
    virtual Task<Result<std::size_t>> count_loans() = 0;
};

}  // namespace slipway::ports

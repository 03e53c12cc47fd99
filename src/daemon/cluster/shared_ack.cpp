#include "daemon/cluster/shared_ack.hpp"

#include <utility>

#include "daemon/metadata_settings.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kWord = "ack";

std::unexpected<Error> refused(const std::string& theirs) {
    return failure(Errc::invalid, "metadata.ack: is \"" + theirs +
                                      "\" on the other servers of this database; how it is "
                                      "changed is in docs/cluster.md");
}

}  // namespace

Task<Result<>> claim_ack(ports::SharedState& state, ports::PartLoans& loans, std::string ack) {
    if (ack != kAckByRedis) {
        const auto lent = co_await loans.count_loans();
        if (!lent) {
            co_return std::unexpected(lent.error());
        }
        if (*lent > 0) {
            co_return failure(Errc::invalid,
                              "metadata.ack: parts that Redis has acknowledged are not all "
                              "recorded; start with \"redis\" until slipway_lent_uploads is 0");
        }
    }
    auto claimed = co_await state.replace_word(kWord, "", ack);
    if (claimed || claimed.error().code != Errc::conflict) {
        co_return claimed;
    }
    const auto theirs = co_await state.word(kWord);
    if (!theirs) {
        co_return std::unexpected(theirs.error());
    }
    co_return *theirs == ack ? Result<>() : refused(*theirs);
}

}  // namespace slipway::daemon

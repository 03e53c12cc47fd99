// What the parts of `put` share: the options of the command, and who does what for it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/api_client.hpp"
#include "cli/journal.hpp"
#include "cli/reporter.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/slots.hpp"

namespace slipway::cli {

enum class Resume { yes, no, restart };

struct PutOptions {
    std::vector<std::string> sources;
    unsigned parallel = 8;
    std::uint64_t chunk_size = 8 << 20;
    std::string name;
    std::string content_type;
    std::map<std::string, std::string> metadata;
    bool declare_sha256 = false;
    bool direct = false;
    Resume resume = Resume::yes;
};

// The journal on a thread of its own, which serialises its use. Without a journal nothing is
// remembered.
class JournalThread final {
 public:
    explicit JournalThread(std::unique_ptr<Journal> journal) : journal_(std::move(journal)) {}

    bool enabled() const { return journal_ != nullptr; }
    // `work(Journal&)` on that thread. Only while enabled.
    template <class Work>
    Task<std::invoke_result_t<Work, Journal&>> run(Work work) {
        auto bound = [this, work = std::move(work)]() mutable { return work(*journal_); };
        co_return co_await thread_.run(std::move(bound));
    }

 private:
    std::unique_ptr<Journal> journal_;
    runtime::BlockingPool thread_{1};
};

struct PutContext {
    const PutOptions& options;
    ApiClient& api;
    Reporter& reporter;
    JournalThread& journal;
    runtime::BlockingPool& pool;
    runtime::Slots& slots;  // parts under way
};

}  // namespace slipway::cli

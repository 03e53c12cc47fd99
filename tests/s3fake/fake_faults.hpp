// What goes wrong at the fake on purpose: calls that are told to, by name, or any by seeded
// chance. Counts what happened, so that a test can assert that its faults did. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::s3fake {

enum class Fault {
    none,
    internal_error,     // 500, nothing was done
    late_error,         // 500, although it was done
    slow_down,          // 503 SlowDown with Retry-After, nothing was done
    error_in_200,       // 200 with an InternalError in the body, nothing was done
    late_error_in_200,  // the same, although it was done
    cut_before,         // the connection ends when the request has come whole; nothing was done
    lost_answer,        // the connection ends before the answer, although it was done
    cut_in_answer,      // the connection ends in the middle of the answer's body
    slow,               // the answer comes late
    stale_list,         // a list tells of the state three changes ago
};

class FakeFaults {
 public:
    // The next call of this operation, after `after` others of it, fails so. Several wait in order.
    void next(std::string operation, Fault fault, unsigned after = 0);
    // The call after `after` others from now fails so, whichever it is.
    void next_of_all(Fault fault, unsigned after);
    // Besides, every call has one of these by this chance, from 0 to 1. An error inside of a 200
    // comes only where S3 has it: CompleteMultipartUpload and UploadPartCopy.
    void by_chance(std::uint64_t seed, double chance, std::vector<Fault> faults);
    void none();
    // Before the next call of this operation is carried out.
    void before(std::string operation, std::function<void()> action);

    // What becomes of this call.
    Fault draw(std::string_view operation);

    unsigned fired(Fault fault) const;
    unsigned fired() const;
    // How many calls of this operation came.
    unsigned calls(std::string_view operation) const;

 private:
    struct Planned {
        Fault fault;
        unsigned after;
    };

    void act_before(std::string_view operation);
    Fault draw_planned(std::string_view operation);
    Fault draw_by_chance(std::string_view operation);

    mutable std::mutex mutex_;
    std::map<std::string, std::deque<Planned>, std::less<>> planned_;
    std::optional<Planned> planned_of_all_;
    std::mt19937_64 chance_;
    double rate_ = 0;
    std::vector<Fault> choices_;
    std::map<std::string, std::function<void()>, std::less<>> actions_;
    std::map<Fault, unsigned> fired_;
    std::map<std::string, unsigned, std::less<>> calls_;
};

}  // namespace slipway::s3fake

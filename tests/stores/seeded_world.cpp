#include "stores/seeded_world.hpp"

#include <atomic>
#include <random>

#include "http/client_url.hpp"
#include "runtime/event_loops.hpp"
#include "s3fake/cutting_relay.hpp"
#include "stores/test_bucket.hpp"

namespace slipway::stores {

namespace {

using s3fake::CuttingRelay;
using s3fake::Direction;

// In what a call of an S3 store may go wrong.
const std::vector<Fault> kFaults{Fault::internal_error,    Fault::late_error,    Fault::slow_down,
                                 Fault::error_in_200,      Fault::cut_before,    Fault::lost_answer,
                                 Fault::late_error_in_200, Fault::cut_in_answer, Fault::stale_list};

class FakeWorld final : public SeededWorld {
 public:
    StoreRig& rig() override { return rig_; }
    void trouble(std::uint64_t seed) override { rig_.faults().by_chance(seed, 0.2, kFaults); }
    void calm() override { rig_.faults().none(); }
    unsigned faults() override { return rig_.faults().fired(); }

 private:
    S3StoreRig rig_;
};

// Cuts by chance what passes: answers, and requests where they may be broken off.
class ChanceOfCuts {
 public:
    explicit ChanceOfCuts(bool cuts_requests) : chance_of_a_request_(cuts_requests ? 0.005 : 0) {}

    void begin(std::uint64_t seed) {
        const std::scoped_lock lock(mutex_);
        random_.seed(seed);
        is_on_ = true;
    }
    void end() { is_on_ = false; }
    unsigned count() const { return count_; }

    bool cuts(Direction direction) {
        if (!is_on_) {
            return false;
        }
        const std::scoped_lock lock(mutex_);
        // A part is many pieces on its way, and its answer one.
        const double chance = direction == Direction::to_client ? 0.06 : chance_of_a_request_;
        const bool is_cut = std::uniform_real_distribution<>()(random_) < chance;
        count_ += is_cut ? 1 : 0;
        return is_cut;
    }

 private:
    const double chance_of_a_request_;
    std::mutex mutex_;
    std::mt19937_64 random_;
    std::atomic<bool> is_on_ = false;
    std::atomic<unsigned> count_ = 0;
};

class RealWorld final : public SeededWorld {
 public:
    RealWorld() {
        loops_.start();
        const auto url = http::parse_client_url(target_.endpoint().url);
        relay_ = std::make_unique<CuttingRelay>(
            loops_.at(0), url->port,
            [this](Direction direction, std::string_view) { return cuts_.cuts(direction); });
        adapters::s3::Endpoint endpoint = target_.endpoint();
        endpoint.url = "http://127.0.0.1:" + std::to_string(relay_->port());
        rig_ = std::make_unique<StoreRig>(RigTarget{.endpoint = endpoint,
                                                    .direct = target_.endpoint(),
                                                    .credentials = target_.credentials(),
                                                    .bucket = bucket_.name(),
                                                    .can = target_.capabilities(bucket_.name()),
                                                    .sizes = {5_MiB, 5_MiB}});
    }
    ~RealWorld() override {
        relay_.reset();
        loops_.stop();
    }
    RealWorld(const RealWorld&) = delete;
    RealWorld& operator=(const RealWorld&) = delete;

    StoreRig& rig() override { return *rig_; }
    void trouble(std::uint64_t seed) override { cuts_.begin(seed); }
    void calm() override { cuts_.end(); }
    bool may_break_off() const override { return target_.kind() != "garage"; }
    unsigned faults() override { return cuts_.count(); }

 private:
    S3Target& target_ = S3Target::instance();
    const TestBucket bucket_{target_};
    ChanceOfCuts cuts_{may_break_off()};
    runtime::EventLoops loops_{1};
    std::unique_ptr<CuttingRelay> relay_;
    std::unique_ptr<StoreRig> rig_;
};

}  // namespace

bool is_over_the_fake() {
    return S3Target::instance().kind() == "fake";
}

std::unique_ptr<SeededWorld> make_seeded_world() {
    if (is_over_the_fake()) {
        return std::make_unique<FakeWorld>();
    }
    return std::make_unique<RealWorld>();
}

}  // namespace slipway::stores

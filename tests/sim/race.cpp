#include "sim/race.hpp"

#include <array>
#include <functional>

namespace slipway::sim {
namespace {

bool is_answered(const Racer& racer) {
    return racer.answer && racer.answer->in_time;
}

// The one that began later may have ended the other.
bool is_superseded(const Race& race, const Racer& racer) {
    return is_put(race.first.op) && is_put(race.second.op) && race.first.part == race.second.part &&
           racer.answer->refused == engine::Reason::superseded;
}

Complaint apply(const Race& race, const Racer& racer, UploadModel& upload) {
    if (!is_answered(racer) || is_superseded(race, racer)) {
        upload.lose_answer(racer.op, racer.part, race.now);
        return std::nullopt;
    }
    return upload.accept(racer.op, racer.part, *racer.answer, race.now, race.lenient);
}

// What all the orders allow together, that were possible.
class Possible {
 public:
    void add(const UploadModel& upload, const Complaint& complaint) {
        if (complaint) {
            wrong_ = "in no order: " + *complaint;
        } else if (possible_) {
            possible_->allow_as_well(upload);
        } else {
            possible_ = upload;
        }
    }
    bool empty() const { return !possible_; }
    std::expected<UploadModel, std::string> take() {
        if (!possible_) {
            return std::unexpected(std::move(wrong_));
        }
        return *std::move(possible_);
    }

 private:
    std::optional<UploadModel> possible_;
    std::string wrong_;
};

}  // namespace

std::expected<UploadModel, std::string> judge(const Race& race, const UploadModel& before) {
    using Order = std::array<std::reference_wrapper<const Racer>, 2>;
    const std::array<Order, 2> orders{Order{race.first, race.second},
                                      Order{race.second, race.first}};
    Possible possible;
    for (const auto& [earlier, later] : orders) {
        UploadModel upload = before;
        Complaint complaint = apply(race, earlier, upload);
        if (!complaint) {
            complaint = apply(race, later, upload);
        }
        possible.add(upload, complaint);
    }
    // A part may be stored and its sender not know it: the other, when it began, saw the part.
    for (const auto& [earlier, later] : orders) {
        const Racer& unheard = earlier;
        if (is_answered(unheard) || !(possible.empty() || !is_answered(later))) {
            continue;
        }
        UploadModel upload = before;
        upload.lose_answer(unheard.op, unheard.part, race.now);
        upload.suppose_stored(unheard.op, unheard.part);
        const Complaint complaint = apply(race, later, upload);
        possible.add(upload, complaint);
    }
    return possible.take();
}

}  // namespace slipway::sim

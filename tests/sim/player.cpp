#include "sim/player.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "sim/race.hpp"
#include "support/usage_check.hpp"

namespace slipway::sim {
namespace {

constexpr std::chrono::hours kDay{25};
constexpr std::chrono::hours kEightDays{8 * 24};

bool is_sweep(Op op) {
    return op == Op::expire || op == Op::forget;
}
bool is_on_all(Op op) {
    return is_sweep(op) || op == Op::upkeep;
}

class Player {
 public:
    Player(const Script& script, const MakeCatalog& make_catalog)
        : script_(script),
          machine_(
              {.seed = script.seed, .features = script.features, .make_catalog = make_catalog}) {}

    PlayResult play();

 private:
    // Whether faults are armed for the whole script still, and have come to effect.
    bool script_fault_lasts() const {
        return script_fault_armed_ && script_.fault.lasting == Lasting::onward &&
               machine_.disk().fired();
    }
    SimulatedDisk& disk() { return machine_.disk(); }

    Complaint play_steps();
    Complaint play_step(const Step& step);
    Complaint act(const Step& step);
    Complaint act_on_all(Op op);
    Complaint act_on(const Step& step, std::size_t index);
    Complaint race(const Step& step, std::size_t index);
    Complaint create(Shape shape);
    Complaint settle(const Step& step, UploadModel& upload, const std::optional<Answer>& answer);
    // One of two that are made at the same time.
    Task<Answer> beside(std::uint8_t lag, Op op, Target target);

    Complaint restart(const Restart& how);
    Complaint start();
    Complaint look_at(UploadModel& upload);
    Complaint check_usage();
    Complaint look_at_all();
    // At what the step may have changed; after a restart and at the end, at all.
    Complaint look_after(const Step& step);
    Complaint finish();
    Complaint finish_upload(std::size_t index);
    Complaint must(Op op, std::size_t index, std::uint8_t part);
    Complaint keep_up();
    Complaint check_orphans(std::string_view area) const;
    bool is_wanted(std::string_view area, const std::string& name) const;
    void note_trouble(std::size_t index);

    const Script& script_;
    Machine machine_;
    std::vector<UploadModel> uploads_;
    // Uploads of which a call failed in this process: the store may refuse what it held before.
    std::vector<bool> troubled_;
    bool script_fault_armed_ = false;
    PlayResult result_;
};

Complaint Player::start() {
    const auto started = machine_.start();
    if (!started) {
        return "the node does not start: " + started.error().detail;
    }
    if (started->failed > 0) {
        return "recovery failed to carry a completion through";
    }
    troubled_.assign(troubled_.size(), false);
    for (UploadModel& upload : uploads_) {
        upload.recover();
    }
    return look_at_all();
}

Complaint Player::restart(const Restart& how) {
    script_fault_armed_ = false;
    const bool was_running = !disk().crashed();
    machine_.stop();
    // Where it died within an open(2), a descriptor is open that it never got.
    if (was_running && disk().open_descriptors() > 0) {
        return "descriptors are left open";
    }
    const auto cut = how.power ? std::optional(how.cut) : std::nullopt;
    machine_.give_back_disk(cut);
    if (how.fault.kind != FaultKind::none) {
        static_cast<void>(machine_.start(how.fault));
        result_.recovery_fault_fired = disk().fired();
        result_.faults += disk().fired() ? 1U : 0U;
        machine_.stop();
        machine_.give_back_disk(cut);
    }
    return start();
}

Complaint Player::look_at(UploadModel& upload) {
    const auto sight = machine_.run(look(machine_.world(), upload.id()));
    if (!sight) {
        return "a look at an upload never ends";
    }
    if (auto complaint = upload.observe(*sight)) {
        return complaint;
    }
    return upload.check_disk(disk().image());
}

Complaint Player::check_usage() {
    const auto complaint = machine_.run(
        testing::complaint_about_usage(machine_.world().catalog, {std::string(kOwner)}));
    return complaint && complaint->empty() ? Complaint()
                                           : complaint.value_or("a look at the usage never ends");
}

Complaint Player::look_at_all() {
    if (auto complaint = check_usage()) {
        return complaint;
    }
    for (UploadModel& upload : uploads_) {
        if (auto complaint = look_at(upload)) {
            return complaint;
        }
    }
    return std::nullopt;
}

Complaint Player::look_after(const Step& step) {
    if (is_on_all(step.op) || uploads_.empty()) {
        return look_at_all();
    }
    const std::size_t index = step.op == Op::create ? uploads_.size() - 1 : step.upload;
    return index < uploads_.size() ? look_at(uploads_[index]) : std::nullopt;
}

void Player::note_trouble(std::size_t index) {
    troubled_[index] = true;
}

Complaint Player::create(Shape shape) {
    if (uploads_.size() >= kMostUploads) {
        return std::nullopt;
    }
    const auto index = static_cast<std::uint8_t>(uploads_.size());
    machine_.random().forget();
    const Target target{.index = index, .shape = shape, .upload = {}, .part = 1};
    const auto answer = machine_.run(perform(machine_.world(), Op::create, target, Pace::at_once));
    const auto id = machine_.random().first_id();
    if (!id) {
        return "an upload was created without a random id";
    }
    uploads_.emplace_back(index, shape, *id);
    troubled_.push_back(disk().fired());
    return settle({.op = Op::create}, uploads_.back(), answer);
}

Complaint Player::settle(const Step& step, UploadModel& upload,
                         const std::optional<Answer>& answer) {
    if (disk().crashed()) {
        upload.lose_answer(step.op, step.part, machine_.clock().wall());
        return std::nullopt;
    }
    if (!answer) {
        return std::string(to_string(step.op)) + " is never answered";
    }
    const bool lenient = troubled_[upload.index()] || script_fault_lasts();
    return upload.accept(step.op, step.part, *answer, machine_.clock().wall(), lenient);
}

Complaint Player::act_on_all(Op op) {
    machine_.clock().advance(op == Op::expire ? kDay : kEightDays);
    const auto swept = machine_.run(perform(machine_.world(), op, {}, Pace::at_once));
    if (!swept && !disk().crashed()) {
        return "the sweep never ends";
    }
    const bool unsure = disk().fired() || disk().crashed();
    for (UploadModel& upload : uploads_) {
        const WallTime now = machine_.clock().wall();
        unsure || troubled_[upload.index()] ? upload.may_be_swept(now) : upload.sweep(now);
    }
    return std::nullopt;
}

Complaint Player::act_on(const Step& step, std::size_t index) {
    const std::size_t changes = disk().changes();
    const bool fired = disk().fired();
    auto answer = machine_.run(
        perform(machine_.world(), step.op, uploads_[index].target(step.part), Pace::at_once));
    if (answer) {
        answer->changes = disk().changes() - changes;
    }
    if (disk().fired() != fired) {
        note_trouble(index);
    }
    return settle(step, uploads_[index], answer);
}

Task<Answer> Player::beside(std::uint8_t lag, Op op, Target target) {
    for (std::uint8_t turn = 0; turn < lag; ++turn) {
        co_await boost::asio::post(machine_.executor(), boost::asio::use_awaitable);
    }
    Answer answer = co_await perform(machine_.world(), op, std::move(target), Pace::in_turns);
    answer.in_time = !disk().crashed();
    co_return answer;
}

Complaint Player::race(const Step& step, std::size_t index) {
    const Beside& with = *step.with;
    UploadModel& upload = uploads_[index];
    const bool fired = disk().fired();
    if (is_put(step.op) && is_put(with.op) && with.turns_in_sync > 0) {
        disk().during_next_sync([&] { machine_.turn(with.turns_in_sync); });
    }
    auto [first, second] = machine_.run(beside(0, step.op, upload.target(step.part)),
                                        beside(with.lag, with.op, upload.target(with.part)));
    disk().during_next_sync({});
    if (disk().fired() != fired) {
        note_trouble(index);
    }
    if (!disk().crashed() && (!first || !second)) {
        return "one of two operations is never answered";
    }
    const Race race{.first = {step.op, step.part, std::move(first)},
                    .second = {with.op, with.part, std::move(second)},
                    .now = machine_.clock().wall(),
                    .lenient = troubled_[index] || script_fault_lasts()};
    auto judged = judge(race, upload);
    if (!judged) {
        return std::move(judged.error());
    }
    upload = std::move(*judged);
    return std::nullopt;
}

Complaint Player::act(const Step& step) {
    if (step.op == Op::create) {
        return create(step.shape);
    }
    if (is_sweep(step.op)) {
        return act_on_all(step.op);
    }
    if (step.op == Op::upkeep) {
        return keep_up();
    }
    const std::size_t index = step.upload;
    const bool there = index < uploads_.size() && uploads_[index].was_told();
    const auto can = [&](Op op, std::uint8_t part) {
        const auto parts = there ? part_count_of(uploads_[index].shape()) : 0;
        return !is_put(op) || (part >= 1 && part <= parts);
    };
    if (!there || !can(step.op, step.part) || (step.with && !can(step.with->op, step.with->part))) {
        return std::nullopt;
    }
    return step.with ? race(step, index) : act_on(step, index);
}

Complaint Player::play_step(const Step& step) {
    if (step.op == Op::restart) {
        return restart(step.restart);
    }
    if (step.fault.kind != FaultKind::none) {
        script_fault_armed_ = false;
        disk().arm(step.fault);
    }
    if (auto complaint = act(step)) {
        return complaint;
    }
    if (step.fault.kind != FaultKind::none) {
        result_.faults += disk().fired() ? 1U : 0U;
        if (!disk().crashed()) {
            disk().disarm();
        }
    }
    if (!disk().crashed()) {
        return look_after(step);
    }
    ++result_.crashes;
    result_.fault_fired = result_.fault_fired || script_fault_armed_;
    return restart(script_fault_armed_ ? script_.restart : step.restart);
}

Complaint Player::play_steps() {
    if (auto complaint = start()) {
        return complaint;
    }
    for (std::size_t i = 0; i < script_.steps.size(); ++i) {
        if (i == script_.prepared) {
            disk().arm(script_.fault);
            script_fault_armed_ = true;
        }
        if (auto complaint = play_step(script_.steps[i])) {
            return "step " + std::to_string(i + 1) + ": " + *complaint;
        }
    }
    if (script_fault_armed_) {
        result_.fault_fired = disk().fired();
        result_.calls = disk().calls();
        result_.writes = disk().writes();
    }
    disk().disarm();
    return std::nullopt;
}

Complaint Player::must(Op op, std::size_t index, std::uint8_t part) {
    UploadModel& upload = uploads_[index];
    const auto answer =
        machine_.run(perform(machine_.world(), op, upload.target(part), Pace::at_once));
    if (!answer) {
        return std::string(to_string(op)) + " is never answered";
    }
    return upload.accept(op, part, *answer, machine_.clock().wall(), false);
}

// What a client does to come to its end: the missing parts, Complete, and the file.
Complaint Player::finish_upload(std::size_t index) {
    UploadModel& upload = uploads_[index];
    for (std::uint8_t part = 1; part <= part_count_of(upload.shape()); ++part) {
        if (upload.state() == State::open && !upload.has_part(part)) {
            if (auto complaint = must(Op::put, index, part)) {
                return complaint;
            }
        }
    }
    for (const Op op : {Op::complete, Op::read}) {
        if (auto complaint = must(op, index, 1)) {
            return complaint;
        }
    }
    return std::nullopt;
}

bool Player::is_wanted(std::string_view area, const std::string& name) const {
    for (const UploadModel& upload : uploads_) {
        const State state = upload.state();
        if (name.starts_with(upload.id().to_string() + ".draft-")) {
            return area == "staging" && state == State::completing;
        }
        if (upload.id().to_string() == name) {
            if (state == State::completing) {
                return area != "trash";
            }
            return area == "staging"
                       ? state == State::open
                       : area == "files" && (state == State::complete || state == State::filed);
        }
    }
    return false;
}

Complaint Player::check_orphans(std::string_view area) const {
    const DiskImage& image = machine_.disk().image();
    const auto root = *image.find(DiskImage::kRoot, "blobs");
    for (const auto& [shard, directory] : image.names(*image.find(root, area))) {
        for (const auto& [name, blob] : image.names(directory)) {
            if (!is_wanted(area, name)) {
                return "nobody's blob " + name + " is left in " + std::string(area);
            }
        }
    }
    return std::nullopt;
}

// An unlink that was not synced may come back with the power, and is then found the next time.
Complaint Player::keep_up() {
    const auto kept = machine_.keep_up();
    if (disk().crashed() || disk().fired()) {
        return std::nullopt;
    }
    if (!kept || !*kept) {
        return kept ? "the upkeep failed: " + kept->error().detail : "the upkeep never ends";
    }
    for (const std::string_view area : {"staging", "files", "trash"}) {
        if (auto complaint = check_orphans(area)) {
            return complaint;
        }
    }
    return std::nullopt;
}

Complaint Player::finish() {
    if (auto complaint =
            restart({.power = true, .cut = {.kept = Kept::some, .seed = script_.seed}})) {
        return "power cut after the steps: " + *complaint;
    }
    for (std::size_t index = 0; index < uploads_.size(); ++index) {
        if (!uploads_[index].was_told()) {
            continue;
        }
        if (auto complaint = finish_upload(index)) {
            return "the client goes on: " + *complaint;
        }
    }
    if (auto complaint = restart({.power = true, .cut = {}})) {
        return "last power cut: " + *complaint;
    }
    for (std::size_t index = 0; index < uploads_.size(); ++index) {
        if (!uploads_[index].was_told()) {
            continue;
        }
        for (const Op op : {Op::complete, Op::read}) {
            if (auto complaint = must(op, index, 1)) {
                return "after the last power cut: " + *complaint;
            }
        }
    }
    return script_.seed % 4 == 0 ? keep_up() : std::nullopt;
}

PlayResult Player::play() {
    result_.complaint = play_steps();
    const bool in_vain = script_.fault.kind != FaultKind::none && !result_.fault_fired;
    if (!result_.complaint && !in_vain) {
        result_.complaint = finish();
    }
    machine_.stop();
    if (!result_.complaint && disk().open_descriptors() > 0) {
        result_.complaint = "descriptors are left open";
    }
    result_.trace = disk().trace();
    return std::move(result_);
}

}  // namespace

PlayResult play(const Script& script, const MakeCatalog& make_catalog) {
    return Player(script, make_catalog).play();
}

}  // namespace slipway::sim

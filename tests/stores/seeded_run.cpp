#include "stores/seeded_run.hpp"

#include <algorithm>
#include <numeric>

#include "adapters/s3/store/aside_parts.hpp"
#include "adapters/s3/store/placement.hpp"
#include "runtime/group.hpp"
#include "stores/s3_target.hpp"

namespace slipway::stores {

namespace {

// Of a client that sends again, and of an engine that asks again.
constexpr unsigned kTries = 40;

adapters::s3::UploadBody body_of(const Bytes& bytes) {
    auto body = text_body(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    body.digests.crc64nvme = crc64_of(bytes);
    return body;
}

bool is_transient(Errc code) {
    return code == Errc::unavailable || code == Errc::throttled ||
           code == Errc::deadline_exceeded || code == Errc::outcome_unknown;
}

}  // namespace

SeededRun::SeededRun(SeededWorld& world, std::uint64_t seed, RunCounts& counts)
    : world_(world), seed_(seed), counts_(counts), random_(seed) {
    way_ = static_cast<Way>(below(5));
    mishap_ = static_cast<Mishap>(below(5));
}

bool SeededRun::chance(double probability) {
    return std::uniform_real_distribution<>()(random_) < probability;
}

void SeededRun::restart_perhaps() {
    if (chance(0.1)) {
        is_apart() ? world_.rig().move_to_another_node() : world_.rig().restart();
        ++counts_.restarts;
    }
}

void SeededRun::play() {
    world_.trouble(seed_);
    if (!create()) {
        world_.calm();
        return;
    }
    put_parts();
    overwrite_a_part();
    publish();
    world_.calm();
    look_at_what_was_published(acknowledged_);
    remove_all();
}

Result<Blob> SeededRun::create_blob(UploadId id, Bytes bytes) {
    StoreRig& rig = world_.rig();
    if (way_ == Way::through) {
        return rig.create_through(id, std::move(bytes));
    }
    return is_apart() ? rig.create_apart(id, std::move(bytes))
                      : rig.create_spooled(id, std::move(bytes));
}

bool SeededRun::create() {
    StoreRig& rig = world_.rig();
    const std::size_t unit = way_ == Way::through ? rig.part_size() : rig.put_size();
    const bool is_small = way_ == Way::one_put || way_ == Way::apart_and_one_put;
    const std::size_t size = is_small ? 1 + below(std::min<std::size_t>(unit, 5000))
                                      : unit + 1 + below(std::min(2 * unit, unit + 99));
    for (unsigned i = 0; i < kTries; ++i) {
        // A client that was answered with an error begins another upload.
        ids_.push_back(id_of(seed_ * 100 + i));
        auto bytes = pattern(size, seed_);
        auto blob = create_blob(ids_.back(), std::move(bytes));
        if (blob) {
            blob_ = *std::move(blob);
            return true;
        }
        EXPECT_TRUE(is_transient(blob.error().code)) << blob.error().detail;
    }
    ADD_FAILURE() << "it was never created";
    return false;
}

void SeededRun::put_parts() {
    std::vector<std::uint32_t> numbers(blob_.part_count());
    std::iota(numbers.begin(), numbers.end(), 1U);
    std::ranges::shuffle(numbers, random_);
    for (const std::uint32_t number : numbers) {
        restart_perhaps();
        if (chance(0.2) && world_.may_break_off()) {
            give_up_an_attempt(number);
        }
        EXPECT_TRUE(put_part(number)) << "part " << number << " was never stored";
    }
}

bool SeededRun::put_part(std::uint32_t number) {
    const bool aside = way_ == Way::through && chance(0.3);
    return store_part(number, aside ? Place::aside : Place::common);
}

bool SeededRun::store_part(std::uint32_t number, Place place) {
    for (unsigned i = 0; i < kTries; ++i) {
        StoreRig& rig = world_.rig();
        const auto stored =
            place == Place::aside ? rig.put_aside(blob_, number) : rig.put(blob_, number);
        if (stored) {
            return true;
        }
        EXPECT_TRUE(is_transient(stored.error().code)) << stored.error().detail;
        ++counts_.repeated_parts;
    }
    return false;
}

// Of other bytes, which are never to be seen.
void SeededRun::give_up_an_attempt(std::uint32_t number) {
    const auto region = blob_.region_of(number);
    const auto sink = run(world_.rig().store().open_part(blob_.ref, region));
    if (sink) {
        const Bytes other = pattern(region.length.value(), seed_ + 1);
        const auto written = run((*sink)->write(other));
        EXPECT_TRUE(written || is_transient(written.error().code)) << written.error().detail;
    }
}

adapters::s3::MultipartName SeededRun::upload() const {
    const auto placement = adapters::s3::parse_placement(blob_.ref.placement);
    return {world_.rig().name_of(blob_.ref.id),
            std::get<adapters::s3::Through>(*placement).upload_id};
}

void SeededRun::overwrite_a_part() {
    if (way_ != Way::through || mishap_ != Mishap::part_is_overwritten) {
        return;
    }
    const auto number = static_cast<std::uint32_t>(1 + below(blob_.part_count()));
    EXPECT_TRUE(store_part(number, Place::common));
    const Bytes other = pattern(blob_.region_of(number).length.value(), seed_ + 1);
    const auto send = [&] {
        return run(world_.rig().client().upload_part(upload(), PartNumber(number), body_of(other)));
    };
    auto sent = send();
    for (unsigned i = 0; i < kTries && !sent; ++i) {
        sent = send();
    }
    EXPECT_TRUE(sent) << sent.error().detail;
    EXPECT_FALSE(publish_until_it_is_clear()) << "with bytes that nobody acknowledged";
    ++counts_.overwritten;
    EXPECT_TRUE(store_part(number, Place::common));
}

Task<void> SeededRun::publish_beside() {
    const auto published = co_await world_.rig().store().publish(blob_.ref, blob_.content());
    acknowledged_ = acknowledged_ || published.has_value();
}

Task<void> SeededRun::send_part_again(std::uint32_t number) {
    const Bytes part = blob_.part(number);
    auto call = world_.rig().client().upload_part(upload(), PartNumber(number), body_of(part));
    co_await std::move(call);
}

// Nothing: none does.
std::optional<std::uint32_t> SeededRun::part_aside() const {
    const auto found = std::ranges::find_if(blob_.pieces, [](const ports::StoredPiece& piece) {
        return piece.receipt.starts_with(adapters::s3::kAsidePrefix);
    });
    return found == blob_.pieces.end() ? std::nullopt : std::optional(found->number.value());
}

// To the place of a part that lies aside.
Task<void> SeededRun::send_other_bytes(std::uint32_t number) {
    const Bytes other = pattern(blob_.region_of(number).length.value(), seed_ + 1);
    auto call = world_.rig().client().upload_part(upload(), PartNumber(number), body_of(other));
    co_await std::move(call);
}

Task<void> SeededRun::abort_beside() {
    co_await world_.rig().client().abort_multipart(upload());
}

Task<bool> SeededRun::publish_amid_mishaps() {
    const auto group = co_await runtime::Group::open();
    const bool goes_through = way_ == Way::through;
    if (goes_through && mishap_ == Mishap::abort_races && chance(0.5)) {
        group->spawn(abort_beside());
    }
    if (goes_through && mishap_ == Mishap::part_comes_again) {
        group->spawn(send_part_again(static_cast<std::uint32_t>(1 + below(blob_.part_count()))));
        if (const auto number = part_aside()) {
            group->spawn(send_other_bytes(*number));
        }
    }
    group->spawn(publish_beside());
    if (mishap_ == Mishap::published_twice) {
        group->spawn(publish_beside());
    }
    if (goes_through && mishap_ == Mishap::abort_races && chance(0.5)) {
        group->spawn(abort_beside());
    }
    co_await group->wait();
    co_return true;
}

void SeededRun::publish() {
    run(publish_amid_mishaps());
    if (!acknowledged_) {
        restart_perhaps();
        acknowledged_ = publish_until_it_is_clear();
    }
}

// Whether it was published in the end; an error that is final ends the trying.
bool SeededRun::publish_until_it_is_clear() {
    for (unsigned i = 0; i < kTries; ++i) {
        const auto published = world_.rig().publish(blob_);
        if (published || !is_transient(published.error().code)) {
            return published.has_value();
        }
        restart_perhaps();
    }
    ADD_FAILURE() << "what became of it was never clear";
    return false;
}

void SeededRun::look_at_what_was_published(bool acknowledged) {
    const UploadId id = blob_.ref.id;
    const auto bytes = world_.rig().read(id);
    if (!acknowledged) {
        // Lists of the past may have ended it; now they do not.
        const auto published = world_.rig().publish(blob_);
        EXPECT_TRUE(published || mishap_ == Mishap::abort_races) << published.error().detail;
        if (!published) {
            EXPECT_EQ(published.error().code, Errc::not_found) << published.error().detail;
            EXPECT_FALSE(bytes) << "what nobody has is there";
            ++counts_.aborted;
            return;
        }
    }
    auto now = world_.rig().read(id);
    // Garage breaks an answer off now and then where the machine is busy: that is no loss.
    for (unsigned i = 0; i < kTries && !now && is_transient(now.error().code); ++i) {
        now = world_.rig().read(id);
    }
    ASSERT_TRUE(now) << "lost: " << now.error().detail;
    EXPECT_TRUE(*now == blob_.bytes) << "other bytes";
    EXPECT_TRUE(world_.rig().publish(blob_));
    ++counts_.published;
}

void SeededRun::remove_all() {
    StoreRig& rig = world_.rig();
    for (const UploadId id : ids_) {
        const auto removed = run(rig.store().remove(id));
        EXPECT_TRUE(removed) << removed.error().detail;
        const auto name = rig.name_of(id);
        EXPECT_FALSE(run(rig.client().head_object(name)));
        const auto open = run(rig.client().list_multiparts({name.bucket, name.key, {}}));
        EXPECT_TRUE(open && open->uploads.empty()) << "an upload is left";
        const auto parts = run(rig.client().list_objects({.bucket = name.bucket,
                                                          .prefix = "parts/" + id.to_string(),
                                                          .delimiter = "",
                                                          .after = "",
                                                          .page = {}}));
        EXPECT_TRUE(parts && parts->objects.empty()) << "a part is left";
    }
    EXPECT_TRUE(run(rig.spool().list_staged())->empty());
    EXPECT_TRUE(run(rig.spool().list_published(std::nullopt, 1))->empty());
}

}  // namespace slipway::stores

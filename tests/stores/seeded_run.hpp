// SeededRun: one file on its way into an S3Store, with everything that goes wrong as its seed
// decides: faults of calls, crashes, attempts that are given up, publications that are asked for
// twice, parts that come once more while the file is completed, other bytes for those that lie
// aside, an Abort that races with it. What
// was acknowledged has to be there, byte for byte, and what is removed has to be gone.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "stores/seeded_world.hpp"

namespace slipway::stores {

struct RunCounts {
    unsigned published = 0;
    unsigned aborted = 0;      // an Abort was quicker, and nobody was told otherwise
    unsigned overwritten = 0;  // parts that were found to be others than acknowledged
    unsigned restarts = 0;
    unsigned repeated_parts = 0;
};

class SeededRun {
 public:
    // Ids are those of the seed; `counts` is added to.
    SeededRun(SeededWorld& world, std::uint64_t seed, RunCounts& counts);
    // Reports what is wrong to the test that is under way.
    void play();

 private:
    enum class Way { through, one_put, sent_in_parts, apart_and_one_put, apart_and_in_parts };
    enum class Mishap { none, published_twice, part_comes_again, part_is_overwritten, abort_races };

    enum class Place { common, aside };

    bool chance(double probability);
    std::size_t below(std::size_t limit) { return random_() % limit; }
    void restart_perhaps();

    bool is_apart() const {
        return way_ == Way::apart_and_one_put || way_ == Way::apart_and_in_parts;
    }
    bool create();
    Result<Blob> create_blob(UploadId id, Bytes bytes);
    void put_parts();
    bool put_part(std::uint32_t number);
    bool store_part(std::uint32_t number, Place place);
    void give_up_an_attempt(std::uint32_t number);
    void overwrite_a_part();
    void publish();
    bool publish_until_it_is_clear();
    void look_at_what_was_published(bool acknowledged);
    void remove_all();

    // What happens beside a publication.
    Task<void> publish_beside();
    Task<void> send_part_again(std::uint32_t number);
    std::optional<std::uint32_t> part_aside() const;
    Task<void> send_other_bytes(std::uint32_t number);
    Task<void> abort_beside();
    Task<bool> publish_amid_mishaps();
    adapters::s3::MultipartName upload() const;

    SeededWorld& world_;
    const std::uint64_t seed_;
    RunCounts& counts_;
    std::mt19937_64 random_;
    Way way_ = Way::through;
    Mishap mishap_ = Mishap::none;
    std::vector<UploadId> ids_;  // the last is that of the file
    Blob blob_;
    bool acknowledged_ = false;
};

}  // namespace slipway::stores

// Scrub: reads every stored file again, at a bounded rate, and compares its parts with their
// digests. A file that is damaged is quarantined: from then on it is not served.
// A pass goes on where the one before was interrupted; what it reads comes from the disk, not from
// the page cache.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/upkeep/recurring.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

// Where a pass stands: the last file that is done, and how many parts of the one after it are.
struct ScrubPosition {
    std::optional<UploadId> after;
    std::optional<UploadId> file;
    std::uint32_t parts = 0;

    // The checkpoint: "<after> <file> <parts>", with "-" for no id; anything else begins anew.
    static ScrubPosition parse(const std::string& text);
    std::string to_string() const;
    friend bool operator==(const ScrubPosition&, const ScrubPosition&) = default;
};

class Scrub final : public Pass {
 public:
    explicit Scrub(World& world) : world_(world) {}
    std::string_view name() const override { return "scrub"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    struct Progress;
    Task<Result<>> check_file(core::File file, Progress& progress);
    // Nothing where the file is whole; else what is wrong with it.
    Task<Result<std::optional<std::string>>> find_damage(core::File file, Progress& progress);
    Task<Result<std::optional<std::string>>> compare_parts(UploadId file, ports::BlobReader& reader,
                                                           std::vector<core::Part> parts,
                                                           Progress& progress);
    Task<Result<Sha256>> read_part(ports::BlobReader& reader, ByteOffset begin, ByteCount size,
                                   Progress& progress);
    Task<Result<>> pace(Progress& progress);

    World& world_;
};

}  // namespace slipway::engine

// ReceivePart: takes the bytes of one part, verifies them, makes them durable, records them, and
// only then acknowledges.
//
// A crash before the record is durable leaves bytes that no record names: the part stays missing
// and is sent again. Acknowledged bytes are never written again: a repeated part is compared, not
// stored. One that lies in stores which are down is stored again, elsewhere: its record gets
// another place, and stays what it is.
#pragma once

#include <optional>
#include <vector>

#include "engine/byte_source.hpp"
#include "engine/outcome.hpp"
#include "engine/part_grant.hpp"
#include "engine/place_claim.hpp"
#include "engine/stores/part_sinks.hpp"
#include "engine/world.hpp"
#include "hash/part_hasher.hpp"

namespace slipway::engine {

struct PartRequest {
    PartGrant grant;
    ByteCount length;  // as the client states it
    StatedDigests stated;
};

// What a part over limits.max_parts_in_flight is answered.
Refusal busy_with_parts();

struct ReceivedPart {
    core::Part part;
    bool already_stored = false;
};

class ReceivePart {
 public:
    explicit ReceivePart(World& world) : world_(world) {}

    // The source is read only once the part is admitted, and not at all when it is refused before.
    Task<Outcome<ReceivedPart>> run(RequestContext context, PartRequest request,
                                    ByteSource& source);

 private:
    Task<Outcome<ReceivedPart>> receive(RequestContext context, PartRequest request,
                                        ByteSource& source);
    // By the upload as it was some seconds ago where that will do: what would be refused by it is
    // looked at again.
    Task<Outcome<core::Upload>> admit(RequestContext context, PartRequest request);
    Task<Outcome<core::Upload>> admit_by(ports::Catalog& catalog, RequestContext context,
                                         PartRequest request);
    // Hashes the body, writes it to the sink where there is one, and checks its length and the
    // stated digests.
    Task<Outcome<PartDigests>> read_body(RequestContext context, PartRequest request,
                                         DigestKind checksum, PartSinks* sinks, ByteSource& source);
    // `lost`: how it was acknowledged, where nobody can reach it.
    Task<Outcome<ReceivedPart>> store(RequestContext context, core::Upload upload,
                                      PartRequest request, std::optional<core::Part> lost,
                                      ByteSource& source);
    // Into which blobs an attempt goes.
    struct Target {
        std::vector<std::uint32_t> blobs;
        ports::PartRegion region;
    };
    // Takes the body into the sinks, all of it but what makes it durable.
    Task<Outcome<PartDigests>> take_in(RequestContext context, const core::Upload& upload,
                                       PartRequest request, Target target, PlaceClaim& claim,
                                       PartSinks& sinks, ByteSource& source);
    // Where the part goes: by the plan, or into room that is taken for it.
    struct Place {
        ByteOffset offset;
        std::optional<PartRoom> room;
    };
    Task<Outcome<Place>> find_place(RequestContext context, const core::Upload& upload,
                                    const PartRequest& request);
    Task<Result<PartRoom>> take_room(UploadId upload, ByteCount length);
    Task<Result<std::vector<core::PartCopy>>> make_durable(PartSinks& sinks);
    Task<Outcome<ReceivedPart>> record(RequestContext context, core::Upload upload,
                                       PartRequest request, core::Part part);
    // Of a part that was lost.
    Task<Outcome<ReceivedPart>> record_again(RequestContext context, core::Upload upload,
                                             core::Part lost, std::vector<core::PartCopy> copies);
    Task<void> complete_if_full(const core::Upload& upload, const core::Part& part);
    Task<Outcome<ReceivedPart>> compare(RequestContext context, PartRequest request,
                                        core::Part existing, ByteSource& source);

    World& world_;
};

}  // namespace slipway::engine

#include "adapters/s3/store/publisher.hpp"

#include <algorithm>

#include "adapters/s3/store/aside_parts.hpp"
#include "adapters/s3/store/blob_sending.hpp"
#include "base/encoding.hpp"

namespace slipway::adapters::s3 {

namespace {

using runtime::Again;
using runtime::Tried;
constexpr auto kAnyway = Repeatable::anyway;
// So often in a row a finding is believed.
constexpr unsigned kSure = 3;

template <class T>
Result<> nothing_but(const Result<T>& result) {
    return result ? Result<>() : std::unexpected(result.error());
}

// Whether this is the object that was to be published.
Result<> check_object(const ObjectInfo& info, const Publication& what) {
    const auto owner = info.attributes.metadata.find(std::string(kOwnerField));
    if (owner == info.attributes.metadata.end() || owner->second != what.id.to_string()) {
        return failure(Errc::conflict, "an object that is not this upload's stands in its place");
    }
    if (info.size != what.content.size) {
        return failure(Errc::conflict, "an object of " + std::to_string(info.size.value()) +
                                           " bytes instead of " +
                                           std::to_string(what.content.size.value()));
    }
    if (info.crc64nvme && what.content.crc64nvme && info.crc64nvme != what.content.crc64nvme) {
        return failure(Errc::corrupted, "the object's CRC64-NVME is not that of what was uploaded");
    }
    return {};
}

// Whether the step may have done something all the same, or may do it when the store has caught up:
// only looking tells.
bool is_open_after(Errc code) {
    switch (code) {
        case Errc::not_found:
        case Errc::conflict:
        case Errc::corrupted:
        case Errc::unavailable:
        case Errc::throttled:
        case Errc::deadline_exceeded:
        case Errc::outcome_unknown:
            return true;
        default:
            return false;
    }
}

// The parts to complete, where the store has all of them as they were acknowledged.
Result<std::vector<StoredPart>> match(std::vector<ListedPart> listed,
                                      const std::vector<ports::StoredPiece>& pieces) {
    // In order, whatever the store's: ten thousand are not looked for one by one on an event loop.
    std::ranges::sort(listed, {}, &ListedPart::number);
    std::vector<StoredPart> parts;
    for (const ports::StoredPiece& piece : pieces) {
        const auto found = std::ranges::lower_bound(listed, piece.number, {}, &ListedPart::number);
        const std::string name = "part " + std::to_string(piece.number.value());
        if (found == listed.end() || found->number != piece.number) {
            return failure(Errc::corrupted, name + " is not in the store any more");
        }
        if (found->size != piece.size || receipt_of(*found) != piece.receipt) {
            return failure(Errc::corrupted,
                           name + " was overwritten after it had been acknowledged");
        }
        parts.push_back({piece.number, found->etag, found->crc64nvme, found->sha256});
    }
    return parts;
}

}  // namespace

Result<> check_pieces(const ports::Content& content) {
    ByteCount sum;
    for (const ports::StoredPiece& piece : content.pieces) {
        sum += piece.size;
    }
    return sum == content.size ? Result<>()
                               : failure(Errc::invalid, "pieces that do not make the content");
}

// The store may take MD5 for an ETag, which two different parts can be made to share.
std::string receipt_of(const ListedPart& part) {
    return part.sha256 ? part.etag + ' ' + encode_hex(part.sha256->view()) : part.etag;
}

Task<Result<std::vector<ListedPart>>> list_all_parts(S3Client& client, MultipartName upload) {
    std::vector<ListedPart> all;
    std::optional<PartNumber> after;
    do {
        auto page = co_await client.list_parts(upload, after);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        std::ranges::move(page->parts, std::back_inserter(all));
        after = page->next;
    } while (after);
    co_return all;
}

Task<Result<std::vector<OpenMultipart>>> list_uploads_of(S3Client& client, ObjectName name) {
    std::vector<OpenMultipart> all;
    MultipartQuery query{.bucket = name.bucket, .prefix = name.key, .after = {}};
    do {
        auto page = co_await client.list_multiparts(query);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        std::ranges::copy_if(page->uploads, std::back_inserter(all),
                             [&](const OpenMultipart& upload) { return upload.key == name.key; });
        query.after = page->next;
    } while (query.after);
    co_return all;
}

Task<Result<std::optional<ObjectInfo>>> Publisher::look(S3Client& client, ObjectName name) {
    const auto call = [&] { return client.head_object(name); };
    auto info = co_await persist<ObjectInfo>(client, access_.patience, Repeatable::anyway, call);
    if (!info && info.error().code == Errc::not_found) {
        co_return std::nullopt;
    }
    if (!info) {
        co_return std::unexpected(std::move(info.error()));
    }
    co_return *std::move(info);
}

Task<Result<std::optional<ObjectInfo>>> Publisher::find(Publication what) {
    const ClientPair clients = co_await access_.clients->here();
    auto info = co_await look(*clients.calls, access_.file(what.id));
    if (!info || !*info) {
        co_return info;
    }
    if (auto checked = check_object(**info, what); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return info;
}

Task<Result<>> Publisher::bring_about(Publication what, Step step) {
    const auto attempt = [&](unsigned number) {
        return try_once(what, step, number == 1 ? Before::was_looked : Before::unknown);
    };
    co_return co_await runtime::retry<void>(access_.patience.publishing, access_.patience.world(),
                                            attempt);
}

Task<Tried<void>> Publisher::try_once(const Publication& what, const Step& step, Before before) {
    const ClientPair clients = co_await access_.clients->here();
    const auto ended = [&](Result<> result, Again again) {
        return Tried<void>{std::move(result), again, clients.calls->wished_pause()};
    };
    if (before == Before::unknown) {
        const auto found = co_await find(what);
        if (!found || *found) {
            const auto again = found ? Again::no : again_after(found.error().code, kAnyway);
            co_return ended(nothing_but(found), again);
        }
    }
    auto done = co_await step();
    if (!done && !is_open_after(done.error().code)) {
        co_return ended(std::move(done), Again::no);
    }
    const auto found = co_await find(what);
    if (!found || *found) {
        const auto again = found ? Again::no : again_after(found.error().code, kAnyway);
        co_return ended(nothing_but(found), again);
    }
    if (done) {
        done = failure(Errc::outcome_unknown, "the store said that it has what it does not show");
    }
    co_return ended(std::move(done), Again::yes);
}

Task<Result<>> Publisher::complete(Publication what, Through through) {
    if (auto checked = check_pieces(what.content); !checked) {
        co_return checked;
    }
    if (what.content.pieces.empty()) {
        co_return failure(Errc::invalid, "an object of no parts");
    }
    Doubts doubts;
    AsideParts aside(access_, {access_.file(what.id), through.upload_id}, what.id);
    Step step = [&] { return doubt(complete_once(what, through, aside), doubts); };
    co_return co_await bring_about(what, std::move(step));
}

// That parts are lost or overwritten ends a file, so it has to be found again and again: a list may
// tell of the past. That an upload is gone means nothing while a Complete of it may be under way,
// or where it can be begun anew. A conflict is another call that was quicker, or a part that
// changed since it was listed.
Task<Result<>> Publisher::doubt(Task<Result<>> step, Doubts& doubts) {
    auto done = co_await std::move(step);
    if (done) {
        co_return done;
    }
    Errc& code = done.error().code;
    doubts.times = code == doubts.code ? doubts.times + 1 : 1;
    doubts.code = code;
    doubts.has_more = doubts.has_more || code == Errc::outcome_unknown || code == Errc::conflict;
    const bool is_over = code == Errc::not_found && !doubts.has_more;
    const bool is_sure = doubts.times >= kSure && (is_over || code == Errc::corrupted);
    if (!is_sure &&
        (code == Errc::not_found || code == Errc::corrupted || code == Errc::conflict)) {
        code = Errc::outcome_unknown;
    }
    co_return done;
}

// What is not there as acknowledged when Complete comes makes that fail: it names the ETag of each
// part, and the next step begins with a new list.
Task<Result<>> Publisher::complete_once(const Publication& what, const Through& through,
                                        AsideParts& aside) {
    const ClientPair clients = co_await access_.clients->here();
    const MultipartName upload{access_.file(what.id), through.upload_id};
    auto listed = co_await list_all_parts(*clients.calls, upload);
    if (!listed) {
        co_return std::unexpected(listed.error());
    }
    auto placed = co_await aside.put_into_place({*std::move(listed), what.content.pieces});
    if (!placed) {
        co_return std::unexpected(std::move(placed.error()));
    }
    auto parts = match(std::move(placed->listed), placed->pieces);
    if (!parts) {
        co_return std::unexpected(std::move(parts.error()));
    }
    PartList list{.parts = *std::move(parts),
                  .size = what.content.size,
                  .crc64nvme = {},
                  .replace = access_.can.conditional_complete ? Replace::never : Replace::allowed};
    if (through.checksum == ObjectChecksum::crc64nvme) {
        list.crc64nvme = what.content.crc64nvme;
    }
    co_return nothing_but(co_await clients.calls->complete_multipart(upload, std::move(list)));
}

Task<Result<>> Publisher::send(Publication what, Sendable blob) {
    Doubts doubts{.has_more = true};
    if (what.content.size <= access_.sizes.largest_put) {
        Step step = [&] { return doubt(put_once(what, blob), doubts); };
        co_return co_await bring_about(what, std::move(step));
    }
    BlobSending sending(access_, what, std::move(blob));
    Step step = [&] { return doubt(sending.run_once(), doubts); };
    co_return co_await bring_about(what, std::move(step));
}

Task<Result<>> Publisher::put_once(const Publication& what, const Sendable& blob) {
    const ClientPair clients = co_await access_.clients->here();
    const ByteRange all{ByteOffset(0), what.content.size};
    UploadBody body = blob.body_of(all);
    if (access_.states_checksums) {
        body.digests.crc64nvme = what.content.crc64nvme;
    }
    const auto put = co_await clients.streams->put_object(
        access_.file(what.id), std::move(body), StoreAccess::attributes_of(what.id),
        access_.can.conditional_put ? Replace::never : Replace::allowed);
    co_return nothing_but(put);
}

}  // namespace slipway::adapters::s3

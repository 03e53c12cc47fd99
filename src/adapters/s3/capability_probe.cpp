#include "adapters/s3/capability_probe.hpp"

#include <algorithm>
#include <cstring>

#include "hash/digester.hpp"
#include "runtime/sleep.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kText = "slipway-probe";
constexpr unsigned kLooks = 10;
constexpr auto kBetweenLooks = std::chrono::milliseconds(50);

// A body that breaks off.
class BrokenSource final : public http::BodySource {
 public:
    static constexpr ByteCount kWhole{256 << 10};

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        if (was_read_) {
            co_return failure(Errc::cancelled, "broken off on purpose");
        }
        was_read_ = true;
        const std::size_t half = std::min<std::size_t>(out.size(), kWhole.value() / 2);
        std::memset(out.data(), 'x', half);
        co_return half;
    }

 private:
    bool was_read_ = false;
};

UploadBody body_of(std::string text, StatedDigests digests = {}) {
    return {http::stream_of(std::move(text)), digests};
}

Crc64Nvme crc64_of(std::string_view text) {
    hash::Crc64NvmeHasher hasher;
    hasher.update(std::as_bytes(std::span(text)));
    return hasher.finish();
}

StatedDigests stated_crc64(std::string_view text) {
    StatedDigests digests;
    digests.crc64nvme = crc64_of(text);
    return digests;
}

Task<Result<>> append(std::string* text, std::span<const std::byte> bytes) {
    text->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    co_return Result<>{};
}

// The store says that it does not do this; other errors say nothing about what it can do.
bool is_a_no(Errc code) {
    return code == Errc::unsupported || code == Errc::invalid;
}

// Whether a call that a good store refuses in this way was refused so.
template <class T>
Result<bool> was_refused(const Result<T>& result, Errc how) {
    if (result) {
        return false;
    }
    if (result.error().code == how) {
        return true;
    }
    return is_a_no(result.error().code) ? Result<bool>(false) : std::unexpected(result.error());
}

// Whether a call that not every store has was carried out.
template <class T>
Result<bool> was_done(const Result<T>& result) {
    if (result) {
        return true;
    }
    return is_a_no(result.error().code) ? Result<bool>(false) : std::unexpected(result.error());
}

// Keeps an answer, or says why there is none.
Result<> note(bool& capability, const Result<bool>& answer) {
    if (!answer) {
        return std::unexpected(answer.error());
    }
    capability = *answer;
    return {};
}

template <class T>
Result<> nothing_but(const Result<T>& result) {
    return result ? Result<>() : std::unexpected(result.error());
}

}  // namespace

Result<std::unique_ptr<CapabilityProbe>> CapabilityProbe::make(
    const Endpoint& endpoint, const sigv4::Credentials& credentials, const ports::Clock& clock) {
    Endpoint in_head = endpoint;
    in_head.checksums = ChecksumMode::header;
    auto client = S3Client::make(in_head, credentials, clock);
    if (!client) {
        return std::unexpected(std::move(client.error()));
    }
    Endpoint behind = endpoint;
    behind.checksums = ChecksumMode::trailer;
    auto trailing = S3Client::make(behind, credentials, clock);
    if (!trailing) {
        return std::unexpected(std::move(trailing.error()));
    }
    return std::unique_ptr<CapabilityProbe>(
        new CapabilityProbe(endpoint, *std::move(client), *std::move(trailing)));
}

Task<Result<Capabilities>> CapabilityProbe::run(std::string bucket, std::string prefix) {
    bucket_ = std::move(bucket);
    prefix_ = std::move(prefix);
    found_ = {};
    const auto found = co_await find_out();
    co_await clean_up();
    if (!found) {
        co_return std::unexpected(found.error());
    }
    co_return found_;
}

Task<Result<>> CapabilityProbe::find_out() {
    using Step = Task<Result<>> (CapabilityProbe::*)();
    static constexpr Step kSteps[] = {
        &CapabilityProbe::probe_objects,      &CapabilityProbe::probe_conditional_put,
        &CapabilityProbe::probe_checksums,    &CapabilityProbe::probe_trailers,
        &CapabilityProbe::probe_half_bodies,  &CapabilityProbe::probe_small_parts,
        &CapabilityProbe::probe_complete,     &CapabilityProbe::probe_conditional_complete,
        &CapabilityProbe::probe_copy,         &CapabilityProbe::probe_whole_checksum,
        &CapabilityProbe::probe_direct_parts,
    };
    for (const Step step : kSteps) {
        if (auto done = co_await (this->*step)(); !done) {
            co_return done;
        }
    }
    co_return Result<>{};
}

// The one that has to work: an object can be written, read and found.
Task<Result<>> CapabilityProbe::probe_objects() {
    // Lists, because an answer to HEAD does not say why it is 403; and both clients make one,
    // because a call without a body is made again when it was refused for its time.
    for (const auto& client : {client_.get(), trailing_.get()}) {
        const auto listed = co_await client->list_objects({bucket_, prefix_, "", "", {}, 1});
        if (!listed) {
            co_return nothing_but(listed);
        }
    }
    const auto put = co_await client_->put_object(name("object"), body_of(std::string(kText)));
    if (!put) {
        co_return nothing_but(put);
    }
    const auto text = co_await read(name("object"));
    if (!text) {
        co_return nothing_but(text);
    }
    if (*text != kText) {
        co_return failure(Errc::corrupted, "the store gives back other bytes than it was given");
    }
    const auto page = co_await client_->list_objects({bucket_, prefix_, "", "", {}});
    if (!page) {
        co_return nothing_but(page);
    }
    found_.lists_at_once = std::ranges::any_of(page->objects, [&](const ListedObject& object) {
        return object.key == name("object").key;
    });
    co_return Result<>{};
}

Task<Result<>> CapabilityProbe::probe_conditional_put() {
    const auto again = co_await client_->put_object(name("object"), body_of(std::string(kText)), {},
                                                    Replace::never);
    co_return note(found_.conditional_put, was_refused(again, Errc::conflict));
}

Task<Result<>> CapabilityProbe::probe_checksums() {
    const auto wrong = co_await client_->put_object(
        name("wrong"), body_of(std::string(kText), stated_crc64("other")));
    co_return note(found_.checks_checksums, was_refused(wrong, Errc::corrupted));
}

// Some take the framing for the bytes: what was stored is read back. Ceph 16 hashes it, and takes
// it for other bytes than were signed.
Task<Result<>> CapabilityProbe::probe_trailers() {
    const auto put = co_await trailing_->put_object(name("trailer"), body_of(std::string(kText)));
    if (!put && put.error().code == Errc::corrupted) {
        co_return Result<>{};
    }
    if (auto noted = note(found_.trailing_checksums, was_done(put)); !noted || !put) {
        co_return noted;
    }
    const auto text = co_await read(name("trailer"));
    if (!text) {
        co_return nothing_but(text);
    }
    found_.trailing_checksums = *text == kText;
    co_return Result<>{};
}

// The store sees the end of the connection some time after the client.
Task<Result<>> CapabilityProbe::probe_half_bodies() {
    if (found_.trailing_checksums && mode_ != ChecksumMode::none) {
        co_return Result<>{};
    }
    UploadBody half{{std::make_shared<BrokenSource>(), BrokenSource::kWhole}, {}};
    co_await client_->put_object(name("half"), std::move(half));
    for (unsigned look = 0; look < kLooks && !found_.needs_digests; ++look) {
        co_await runtime::sleep_for(kBetweenLooks);
        const auto info = co_await client_->head_object(name("half"));
        if (!info && info.error().code != Errc::not_found) {
            co_return nothing_but(info);
        }
        found_.needs_digests = info.has_value();
    }
    co_return Result<>{};
}

Task<Result<>> CapabilityProbe::probe_small_parts() {
    const auto upload = co_await begin("parts", ObjectChecksum::none);
    if (!upload) {
        co_return nothing_but(upload);
    }
    PartList list{.parts = {}, .size = {}, .crc64nvme = {}};
    for (const std::uint32_t number : {1U, 2U}) {
        auto part = co_await send(*upload, PartNumber(number), "x");
        if (!part) {
            co_return nothing_but(part);
        }
        list.parts.push_back(*std::move(part));
    }
    const auto parts = co_await client_->list_parts(*upload);
    const auto uploads = co_await client_->list_multiparts({bucket_, upload->object.key, {}});
    if (!parts || !uploads) {
        co_return parts ? nothing_but(uploads) : nothing_but(parts);
    }
    found_.lists_at_once =
        found_.lists_at_once && parts->parts.size() == 2 && !uploads->uploads.empty();
    const auto completed = was_done(co_await client_->complete_multipart(*upload, list));
    if (completed && *completed) {
        found_.smallest_part = 1_B;
    }
    co_return nothing_but(completed);
}

Task<Result<>> CapabilityProbe::probe_complete() {
    const auto upload = co_await begin("complete", ObjectChecksum::none);
    if (!upload) {
        co_return nothing_but(upload);
    }
    const auto part = co_await send(*upload, PartNumber(1), "x");
    if (!part) {
        co_return nothing_but(part);
    }
    PartList list{.parts = {*part}, .size = 2_B, .crc64nvme = {}};
    auto completed = co_await client_->complete_multipart(*upload, list);
    if (auto noted = note(found_.checks_size, was_refused(completed, Errc::invalid)); !noted) {
        co_return noted;
    }
    list.size = 1_B;
    if (!completed) {
        completed = co_await client_->complete_multipart(*upload, list);
    }
    if (!completed) {
        co_return nothing_but(completed);
    }
    found_.tells_complete_etag = !completed->empty();
    const auto again = co_await client_->complete_multipart(*upload, list);
    found_.replays_complete = again.has_value();
    const bool is_clear = again || again.error().code == Errc::not_found;
    co_return is_clear ? Result<>() : nothing_but(again);
}

Task<Result<>> CapabilityProbe::probe_conditional_complete() {
    const auto upload = co_await begin("object", ObjectChecksum::none);
    if (!upload) {
        co_return nothing_but(upload);
    }
    const auto part = co_await send(*upload, PartNumber(1), std::string(kText));
    if (!part) {
        co_return nothing_but(part);
    }
    const PartList list{.parts = {*part}, .size = {}, .crc64nvme = {}, .replace = Replace::never};
    const auto completed = co_await client_->complete_multipart(*upload, list);
    co_return note(found_.conditional_complete, was_refused(completed, Errc::conflict));
}

Task<Result<>> CapabilityProbe::probe_copy() {
    const auto upload = co_await begin("copy", ObjectChecksum::none);
    if (!upload) {
        co_return nothing_but(upload);
    }
    const auto copied =
        co_await client_->copy_part(*upload, PartNumber(1), name("object"), std::nullopt);
    co_return note(found_.copies_parts, was_done(copied));
}

Task<Result<>> CapabilityProbe::probe_whole_checksum() {
    const auto upload = co_await begin("whole", ObjectChecksum::crc64nvme);
    const auto begun = was_done(upload);
    if (!begun || !*begun) {
        co_return nothing_but(begun);
    }
    auto part = co_await send(*upload, PartNumber(1), std::string(kText));
    const auto sent = was_done(part);
    if (!sent || !*sent) {
        co_return nothing_but(sent);
    }
    // MinIO finds no such part where this is left out.
    part->crc64nvme = crc64_of(kText);
    const PartList list{.parts = {*part}, .size = {}, .crc64nvme = crc64_of(kText)};
    const auto completed = was_done(co_await client_->complete_multipart(*upload, list));
    if (!completed || !*completed) {
        co_return nothing_but(completed);
    }
    const auto info = co_await client_->head_object(name("whole"));
    found_.whole_checksums = info && info->crc64nvme == crc64_of(kText);
    co_return nothing_but(info);
}

// What stays after an error of these calls is found by the lifecycle of the bucket, or by the next
// run.
Task<void> CapabilityProbe::clean_up() {
    for (const std::string_view suffix :
         {"parts", "complete", "object", "copy", "whole", "direct", "wrong", "trailer", "half"}) {
        const ObjectName object = name(suffix);
        if (const auto open = co_await client_->list_multiparts({bucket_, object.key, {}})) {
            for (const auto& upload : open->uploads) {
                const MultipartName multipart{object, upload.upload_id};
                co_await client_->abort_multipart(multipart);
            }
        }
        co_await client_->delete_object(object);
    }
}

ObjectName CapabilityProbe::name(std::string_view suffix) const {
    return {bucket_, prefix_ + '/' + std::string(suffix)};
}

Task<Result<std::string>> CapabilityProbe::read(ObjectName object) {
    std::string text;
    http::BodySink sink = [&text](std::span<const std::byte> bytes) {
        return append(&text, bytes);
    };
    const auto got = co_await client_->get_object(std::move(object), {}, std::move(sink));
    if (!got) {
        co_return std::unexpected(got.error());
    }
    co_return text;
}

Task<Result<MultipartName>> CapabilityProbe::begin(std::string suffix, ObjectChecksum checksum) {
    const ObjectName object = name(suffix);
    ObjectAttributes attributes;
    auto id = co_await client_->create_multipart(object, std::move(attributes), checksum);
    if (!id) {
        co_return std::unexpected(std::move(id.error()));
    }
    co_return MultipartName{object, *std::move(id)};
}

Task<Result<StoredPart>> CapabilityProbe::send(const MultipartName& upload, PartNumber number,
                                               std::string text) {
    UploadBody body = body_of(text, stated_crc64(text));
    auto part = co_await client_->upload_part(upload, number, std::move(body));
    if (part) {
        part->crc64nvme = std::nullopt;
    }
    co_return part;
}

}  // namespace slipway::adapters::s3

// Fault injectors around a Catalog and a Store: the Nth call fails, before it has any effect or
// after it had.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "ports/catalog.hpp"
#include "ports/store.hpp"

namespace slipway::testing {

enum class FaultMoment {
    before,  // the call has no effect, and says so
    after,   // the call has its effect, and its answer is lost
};

// Counts calls through all injectors that share it; call number `at` fails, once.
struct Faults {
    FaultMoment moment = FaultMoment::before;
    int at = 0;
    int calls = 0;
    // What a store says then.
    Errc of_store = Errc::corrupted;
    // The store is out of reach: every call of it fails, and is not counted.
    bool is_down = false;

    // From any thread.
    bool fires() { return ++std::atomic_ref(calls) == at; }
    bool fired() const { return at > 0 && calls >= at; }
};

class FailingCatalog final : public ports::Catalog {
 public:
    FailingCatalog(ports::Catalog& inner, Faults& faults) : inner_(inner), faults_(faults) {}

    Task<Result<ports::CreateUploadOutcome>> create_upload(
        core::Upload upload, core::Quota standard, std::optional<core::Event> event) override {
        return guard(inner_.create_upload(std::move(upload), standard, std::move(event)));
    }
    Task<Result<ports::CreateUploadOutcome>> preview_upload(core::Upload upload,
                                                            core::Quota standard) override {
        return guard(inner_.preview_upload(std::move(upload), standard));
    }
    Task<Result<core::Upload>> find_upload(UploadId id) override {
        return guard(inner_.find_upload(id));
    }
    Task<Result<ports::Page<core::Upload>>> list_open_uploads(std::string owner,
                                                              ports::PageRequest page) override {
        return guard(inner_.list_open_uploads(std::move(owner), page));
    }
    Task<Result<ports::Page<core::Upload>>> list_uploads(core::UploadState state,
                                                         ports::PageRequest page) override {
        return guard(inner_.list_uploads(state, page));
    }
    Task<Result<ports::PutPartOutcome>> put_part(UploadId id, core::Epoch epoch, core::Part part,
                                                 core::Quota standard,
                                                 std::optional<core::Event> event) override {
        return guard(inner_.put_part(id, epoch, std::move(part), standard, std::move(event)));
    }
    Task<Result<>> replace_parts(UploadId id, core::Epoch epoch,
                                 std::vector<core::Part> parts) override {
        return guard(inner_.replace_parts(id, epoch, std::move(parts)));
    }
    Task<Result<std::vector<core::Part>>> list_parts(UploadId id) override {
        return guard(inner_.list_parts(id));
    }
    Task<Result<core::Part>> find_part(UploadId id, PartNumber number) override {
        return guard(inner_.find_part(id, number));
    }
    Task<Result<>> add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                              std::vector<core::PartCopy> copies) override {
        return guard(inner_.add_copies(id, epoch, number, std::move(copies)));
    }
    Task<Result<>> add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                            core::StagedCopy blob) override {
        return guard(inner_.add_blob(id, epoch, seen, std::move(blob)));
    }
    Task<Result<>> advance_upload(core::Epoch expected, core::Upload next,
                                  std::optional<core::Event> event) override {
        return guard(inner_.advance_upload(expected, std::move(next), std::move(event)));
    }
    Task<Result<>> complete_upload(core::Epoch expected, core::Upload next, core::File file,
                                   std::optional<core::Event> event) override {
        return guard(
            inner_.complete_upload(expected, std::move(next), std::move(file), std::move(event)));
    }
    Task<Result<>> forget_upload(UploadId id) override { return guard(inner_.forget_upload(id)); }
    Task<Result<core::File>> find_file(UploadId id) override { return guard(inner_.find_file(id)); }
    Task<Result<ports::Page<core::File>>> list_files(std::string owner,
                                                     ports::PageRequest page) override {
        return guard(inner_.list_files(std::move(owner), page));
    }
    Task<Result<ports::Page<core::File>>> list_all_files(ports::PageRequest page) override {
        return guard(inner_.list_all_files(page));
    }
    Task<Result<>> mark_damaged(UploadId id, WallTime when) override {
        return guard(inner_.mark_damaged(id, when));
    }
    Task<Result<>> set_file_places(UploadId id, core::FilePlaces expected, core::FilePlaces next,
                                   std::optional<core::Event> event) override {
        return guard(
            inner_.set_file_places(id, std::move(expected), std::move(next), std::move(event)));
    }
    Task<Result<>> remove_file(UploadId id, std::optional<core::Event> event) override {
        return guard(inner_.remove_file(id, std::move(event)));
    }
    using ports::Catalog::list_events;
    Task<Result<std::vector<core::OutboxEntry>>> list_events(std::uint64_t after,
                                                             std::size_t limit) override {
        return guard(inner_.list_events(after, limit));
    }
    Task<Result<>> remove_events(std::uint64_t through) override {
        return guard(inner_.remove_events(through));
    }
    std::size_t events_waiting() const override { return inner_.events_waiting(); }
    Task<Result<core::Usage>> find_usage(std::string owner) override {
        return guard(inner_.find_usage(std::move(owner)));
    }
    Task<Result<std::optional<core::Quota>>> find_quota(std::string owner) override {
        return guard(inner_.find_quota(std::move(owner)));
    }
    Task<Result<>> set_quota(std::string owner, std::optional<core::Quota> quota) override {
        return guard(inner_.set_quota(std::move(owner), quota));
    }
    Task<Result<ports::CreateFilesOutcome>> create_files(std::vector<ports::NewFile> files,
                                                         core::Quota standard) override {
        return guard(inner_.create_files(std::move(files), standard));
    }
    Task<Result<core::File>> claim_file(UploadId id, core::FileClaim claim, WallTime now) override {
        return guard(inner_.claim_file(id, std::move(claim), now));
    }
    Task<Result<std::vector<UploadId>>> list_expired_files(WallTime now,
                                                           std::size_t limit) override {
        return guard(inner_.list_expired_files(now, limit));
    }
    Task<Result<>> remove_expired_file(UploadId id, WallTime now,
                                       std::optional<core::Event> event) override {
        return guard(inner_.remove_expired_file(id, now, std::move(event)));
    }

 private:
    template <class T>
    Task<Result<T>> guard(Task<Result<T>> call) {
        const bool fires = faults_.fires();
        if (fires && faults_.moment == FaultMoment::before) {
            co_return failure(Errc::unavailable, "injected");
        }
        auto answer = co_await std::move(call);
        if (fires) {
            co_return failure(Errc::outcome_unknown, "injected");
        }
        co_return answer;
    }

    ports::Catalog& inner_;
    Faults& faults_;
};

class FailingSink final : public ports::PartSink {
 public:
    FailingSink(std::unique_ptr<ports::PartSink> inner, Faults& faults)
        : inner_(std::move(inner)), faults_(faults) {}
    Task<Result<>> write(std::span<const std::byte> bytes) override {
        if (faults_.is_down) {
            co_return failure(Errc::unavailable, "the store is down");
        }
        if (faults_.fires()) {
            co_return failure(Errc::corrupted, "injected");
        }
        co_return co_await inner_->write(bytes);
    }
    Task<Result<std::string>> commit() override {
        if (faults_.is_down) {
            co_return failure(Errc::unavailable, "the store is down");
        }
        if (faults_.fires()) {
            co_return failure(Errc::corrupted, "injected");
        }
        co_return co_await inner_->commit();
    }

 private:
    std::unique_ptr<ports::PartSink> inner_;
    Faults& faults_;
};

class FailingDraft final : public ports::Draft {
 public:
    FailingDraft(std::unique_ptr<ports::Draft> inner, Faults& faults)
        : inner_(std::move(inner)), faults_(faults) {}
    Task<Result<>> copy(ports::PartRegion from, ByteOffset to) override {
        if (faults_.fires()) {
            co_return failure(Errc::corrupted, "injected");
        }
        co_return co_await inner_->copy(from, to);
    }
    Task<Result<>> sync() override {
        if (faults_.fires()) {
            co_return failure(Errc::corrupted, "injected");
        }
        co_return co_await inner_->sync();
    }

 private:
    std::unique_ptr<ports::Draft> inner_;
    Faults& faults_;
};

class FailingStore final : public ports::Store, public ports::DirectParts {
 public:
    FailingStore(ports::Store& inner, Faults& faults) : inner_(inner), faults_(faults) {}

    std::string_view name() const override { return inner_.name(); }
    bool needs_pieces() const override { return inner_.needs_pieces(); }
    bool publishes_slowly() const override { return inner_.publishes_slowly(); }
    ports::DirectParts* direct_parts() override {
        return inner_.direct_parts() != nullptr ? this : nullptr;
    }
    std::optional<std::string> refusal(const ports::BlobLayout& layout) const override {
        return inner_.direct_parts()->refusal(layout);
    }
    Task<Result<ports::PartAddress>> address(ports::BlobRef blob, ports::PartRegion region,
                                             Sha256 sha256,
                                             std::chrono::seconds lifetime) override {
        return guard(inner_.direct_parts()->address(std::move(blob), region, sha256, lifetime));
    }
    Task<Result<std::vector<ports::DirectPart>>> list_parts(ports::BlobRef blob) override {
        return guard(inner_.direct_parts()->list_parts(std::move(blob)));
    }
    bool is_staged_here(std::string_view placement) const override {
        return inner_.is_staged_here(placement);
    }
    bool composes(std::string_view placement) const override { return inner_.composes(placement); }
    bool has_common_places(std::string_view placement) const override {
        return inner_.has_common_places(placement);
    }
    Task<Result<std::string>> create(UploadId id, ports::BlobLayout layout) override {
        return guard(inner_.create(id, layout));
    }
    Task<Result<>> grow(ports::BlobRef blob, ByteCount capacity) override {
        return guard(inner_.grow(std::move(blob), capacity));
    }
    Task<Result<std::unique_ptr<ports::PartSink>>> open_part(ports::BlobRef blob,
                                                             ports::PartRegion region) override {
        return failing(guard(inner_.open_part(std::move(blob), region)));
    }
    Task<Result<std::unique_ptr<ports::PartSink>>> open_part_aside(
        ports::BlobRef blob, ports::PartRegion region) override {
        return failing(guard(inner_.open_part_aside(std::move(blob), region)));
    }
    Task<Result<>> publish(ports::BlobRef blob, ports::Content content) override {
        return guard(inner_.publish(std::move(blob), std::move(content)));
    }
    Task<Result<>> remove(UploadId id) override { return guard(inner_.remove(id)); }
    Task<Result<>> remove_staged(UploadId id) override { return guard(inner_.remove_staged(id)); }
    Task<Result<std::unique_ptr<ports::Draft>>> create_draft(ports::DraftName name,
                                                             ByteCount size) override {
        return failing(guard(inner_.create_draft(name, size)));
    }
    Task<Result<std::unique_ptr<ports::Draft>>> open_draft(ports::DraftName name,
                                                           ByteCount size) override {
        return failing(guard(inner_.open_draft(name, size)));
    }
    Task<Result<>> publish_draft(ports::DraftName name, ports::Content content) override {
        return guard(inner_.publish_draft(name, std::move(content)));
    }
    Task<Result<>> discard_drafts(UploadId id) override { return guard(inner_.discard_drafts(id)); }
    Task<Result<std::vector<ports::DraftName>>> list_drafts() override {
        return guard(inner_.list_drafts());
    }
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_published(UploadId id) override {
        return guard(inner_.open_published(id));
    }
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_staged(UploadId id) override {
        return guard(inner_.open_staged(id));
    }
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_pieces(
        ports::BlobRef blob, std::vector<ports::StoredPiece> pieces) override {
        return guard(inner_.open_pieces(std::move(blob), std::move(pieces)));
    }
    Task<Result<std::vector<ports::FoundPiece>>> list_pieces(ports::BlobRef blob) override {
        return guard(inner_.list_pieces(std::move(blob)));
    }
    Task<Result<std::unique_ptr<ports::BlobReader>>> open_uncached(UploadId id) override {
        return guard(inner_.open_uncached(id));
    }
    Task<Result<std::vector<ports::StagedBlob>>> list_staged() override {
        return guard(inner_.list_staged());
    }
    Task<Result<std::vector<UploadId>>> list_published(std::optional<UploadId> after,
                                                       std::size_t limit) override {
        return guard(inner_.list_published(after, limit));
    }
    Task<Result<>> trash(ports::TrashedBlob blob) override { return guard(inner_.trash(blob)); }
    Task<Result<std::vector<ports::TrashedBlob>>> list_trash() override {
        return guard(inner_.list_trash());
    }
    Task<Result<>> restore(ports::TrashedBlob blob) override { return guard(inner_.restore(blob)); }
    Task<Result<>> purge(ports::TrashedBlob blob) override { return guard(inner_.purge(blob)); }
    Task<Result<ByteCount>> free_space() override { return guard(inner_.free_space()); }

 private:
    template <class T>
    Task<Result<T>> guard(Task<Result<T>> call) {
        if (faults_.is_down) {
            co_return failure(Errc::unavailable, "the store is down");
        }
        const bool fires = faults_.fires();
        if (fires && faults_.moment == FaultMoment::before) {
            co_return failure(faults_.of_store, "injected");
        }
        auto answer = co_await std::move(call);
        if (fires) {
            co_return failure(faults_.of_store, "injected");
        }
        co_return answer;
    }

    Task<Result<std::unique_ptr<ports::PartSink>>> failing(
        Task<Result<std::unique_ptr<ports::PartSink>>> opening) {
        auto sink = co_await std::move(opening);
        if (!sink) {
            co_return std::unexpected(sink.error());
        }
        co_return std::make_unique<FailingSink>(std::move(*sink), faults_);
    }
    Task<Result<std::unique_ptr<ports::Draft>>> failing(
        Task<Result<std::unique_ptr<ports::Draft>>> opening) {
        auto draft = co_await std::move(opening);
        if (!draft) {
            co_return std::unexpected(draft.error());
        }
        co_return std::make_unique<FailingDraft>(std::move(*draft), faults_);
    }

    ports::Store& inner_;
    Faults& faults_;
};

}  // namespace slipway::testing

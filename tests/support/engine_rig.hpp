// EngineRig: the use cases over memory adapters, driven like a client would: for tests of engine
// and api.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_catalog.hpp"
#include "adapters/memory/memory_store.hpp"
#include "adapters/memory/memory_task_queue.hpp"
#include "adapters/memory/seeded_random.hpp"
#include "core/part_plan.hpp"
#include "engine/complete_upload.hpp"
#include "engine/create_upload.hpp"
#include "engine/end_upload.hpp"
#include "engine/files.hpp"
#include "engine/find_upload.hpp"
#include "engine/receive_part.hpp"
#include "engine/recover.hpp"
#include "engine/sweep.hpp"
#include "engine/world.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/run_blocking.hpp"
#include "telemetry/log.hpp"

namespace slipway::testing {

// A body that is there already, in pieces. Interrupting it makes it answer cancelled.
class TextSource final : public engine::ByteSource {
 public:
    explicit TextSource(std::string text, std::size_t piece = 4096)
        : text_(std::move(text)), piece_(piece) {}

    Task<Result<engine::ByteChunk>> next() override {
        ++reads_;
        if (interrupted_->load()) {
            co_return failure(Errc::cancelled, "interrupted");
        }
        if (fail_at_ && at_ >= *fail_at_) {
            co_return failure(fail_code_, "the body broke");
        }
        const std::size_t count = std::min(piece_, text_.size() - at_);
        engine::ByteChunk chunk;
        chunk.bytes = std::as_bytes(std::span(text_)).subspan(at_, count);
        at_ += count;
        co_return std::move(chunk);
    }
    std::function<void()> interrupter() override {
        return [flag = interrupted_] { flag->store(true); };
    }

    void fail_at(std::size_t offset, Errc code) {
        fail_at_ = offset;
        fail_code_ = code;
    }
    int reads() const { return reads_; }

 private:
    std::string text_;
    std::size_t piece_;
    std::size_t at_ = 0;
    int reads_ = 0;
    std::optional<std::size_t> fail_at_;
    Errc fail_code_ = Errc::cancelled;
    std::shared_ptr<std::atomic<bool>> interrupted_ = std::make_shared<std::atomic<bool>>(false);
};

class EngineRig {
 public:
    EngineRig() : EngineRig(nullptr, nullptr) {}
    // Over these stores.
    explicit EngineRig(std::vector<engine::StoreUse> uses)
        : EngineRig(nullptr, nullptr, std::move(uses)) {}

    // Other adapters in front of the memory ones: fault injectors.
    EngineRig(std::function<std::unique_ptr<ports::Catalog>(ports::Catalog&)> wrap_catalog,
              std::function<std::unique_ptr<ports::Store>(ports::Store&)> wrap_store,
              std::vector<engine::StoreUse> uses = {})
        : wrapped_catalog_(wrap_catalog ? wrap_catalog(memory_catalog) : nullptr),
          wrapped_store_(wrap_store ? wrap_store(memory_store) : nullptr),
          stores(uses.empty() ? std::vector<engine::StoreUse>{{wrapped_store_ ? *wrapped_store_
                                                                              : memory_store}}
                              : std::move(uses)),
          world{.catalog = wrapped_catalog_ ? *wrapped_catalog_ : memory_catalog,
                .stores = stores,
                .clock = clock,
                .random = random,
                .buffers = buffers,
                .sessions = sessions,
                .metrics = metrics,
                .tasks = queue,
                .options = {}} {
        telemetry::set_log_level(telemetry::Level::off);
        loops.start();
    }
    ~EngineRig() { loops.stop(); }

    template <class T>
    static T run(Task<T> task) {
        return runtime::run_blocking(std::move(task));
    }

    static engine::RequestContext context() { return {.request_id = "test", .owner = "alice"}; }

    engine::Outcome<core::Upload> create(core::PartPlan plan, core::DeclaredDigests declared = {}) {
        engine::NewUpload wanted;
        wanted.file_name = "file";
        wanted.plan = plan;
        wanted.declared = declared;
        return run(engine::CreateUpload(world).run(context(), wanted));
    }

    engine::PartGrant grant(const core::Upload& upload, std::uint32_t number) const {
        engine::PartClaims claims;
        claims.upload = upload.id;
        claims.epoch = upload.epoch;
        claims.number = PartNumber(number);
        claims.length = core::length_of(upload.plan, claims.number);
        claims.expires_at = unix_seconds(clock.wall()) + 60;
        claims.key_id = signer.key_id();
        return *signer.verify(claims, signer.sign(claims), clock.wall());
    }

    engine::Outcome<engine::ReceivedPart> put(const core::Upload& upload, std::uint32_t number,
                                              std::string body, StatedDigests stated = {}) {
        TextSource source(body);
        return run(put_task(upload, number, ByteCount(body.size()), stated, source));
    }

    Task<engine::Outcome<engine::ReceivedPart>> put_task(core::Upload upload, std::uint32_t number,
                                                         ByteCount length, StatedDigests stated,
                                                         engine::ByteSource& source) {
        engine::ReceivePart receiver(world);
        engine::PartRequest request{grant(upload, number), length, stated};
        co_return co_await receiver.run(context(), std::move(request), source);
    }

    engine::Outcome<core::File> complete(UploadId id) {
        engine::CompleteRequest request;
        request.upload = id;
        return run(engine::CompleteUpload(world).run(context(), request));
    }
    engine::Outcome<> abort(UploadId id) {
        return run(engine::EndUpload(world).abort(context(), id));
    }
    engine::Outcome<engine::UploadStatus> status(UploadId id) {
        return run(engine::FindUpload(world).status(context(), id));
    }

    // The content of a completed file, by way of the use case that serves it.
    std::string content(UploadId id) {
        const auto open = run(engine::Files(world).open(context(), id));
        if (!open) {
            return "(not to be opened)";
        }
        std::string text(open->reader->size().value(), '\0');
        const auto got =
            run(open->reader->read_at(ByteOffset(0), std::as_writable_bytes(std::span(text))));
        return got && *got == text.size() ? text : "(short)";
    }

    adapters::memory::ManualClock clock;
    adapters::memory::SeededRandom random{20261122};
    adapters::memory::MemoryCatalog memory_catalog;
    adapters::memory::MemoryStore memory_store;
    adapters::memory::MemoryTaskQueue queue;
    telemetry::Metrics registry;
    runtime::BufferPool buffers{4_MiB};
    runtime::EventLoops loops{2};
    engine::UploadSessions sessions{loops};
    engine::EngineMetrics metrics{registry};
    engine::PartSigner signer{engine::SigningKey{"test", {std::byte{1}}}};

 private:
    std::unique_ptr<ports::Catalog> wrapped_catalog_;
    std::unique_ptr<ports::Store> wrapped_store_;

 public:
    engine::Stores stores;
    engine::World world;
};

inline std::string text_of_size(std::size_t size, char seed) {
    std::string text(size, seed);
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>(seed + static_cast<char>(i * 31 % 97));
    }
    return text;
}

}  // namespace slipway::testing

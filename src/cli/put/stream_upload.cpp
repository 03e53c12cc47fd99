#include "cli/put/stream_upload.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "cli/json.hpp"
#include "core/part_plan.hpp"
#include "runtime/group.hpp"

namespace slipway::cli {

namespace {

// How often a URL is replaced, and a part that was garbled on its way is sent again.
constexpr int kRounds = 4;
constexpr const char* kShown = "-";

// The bytes of a part, from memory, as one attempt sends them.
class ChunkSource final : public http::BodySource {
 public:
    using Count = std::function<void(std::uint64_t)>;
    ChunkSource(std::shared_ptr<std::vector<std::byte>> bytes, Count count)
        : bytes_(std::move(bytes)), count_(std::move(count)) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        const std::size_t taken = std::min(out.size(), bytes_->size() - at_);
        std::ranges::copy(std::span(*bytes_).subspan(at_, taken), out.begin());
        at_ += taken;
        count_(taken);
        co_return taken;
    }

 private:
    const std::shared_ptr<std::vector<std::byte>> bytes_;
    const Count count_;
    std::size_t at_ = 0;
};

bool is_worth_another_round(const Answer& answer) {
    return answer.status == 422 || needs_new_url(answer);
}

}  // namespace

StreamUpload::StreamUpload(PutContext& context, InputStream& input, std::string name)
    : context_(context), input_(input), name_(std::move(name)) {}

Task<Outcome<>> StreamUpload::run() {
    if (auto opened = co_await open(); !opened) {
        co_return opened;
    }
    auto sent = co_await send_all();
    if (sent) {
        sent = co_await complete();
    }
    if (!sent) {
        co_return std::unexpected(co_await give_up(std::move(sent.error())));
    }
    co_return sent;
}

Task<Outcome<>> StreamUpload::open() {
    const auto& options = context_.options;
    NewUpload upload;
    upload.file_name = name_;
    upload.chunk_size = options.chunk_size;
    upload.sizes = core::PartSizes::free;
    upload.content_type = options.content_type;
    upload.metadata = options.metadata;
    auto opened = co_await open_upload(context_.api, std::move(upload));
    if (!opened) {
        co_return std::unexpected(std::move(opened.error()));
    }
    id_ = opened->id;
    for (auto& url : opened->urls) {
        urls_.emplace(url.number, std::move(url));
    }
    context_.reporter.started({kShown, id_, 0, 0, options.chunk_size});
    co_return Outcome<>{};
}

Task<Result<StreamUpload::Chunk>> StreamUpload::read_chunk() {
    auto work = [&input = input_, size = context_.options.chunk_size]() -> Result<Chunk> {
        auto chunk = std::make_shared<std::vector<std::byte>>(size);
        const auto got = input.read(*chunk);
        if (!got) {
            return std::unexpected(got.error());
        }
        chunk->resize(*got);
        return chunk;
    };
    co_return co_await context_.pool.run(std::move(work));
}

Task<Outcome<>> StreamUpload::send_all() {
    auto chunk = co_await read_chunk();
    while (chunk && !(*chunk)->empty()) {
        if (++parts_ > core::kMaxParts) {
            co_return fail(
                ExitCode::failed,
                "the input is longer than 10000 parts; a larger --chunk-size takes more");
        }
        Outcome<> sent;
        const auto group = co_await runtime::Group::open();
        group->spawn(send_into(sent, *chunk));
        chunk = co_await read_chunk();
        co_await group->wait();
        if (!sent) {
            co_return sent;
        }
    }
    if (!chunk) {
        co_return fail(chunk.error());
    }
    co_return Outcome<>{};
}

Task<void> StreamUpload::send_into(Outcome<>& outcome, Chunk chunk) {
    outcome = co_await send_part(parts_, std::move(chunk));
    if (!outcome) {
        // Who writes into the pipe may not write for a long time.
        input_.stop();
    }
}

Task<Outcome<PartUrl>> StreamUpload::take_url(std::uint32_t number) {
    if (auto known = urls_.extract(number)) {
        co_return std::move(known.mapped());
    }
    co_return co_await part_url(context_.api, id_, number);
}

Task<Outcome<Answer>> StreamUpload::transfer(std::uint32_t number, Chunk chunk,
                                             const Sha256& digest) {
    auto url = co_await take_url(number);
    if (!url) {
        co_return std::unexpected(url.error());
    }
    std::uint64_t moved = 0;
    const ApiClient::Send send = [&](unsigned) { return send_once(*url, chunk, digest, moved); };
    co_return co_await context_.api.exchange("-, part " + std::to_string(number), send);
}

Task<Result<http::ClientResponse>> StreamUpload::send_once(PartUrl& url, Chunk chunk,
                                                           const Sha256& digest,
                                                           std::uint64_t& moved) {
    url = co_await answering_url(context_.api, id_, std::move(url));
    http::ClientRequest request;
    request.method = url.method;
    request.url = context_.api.absolute(url.url);
    request.headers = url.headers;
    request.headers.set("Content-Digest", "sha-256=:" + encode_base64(digest.view()) + ":");
    // What a broken attempt had moved does not count.
    context_.reporter.moved(-static_cast<std::int64_t>(moved));
    moved = 0;
    auto count = [&reporter = context_.reporter, &moved](std::uint64_t bytes) {
        moved += bytes;
        reporter.moved(static_cast<std::int64_t>(bytes));
    };
    request.body = http::StreamBody{std::make_shared<ChunkSource>(chunk, std::move(count)),
                                    ByteCount(chunk->size())};
    co_return co_await context_.api.send(std::move(request));
}

Task<Outcome<>> StreamUpload::send_part(std::uint32_t number, Chunk chunk) {
    auto work = [this, chunk] {
        if (context_.options.declare_sha256) {
            whole_.update(*chunk);
        }
        return hash::sha256(*chunk);
    };
    const Sha256 digest = co_await context_.pool.run(std::move(work));
    Outcome<Answer> answer;
    for (int round = 0; round < kRounds; ++round) {
        answer = co_await transfer(number, chunk, digest);
        if (!answer || !is_worth_another_round(*answer)) {
            break;
        }
    }
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (!answer->ok()) {
        co_return fail(*answer);
    }
    const auto body = parse_object(answer->body);
    const auto stored = body ? read_sha256(*body, "sha256") : std::unexpected(body.error());
    if (!stored || *stored != digest) {
        co_return fail(ExitCode::corrupt, "the server acknowledged part " + std::to_string(number) +
                                              " with another digest");
    }
    chain_.add(digest);
    size_ += chunk->size();
    context_.reporter.part({kShown, id_, number, chunk->size(), encode_hex(digest.view())});
    co_return Outcome<>{};
}

Task<Outcome<>> StreamUpload::complete() {
    CompletionStatement statement;
    statement.total_parts = parts_;
    if (context_.options.declare_sha256) {
        statement.sha256 = whole_.finish();
    }
    const auto completed = co_await complete_upload(context_.api, id_, statement);
    if (!completed) {
        co_return std::unexpected(completed.error());
    }
    if (completed->chain != chain_.value() || completed->size != size_) {
        co_return fail(ExitCode::corrupt, "the server completed the upload as " + completed->id +
                                              " with another content than was sent");
    }
    context_.reporter.completed({kShown, completed->id, context_.api.absolute(completed->url),
                                 completed->size, encode_hex(chain_.value().view())});
    co_return Outcome<>{};
}

Task<Failure> StreamUpload::give_up(Failure failure) {
    const auto aborted = co_await abort_upload(context_.api, id_);
    const bool ended = aborted && (aborted->ok() || is_upload_gone(failure_of(*aborted)));
    failure.message += ended ? "; the upload was ended, as a stream cannot be read again"
                             : "; upload " + id_ + " is left on the server until it expires";
    co_return failure;
}

}  // namespace slipway::cli

#include "cli/put/part_sender.hpp"

#include "base/encoding.hpp"
#include "cli/json.hpp"
#include "cli/put/store_answer.hpp"
#include "hash/digester.hpp"

namespace slipway::cli {

namespace {

// Up to here a part is read once and kept; beyond, it is read to be hashed and again to be sent.
constexpr std::uint64_t kKeptInMemory = 1 << 20;
// How often a URL is replaced, and a part that was garbled on its way is sent again.
constexpr int kRounds = 4;

Result<std::string> read_small(const SourceFile& file, ByteRange range) {
    std::string bytes(range.length.value(), '\0');
    const auto count = file.read_at(std::as_writable_bytes(std::span(bytes.data(), bytes.size())),
                                    range.first.value());
    if (!count) {
        return std::unexpected(count.error());
    }
    if (*count < bytes.size()) {
        return failure(Errc::invalid, "the file became shorter");
    }
    return bytes;
}

}  // namespace

struct PartSender::Prepared {
    std::uint32_t number = 0;
    ByteRange range;
    Sha256 sha256;
    std::string bytes;  // of a small part
};

Task<Outcome<PartSender::Prepared>> PartSender::prepare(std::uint32_t number) {
    const auto range = session_.layout.range_of(number);
    auto work = [file = file_, range, number]() -> Result<Prepared> {
        Prepared part{number, range, {}, {}};
        if (range.length.value() > kKeptInMemory) {
            const auto digest = file->hash(range);
            if (!digest) {
                return std::unexpected(digest.error());
            }
            part.sha256 = *digest;
            return part;
        }
        auto bytes = read_small(*file, range);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        part.bytes = *std::move(bytes);
        part.sha256 = hash::sha256(std::as_bytes(std::span(part.bytes.data(), part.bytes.size())));
        return part;
    };
    auto part = co_await context_.pool.run(std::move(work));
    if (!part && part.error().code == Errc::invalid) {
        co_return fail(ExitCode::source_changed, "the file became shorter while it was uploaded");
    }
    if (!part) {
        co_return fail(part.error());
    }
    co_return *std::move(part);
}

Task<Outcome<PartUrl>> PartSender::take_url(std::uint32_t number) {
    if (auto found = session_.urls.extract(number)) {
        co_return std::move(found.mapped());
    }
    co_return co_await part_url(context_.api, session_.id, number);
}

http::ClientRequest PartSender::make_request(const Prepared& part, const PartUrl& url,
                                             std::uint64_t& moved) {
    http::ClientRequest request;
    request.method = url.method;
    request.url = context_.api.absolute(url.url);
    request.headers = url.headers;
    if (!session_.direct) {
        request.headers.set("Content-Digest",
                            "sha-256=:" + encode_base64(part.sha256.view()) + ":");
    }
    // What a broken attempt had moved does not count.
    context_.reporter.moved(-static_cast<std::int64_t>(moved));
    moved = 0;
    if (part.range.length.value() <= kKeptInMemory) {
        request.body = part.bytes;
        return request;
    }
    auto count = [&reporter = context_.reporter, &moved](std::uint64_t bytes) {
        moved += bytes;
        reporter.moved(static_cast<std::int64_t>(bytes));
    };
    request.body = http::StreamBody{
        std::make_shared<FileSource>(file_, part.range, context_.pool, std::move(count)),
        part.range.length};
    return request;
}

Task<Result<http::ClientResponse>> PartSender::send_once(const Prepared& part, PartUrl& url,
                                                         std::uint64_t& moved) {
    if (!session_.direct) {
        url = co_await answering_url(context_.api, session_.id, std::move(url));
    }
    co_return co_await context_.api.send(make_request(part, url, moved));
}

Task<Outcome<Answer>> PartSender::transfer(const Prepared& part, PartUrl url) {
    std::uint64_t moved = 0;
    const ApiClient::Send send = [this, &part, &url, &moved](unsigned) {
        return send_once(part, url, moved);
    };
    auto answer =
        co_await context_.api.exchange(label_ + ", part " + std::to_string(part.number), send);
    const auto counted = answer && answer->ok() ? part.range.length.value() : 0;
    context_.reporter.moved(static_cast<std::int64_t>(counted) - static_cast<std::int64_t>(moved));
    co_return answer;
}

Task<Outcome<Sha256>> PartSender::send(std::uint32_t number) {
    const auto part = co_await prepare(number);
    if (!part) {
        co_return std::unexpected(part.error());
    }
    co_return session_.direct ? co_await send_to_store(*part) : co_await send_to_server(*part);
}

// The store answers no digest: it has checked that which its URL demands.
Task<Outcome<Sha256>> PartSender::send_to_store(const Prepared& part) {
    for (int round = 1;; ++round) {
        const auto url = co_await part_url(context_.api, session_.id, part.number, part.sha256);
        // Someone else completed the upload: whether with these bytes is what the chain will tell.
        if (!url && url.error().code == "upload_complete") {
            co_return part.sha256;
        }
        if (!url) {
            co_return std::unexpected(url.error());
        }
        const auto answer = co_await transfer(part, *url);
        if (auto unchanged = co_await check_unchanged(file_, context_.pool); !unchanged) {
            co_return std::unexpected(std::move(unchanged.error()));
        }
        if (!answer) {
            co_return std::unexpected(store_out_of_reach(answer.error(), url->url));
        }
        const StoreVerdict verdict = judge_store(*answer);
        if (verdict == StoreVerdict::stored) {
            co_return part.sha256;
        }
        if (verdict == StoreVerdict::refused || round == kRounds) {
            co_return std::unexpected(store_failure(*answer, url->url, part.number));
        }
    }
}

Task<Outcome<Sha256>> PartSender::send_to_server(const Prepared& part) {
    Outcome<Answer> answer;
    for (int round = 0; round < kRounds; ++round) {
        const auto url = co_await take_url(part.number);
        if (!url) {
            co_return std::unexpected(url.error());
        }
        answer = co_await transfer(part, *url);
        if (auto unchanged = co_await check_unchanged(file_, context_.pool); !unchanged) {
            co_return std::unexpected(std::move(unchanged.error()));
        }
        // A digest that did not match, of a file that is the same, was garbled on its way.
        if (!answer || !(needs_new_url(*answer) || answer->status == 422)) {
            break;
        }
    }
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    // Someone else completed the upload: whether with these bytes is what the chain will tell.
    if (answer->status == 409 && answer->error == "upload_complete") {
        co_return part.sha256;
    }
    if (!answer->ok()) {
        co_return fail(*answer);
    }
    const auto body = parse_object(answer->body);
    const auto stored = body ? read_sha256(*body, "sha256") : std::unexpected(body.error());
    if (!stored || *stored != part.sha256) {
        co_return fail(ExitCode::corrupt, "the server acknowledged part " +
                                              std::to_string(part.number) + " with another digest");
    }
    co_return part.sha256;
}

}  // namespace slipway::cli

#include "cli/get/download.hpp"

#include <algorithm>
#include <vector>

namespace slipway::cli {

namespace {

constexpr std::size_t kReadSize = 1 << 20;
// How often a part may arrive wrong before it is taken for wrong at its origin.
constexpr int kCorruptLimit = 3;

// Feeds what is in the target to the verifier; the target is cut where it is wrong.
Result<> verify_existing(DownloadTarget& target, PartVerifier& verifier) {
    std::vector<std::byte> buffer(kReadSize);
    while (verifier.position() < target.existing()) {
        const auto count = target.read_at(buffer, verifier.position());
        if (!count) {
            return std::unexpected(count.error());
        }
        if (*count == 0 || !verifier.add(std::span(buffer).first(*count))) {
            break;
        }
    }
    if (!target.cut(verifier.position()) && target.existing() > 0) {
        return failure(Errc::internal, "cannot shorten what was downloaded before");
    }
    return {};
}

}  // namespace

Download::Download(ApiClient& api, Reporter& reporter, runtime::BlockingPool& pool,
                   const RemoteFile& file, DownloadTarget& target, std::string shown)
    : api_(api),
      reporter_(reporter),
      pool_(pool),
      file_(file),
      target_(target),
      shown_(std::move(shown)),
      verifier_(file.table.parts) {}

Task<Outcome<>> Download::run() {
    const auto& table = file_.table;
    reporter_.expect(1, table.size);
    if (auto taken = co_await take_existing(); !taken) {
        co_return taken;
    }
    TransferStart start{shown_, file_.id, table.size, table.total_parts, table.chunk_size};
    start.done_bytes = verifier_.position();
    if (verifier_.position() > 0) {
        reporter_.resumed(start);
    } else {
        reporter_.started(start);
    }
    int corrupt = 0;
    verifier_.add({});
    while (!verifier_.complete()) {
        const auto before = verifier_.position();
        auto fetched = co_await fetch();
        if (fetched && verifier_.position() > before) {
            continue;
        }
        if (fetched) {
            co_return fail(ExitCode::corrupt, "the server sends fewer bytes than the file has");
        }
        if (fetched.error().exit == ExitCode::corrupt && ++corrupt < kCorruptLimit &&
            target_.cut(verifier_.position())) {
            reporter_.notice(shown_ + ": a part came with other bytes than its digest; again");
            continue;
        }
        // As long as each try brings something, a bad line is only slow.
        if (fetched.error().exit != ExitCode::unavailable || verifier_.position() <= before) {
            co_return fetched;
        }
    }
    co_return Outcome<>{};
}

Task<Outcome<>> Download::take_existing() {
    auto work = [this] { return verify_existing(target_, verifier_); };
    const auto taken = co_await pool_.run(std::move(work));
    co_return taken ? Outcome<>() : fail(taken.error());
}

http::ClientRequest Download::make_request() const {
    auto request = api_.request(http::Method::get, "/files/" + file_.id);
    const auto position = verifier_.position();
    if (position > 0) {
        request.headers.add("Range", "bytes=" + std::to_string(position) + "-");
    }
    if (!file_.etag.empty()) {
        request.headers.add("If-Match", file_.etag);
    }
    request.check_head = [position](unsigned status, const http::Headers& headers) -> Result<> {
        const auto range = headers.find("Content-Range").value_or("");
        const auto expected = "bytes " + std::to_string(position) + "-";
        const bool fits =
            position == 0 ? status == 200 : status == 206 && range.starts_with(expected);
        return fits || status / 100 != 2
                   ? Result<>()
                   : failure(Errc::unsupported,
                             "the server does not answer with the range asked for");
    };
    return request;
}

Task<Result<>> Download::take(std::span<const std::byte> bytes) {
    auto work = [this, bytes]() -> Result<> {
        if (auto written = target_.write_at(bytes, verifier_.position()); !written) {
            return written;
        }
        garbled_ = !verifier_.add(bytes);
        return garbled_ ? failure(Errc::corrupted, "the bytes of a part do not have its digest")
                        : Result<>();
    };
    auto taken = co_await pool_.run(std::move(work));
    api_.note_progress();
    reporter_.moved(static_cast<std::int64_t>(bytes.size()));
    co_return taken;
}

Task<Outcome<>> Download::fetch() {
    garbled_ = false;
    const ApiClient::Send send = [this](unsigned) {
        const http::BodySink sink = [this](std::span<const std::byte> bytes) {
            return take(bytes);
        };
        return api_.send(make_request(), sink);
    };
    const auto answer = co_await api_.exchange(shown_, send);
    if (garbled_) {
        co_return fail(ExitCode::corrupt, "the bytes of a part do not have its digest");
    }
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    if (answer->status == 412) {
        co_return fail(ExitCode::corrupt, "the file changed on the server during the download");
    }
    co_return answer->ok() ? Outcome<>() : fail(*answer);
}

}  // namespace slipway::cli

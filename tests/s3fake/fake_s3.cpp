#include "s3fake/fake_s3.hpp"

#include <cstring>
#include <stdexcept>

#include "http/server.hpp"
#include "runtime/run_blocking.hpp"
#include "runtime/sleep.hpp"
#include "s3fake/fake_auth.hpp"
#include "s3fake/fake_operation.hpp"
#include "s3fake/fake_payload.hpp"

namespace slipway::s3fake {

namespace {

constexpr auto kSlow = std::chrono::milliseconds(300);
constexpr ByteCount kMaxBody{512 << 20};

// A body that breaks off after half of it.
class HalfBody final : public http::BodySource {
 public:
    explicit HalfBody(std::string text) : text_(std::move(text)) {}
    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        const std::size_t half = text_.size() / 2;
        const std::size_t count = std::min(out.size(), half - given_);
        if (count == 0) {
            co_return failure(Errc::cancelled, "cut on purpose");
        }
        std::memcpy(out.data(), text_.data() + given_, count);
        given_ += count;
        co_return count;
    }

 private:
    const std::string text_;
    std::size_t given_ = 0;
};

http::Response response_of(FakeAnswer answer, http::Method method) {
    http::Response response{.status = answer.status,
                            .headers = std::move(answer.headers),
                            .body = {},
                            .head_length = {}};
    if (method == http::Method::head) {
        response.head_length = ByteCount(answer.body.size());
    } else if (!answer.body.empty()) {
        response.body = std::move(answer.body);
    }
    return response;
}

http::Response cut() {
    http::Response response;
    response.headers.set(CuttingRelay::kCut, "yes");
    return response;
}

http::Response half_of(FakeAnswer answer) {
    const ByteCount length(answer.body.size());
    http::Response response{.status = answer.status,
                            .headers = std::move(answer.headers),
                            .body = {},
                            .head_length = {}};
    response.body = http::StreamBody{std::make_shared<HalfBody>(std::move(answer.body)), length};
    return response;
}

FakeAnswer slow_down(unsigned retry_after) {
    FakeAnswer answer = answer_of({503, "SlowDown", "Please reduce your request rate."});
    answer.headers.set("Retry-After", std::to_string(retry_after));
    return answer;
}

FakeAnswer error_in_200() {
    FakeAnswer answer = answer_of({200, "InternalError", "We encountered an internal error."});
    answer.body.insert(0, "  \n ");
    return answer;
}

http::Response broken_request(unsigned status, const std::string& reason) {
    return response_of(answer_of({status, "InvalidRequest", reason}), http::Method::get);
}

Task<bool> drained(http::Server& server) {
    co_await server.drain(std::chrono::milliseconds(0));
    co_return true;
}

bool leaves_undone(Fault fault) {
    return fault == Fault::internal_error || fault == Fault::slow_down ||
           fault == Fault::error_in_200 || fault == Fault::cut_before;
}

// What is told of a call, whether it was done or not.
http::Response tell(Fault fault, FakeAnswer answer, http::Method method, unsigned retry_after) {
    switch (fault) {
        case Fault::internal_error:
        case Fault::late_error:
            return response_of(answer_of({500, "InternalError", "on purpose"}), method);
        case Fault::slow_down:
            return response_of(slow_down(retry_after), method);
        case Fault::error_in_200:
        case Fault::late_error_in_200:
            return response_of(error_in_200(), method);
        case Fault::cut_before:
        case Fault::lost_answer:
            return cut();
        case Fault::cut_in_answer:
            // An answer without a body has no middle.
            return answer.body.size() < 2 ? cut() : half_of(std::move(answer));
        default:
            return response_of(std::move(answer), method);
    }
}

}  // namespace

class FakeS3::Running {
 public:
    explicit Running(FakeOptions options)
        : options_(std::move(options)),
          store_(options_),
          buffers_(ByteCount(64 << 20)),
          blocking_(1),
          loops_(1),
          server_(std::make_unique<http::Server>(
              http::ServerOptions{}, loops_, blocking_, buffers_, metrics_,
              [this](http::Request& request) { return handle(request); }, broken_request)) {
        loops_.start();
        if (const auto started = server_->start(); !started) {
            throw std::runtime_error(started.error().detail);
        }
        relay_ = std::make_unique<CuttingRelay>(loops_.at(0), server_->port());
    }
    ~Running() {
        relay_.reset();
        runtime::run_blocking(drained(*server_));
        server_.reset();
        loops_.stop();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    const FakeOptions& options() const { return options_; }
    FakeFaults& faults() { return faults_; }
    FakeStore& store() { return store_; }
    CuttingRelay& relay() { return *relay_; }

 private:
    static WallTime now() {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now());
    }

    Task<http::Response> handle(http::Request& request) {
        FakeRequest call = understand(request.head);
        const auto refuse = [&call](const FakeError& error) {
            return response_of(answer_of(error), call.method);
        };
        const Admission admission = admit(request.head, options_, now());
        if (admission.refused) {
            co_return refuse(*admission.refused);
        }
        if (auto wrong = check_strictly(call)) {
            co_return refuse(*wrong);
        }
        auto raw = co_await request.body.read_all(kMaxBody);
        if (!raw && options_.takes_half_bodies) {
            raw = std::string(request.body.length().value_or(0_B).value(), '\0');
        }
        if (!raw) {
            co_return refuse({400, "IncompleteBody", raw.error().detail});
        }
        if (auto wrong = take_payload(call, *std::move(raw), admission, options_)) {
            co_return refuse(*wrong);
        }
        const Fault fault = faults_.draw(call.operation);
        if (fault == Fault::slow) {
            co_await runtime::sleep_for(kSlow);
        }
        FakeAnswer done;
        if (!leaves_undone(fault)) {
            done = store_.handle(call, now(),
                                 fault == Fault::stale_list ? Freshness::stale : Freshness::now);
        }
        co_return tell(fault, std::move(done), call.method, options_.retry_after);
    }

    const FakeOptions options_;
    FakeStore store_;
    FakeFaults faults_;
    telemetry::Metrics metrics_;
    runtime::BufferPool buffers_;
    runtime::BlockingPool blocking_;
    runtime::EventLoops loops_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<CuttingRelay> relay_;
};

FakeS3::FakeS3(FakeOptions options) : running_(std::make_unique<Running>(std::move(options))) {}
FakeS3::~FakeS3() = default;

std::string FakeS3::url() const {
    return "http://127.0.0.1:" + std::to_string(running_->relay().port());
}

const FakeOptions& FakeS3::options() const {
    return running_->options();
}

FakeFaults& FakeS3::faults() {
    return running_->faults();
}

FakeState FakeS3::state() const {
    return running_->store().state();
}

void FakeS3::change(const std::function<void(FakeState&)>& change) {
    running_->store().change(change);
}

void FakeS3::go_down() {
    running_->relay().close();
}

void FakeS3::come_back() {
    running_->relay().open();
}

}  // namespace slipway::s3fake

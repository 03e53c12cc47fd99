// ApiClient: the calls of the native API (docs/protocol.md), each retried as far as that can help.
// It knows the server and the key; what is uploaded or downloaded, and why, is the commands'
// matter.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "cli/answer.hpp"
#include "cli/outcome.hpp"
#include "cli/servers/server_directory.hpp"
#include "http/client.hpp"
#include "runtime/retry.hpp"
#include "runtime/task.hpp"

namespace slipway::cli {

struct ApiSettings {
    // As the user names the server, without a slash at its end; and what that means.
    std::string base_url;
    ServerLocation location;
    DirectoryOptions directory;
    std::string key;     // empty for none
    std::string cacert;  // as http::ClientOptions::ca
    unsigned retries = 10;
    std::chrono::milliseconds max_wait{300'000};
    std::chrono::milliseconds stall_timeout{30'000};
};

// Who wants to know that a call is being tried again.
using RetryObserver = std::function<void(const std::string& what, const runtime::RetryNotice&)>;

// Used on one event loop; calls may overlap.
class ApiClient final {
 public:
    ApiClient(ApiSettings settings, runtime::RetryWorld world);

    // One attempt of a call: makes its request anew, because a body can be sent only once.
    using Send = std::function<Task<Result<http::ClientResponse>>(unsigned attempt)>;

    // Sends until there is a final answer, of whatever status. Fails with `unavailable` when the
    // attempts or the time are used up, and with what a stream of the request failed with. `what`
    // names the call to the user.
    Task<Outcome<Answer>> exchange(std::string what, Send send);

    // As exchange(): a call with the key; `body` is JSON or empty. Every attempt is the same.
    Task<Outcome<Answer>> call(std::string what, http::Method method, std::string path,
                               std::string body = {}, http::Headers headers = {});

    // Within exchange(), for one attempt: a request to the server, to one of several that has not
    // just failed, with the key.
    http::ClientRequest request(http::Method method, std::string_view path) const;
    // Within exchange(): sends, and remembers of a server whether it answered.
    Task<Result<http::ClientResponse>> send(http::ClientRequest request,
                                            http::BodySink sink = nullptr);

    // What names the server, or all of them, from one command to the next.
    const std::string& base_url() const { return settings_.base_url; }
    // The address of something that the server named by its path. After a call was answered.
    std::string absolute(std::string_view url) const;
    // Whether this is the address of one of several servers, and that one has just failed.
    bool is_away(std::string_view url) const { return servers_.rests(url); }

    // Something came through, though its call has not ended: the server is there.
    void note_progress() { outage_.succeeded(); }

    void observe_retries(RetryObserver observer) { observer_ = std::move(observer); }

 private:
    Task<runtime::Tried<Answer>> attempt(const Send& send, unsigned number);
    runtime::Again decide(Judgement judgement, std::uint64_t successes_before,
                          std::chrono::milliseconds wait);

    const ApiSettings settings_;
    const runtime::RetryPolicy policy_;
    runtime::RetryWorld world_;
    http::Client transport_;
    ServerDirectory servers_;
    OutageClock outage_;
    RetryObserver observer_;
};

}  // namespace slipway::cli

// One exchange on one connection: sends a request while looking out for an early answer, then takes
// the answer.
#pragma once

#include <cstddef>
#include <string>

#include "http/client.hpp"
#include "http/client_connection.hpp"
#include "http/client_url.hpp"

namespace slipway::http {

struct ExchangeOutcome {
    Result<ClientResponse> response;
    bool answer_began = false;    // a byte of an answer came, whatever became of it
    bool stream_touched = false;  // the body's source was read from and cannot be read again
    bool reusable = false;        // the connection can carry another exchange
};

// Where the body of the answer goes.
struct BodyTaking {
    const BodySink& sink;
    ByteCount collect_limit;  // where it is collected
};

// The request and the sink are the caller's and live until the exchange ends.
Task<ExchangeOutcome> exchange(ClientConnection& connection, const ClientUrl& url,
                               const ClientRequest& request, BodyTaking taking);

// Errors: invalid where a field or the URL would break the framing.
Result<std::string> format_request_head(const ClientUrl& url, const ClientRequest& request);

}  // namespace slipway::http

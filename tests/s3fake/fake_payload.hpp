// The bodies of calls to the fake: framing, hashes and checksums, all checked before anything is
// done.
#pragma once

#include <optional>
#include <string>

#include "s3fake/fake_auth.hpp"
#include "s3fake/fake_message.hpp"
#include "s3fake/fake_options.hpp"

namespace slipway::s3fake {

// Takes `raw` as the request's body, or says what is wrong with it.
std::optional<FakeError> take_payload(FakeRequest& request, std::string raw,
                                      const Admission& admission, const FakeOptions& options);

}  // namespace slipway::s3fake

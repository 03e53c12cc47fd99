// Which operation of S3 a request is, and whether it is one that the fake knows in every detail.
#pragma once

#include <optional>

#include "s3fake/fake_message.hpp"

namespace slipway::s3fake {

// The request without its body; `operation` is empty where there is none of this form.
FakeRequest understand(const http::RequestHead& head);
// An unknown parameter or x-amz field: a client's mistake that real stores may overlook.
std::optional<FakeError> check_strictly(const FakeRequest& request);

}  // namespace slipway::s3fake

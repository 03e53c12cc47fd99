// Where the keys of a store come from: a file or the environment, never the configuration or a
// command line. They are in no message.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "sigv4/signer.hpp"

namespace slipway::adapters::s3 {

// PREFIX_ACCESS_KEY, PREFIX_SECRET_KEY and, where the keys are those of a session,
// PREFIX_SESSION_TOKEN. Errors: invalid, with the name of the variable that is missing.
Result<sigv4::Credentials> credentials_from_environment(const std::string& prefix);

// The form of the AWS tools: a section "[profile]" with aws_access_key_id, aws_secret_access_key
// and perhaps aws_session_token, one "name = value" a line; lines that begin with # or ; say
// nothing. Errors: not_found (no such file), invalid (no such profile, a key is missing, over 64
// KiB).
Result<sigv4::Credentials> credentials_from_file(const std::filesystem::path& file,
                                                 const std::string& profile);

}  // namespace slipway::adapters::s3

// Where the keys of a store come from: a file or the environment, never the configuration or a
// command line. They are in no message.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sigv4/signer.hpp"

namespace slipway::adapters::s3 {

// Answers the value of an environment variable.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;
Variables process_variables();

// PREFIX_ACCESS_KEY_ID, PREFIX_SECRET_ACCESS_KEY and, where the keys are those of a session,
// PREFIX_SESSION_TOKEN. Errors: invalid, with the name of the variable that is missing.
Result<sigv4::Credentials> credentials_from_environment(const std::string& prefix,
                                                        const Variables& environment);

// The form of the AWS tools: a section "[profile]" with aws_access_key_id, aws_secret_access_key
// and perhaps aws_session_token, one "name = value" a line; lines that begin with # or ; say
// nothing. The first of `profiles` that the file has. Errors: not_found (no such file), invalid
// (none of the profiles, a key is missing, over 64 KiB).
Result<sigv4::Credentials> credentials_from_file(const std::filesystem::path& file,
                                                 const std::vector<std::string>& profiles);

// A file of a person's, whole. Errors: not_found, invalid (longer than `most`), and others of
// reading.
Result<std::string> read_small_file(const std::filesystem::path& file, std::size_t most);

}  // namespace slipway::adapters::s3

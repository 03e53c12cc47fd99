// What the ordinary fields of a form, and the names of its files, mean to slipway.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "http/form/form_parser.hpp"

namespace slipway::api::form {

// `sha256` and `md5` state the digest of the file that comes next; `_charset_` is the browser's;
// everything else is metadata of every file, as much as an upload may have.
class FormFields {
 public:
    std::expected<void, http::FormFault> add(http::FormField field);
    // Of the file that comes now; each is stated for one file.
    StatedDigests take_stated();
    // The form is at its end.
    std::expected<void, http::FormFault> finish() const;
    const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
    std::expected<void, http::FormFault> add_metadata(http::FormField field);

    StatedDigests stated_;
    std::map<std::string, std::string> metadata_;
    std::size_t metadata_bytes_ = 0;
};

// The last component of what a client sends as the name of a file: some send its path (RFC 7578
// section 4.2).
std::string_view base_name(std::string_view name);

// Nothing where the name and the type may be those of a file.
std::optional<http::FormFault> find_fault(const http::FormFile& file);

}  // namespace slipway::api::form

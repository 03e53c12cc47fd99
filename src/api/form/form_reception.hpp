// FormReception: receives one form: its files as they come, its fields, and keeps all of it or
// nothing.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/form/form_fields.hpp"
#include "engine/temporary/receive_files.hpp"
#include "http/body.hpp"

namespace slipway::api::form {

struct FormTerms {
    std::string boundary;
    ByteCount most;                // bytes of all files together
    std::optional<UploadId> file;  // which the first file is to be
};

// The form is malformed, or its files cannot be kept.
using FormRefusal = std::variant<http::FormFault, engine::Refusal>;

class FormReception {
 public:
    FormReception(engine::World& world, engine::RequestContext context, FormTerms terms);

    // Once. After a refusal nothing of the form is there.
    Task<std::expected<std::vector<core::File>, FormRefusal>> run(http::RequestBody& body);

 private:
    using Outcome = std::expected<void, FormRefusal>;

    Task<Outcome> receive(http::RequestBody& body);
    // All events of the bytes that were fed. `at_most`: of the body from these bytes on.
    Task<Outcome> take_events(std::optional<ByteCount> at_most);
    Task<Outcome> begin_file(http::FormFile file, std::optional<ByteCount> at_most);
    Task<Outcome> write(std::span<const std::byte> bytes);
    Task<Outcome> end_file();
    Outcome finish() const;

    engine::ReceiveFiles files_;
    const telemetry::RequestTag request_id_;
    http::FormParser parser_;
    FormFields fields_;
    std::optional<UploadId> next_id_;
    std::size_t received_ = 0;
    // A form was sent without choosing a file: that part has no name and no bytes.
    bool none_chosen_ = false;
};

}  // namespace slipway::api::form

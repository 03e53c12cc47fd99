// PartSender: brings one part to the server, or to its store: hashes it, sends it with its digest,
// and again where that helps.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/put/put_context.hpp"
#include "cli/put/upload_session.hpp"
#include "cli/source_file.hpp"

namespace slipway::cli {

class PartSender final {
 public:
    // All outlive it.
    PartSender(PutContext& context, UploadSession& session, std::shared_ptr<const SourceFile> file,
               std::string label)
        : context_(context), session_(session), file_(std::move(file)), label_(std::move(label)) {}

    // Completes when the server, or the store, has acknowledged the part with this digest, which is
    // then answered. Calls may overlap for different parts. Fails with source_changed when the file
    // is no longer what it was when opened.
    Task<Outcome<Sha256>> send(std::uint32_t number);

 private:
    struct Prepared;
    Task<Outcome<Prepared>> prepare(std::uint32_t number);
    Task<Outcome<Sha256>> send_to_server(const Prepared& part);
    Task<Outcome<Sha256>> send_to_store(const Prepared& part);
    Task<Outcome<PartUrl>> take_url(std::uint32_t number);
    Task<Outcome<Answer>> transfer(const Prepared& part, PartUrl url);
    Task<Result<http::ClientResponse>> send_once(const Prepared& part, PartUrl& url,
                                                 std::uint64_t& moved);
    http::ClientRequest make_request(const Prepared& part, const PartUrl& url,
                                     std::uint64_t& moved);

    PutContext& context_;
    UploadSession& session_;
    const std::shared_ptr<const SourceFile> file_;
    const std::string label_;
};

}  // namespace slipway::cli

#include "api/form/form_reception.hpp"

#include <utility>

namespace slipway::api::form {

namespace {

std::expected<void, FormRefusal> outcome_of(engine::Outcome<> outcome) {
    if (!outcome) {
        return std::unexpected(FormRefusal(std::move(outcome.error())));
    }
    return {};
}

std::unexpected<FormRefusal> refuse(http::FormFault fault) {
    return std::unexpected(FormRefusal(std::move(fault)));
}

}  // namespace

FormReception::FormReception(engine::World& world, engine::RequestContext context, FormTerms terms)
    : files_(world, context, terms.most),
      request_id_(context.request_id),
      parser_(terms.boundary),
      next_id_(terms.file) {}

Task<std::expected<std::vector<core::File>, FormRefusal>> FormReception::run(
    http::RequestBody& body) {
    auto received = co_await receive(body);
    if (!received) {
        co_await files_.discard();
        co_return std::unexpected(std::move(received.error()));
    }
    auto kept = co_await files_.keep(fields_.metadata());
    if (!kept) {
        co_await files_.discard();
        co_return std::unexpected(FormRefusal(std::move(kept.error())));
    }
    co_return *std::move(kept);
}

Task<FormReception::Outcome> FormReception::receive(http::RequestBody& body) {
    std::optional<ByteCount> left = body.length();
    for (;;) {
        // The buffer goes back before the next one is asked for.
        auto chunk = co_await body.next();
        if (!chunk && chunk.error().code == Errc::invalid) {
            co_return refuse(http::FormFault{"a body that is broken"});
        }
        if (!chunk) {
            co_return outcome_of(engine::refuse(chunk.error(), "receive_form", request_id_));
        }
        if (chunk->bytes.empty()) {
            co_return finish();
        }
        parser_.feed(chunk->bytes);
        if (auto taken = co_await take_events(left); !taken) {
            co_return taken;
        }
        if (left) {
            left = *left - ByteCount(chunk->bytes.size());
        }
    }
}

Task<FormReception::Outcome> FormReception::take_events(std::optional<ByteCount> at_most) {
    for (;;) {
        auto event = parser_.next();
        if (!event) {
            co_return refuse(std::move(event.error()));
        }
        Outcome taken;
        if (std::holds_alternative<http::FormNeedsMore>(*event)) {
            co_return taken;
        }
        if (auto* field = std::get_if<http::FormField>(&*event)) {
            if (auto added = fields_.add(std::move(*field)); !added) {
                co_return refuse(std::move(added.error()));
            }
        } else if (auto* file = std::get_if<http::FormFile>(&*event)) {
            taken = co_await begin_file(std::move(*file), at_most);
        } else if (const auto* bytes = std::get_if<http::FormBytes>(&*event)) {
            taken = co_await write(bytes->bytes);
        } else {
            taken = co_await end_file();
        }
        if (!taken) {
            co_return taken;
        }
    }
}

Task<FormReception::Outcome> FormReception::begin_file(http::FormFile file,
                                                       std::optional<ByteCount> at_most) {
    none_chosen_ = file.name.empty();
    if (none_chosen_) {
        co_return Outcome();
    }
    if (auto fault = find_fault(file)) {
        co_return refuse(*std::move(fault));
    }
    engine::FileToReceive wanted{.name = std::string(base_name(file.name)),
                                 .content_type = std::move(file.content_type),
                                 .stated = fields_.take_stated(),
                                 .id = std::exchange(next_id_, std::nullopt),
                                 .at_most = at_most};
    ++received_;
    co_return outcome_of(co_await files_.begin(std::move(wanted)));
}

Task<FormReception::Outcome> FormReception::write(std::span<const std::byte> bytes) {
    if (none_chosen_) {
        co_return refuse(http::FormFault{"a file without a name"});
    }
    co_return outcome_of(co_await files_.write(bytes));
}

Task<FormReception::Outcome> FormReception::end_file() {
    if (none_chosen_) {
        co_return Outcome();
    }
    co_return outcome_of(co_await files_.end());
}

FormReception::Outcome FormReception::finish() const {
    if (auto finished = parser_.finish(); !finished) {
        return refuse(std::move(finished.error()));
    }
    if (auto finished = fields_.finish(); !finished) {
        return refuse(std::move(finished.error()));
    }
    if (received_ == 0) {
        return refuse(http::FormFault{"no file"});
    }
    return {};
}

}  // namespace slipway::api::form

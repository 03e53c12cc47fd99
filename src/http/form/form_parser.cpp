#include "http/form/form_parser.hpp"

#include <utility>

#include "base/encoding.hpp"

namespace slipway::http {

namespace {

std::unexpected<FormFault> fault(std::string reason) {
    return std::unexpected(FormFault{std::move(reason)});
}

}  // namespace

FormParser::FormParser(std::string_view boundary, FormLimits limits)
    : limits_(limits), scanner_(boundary) {
    scanner_.begin_line();
}

void FormParser::feed(std::span<const std::byte> bytes) {
    input_ = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::expected<FormEvent, FormFault> FormParser::next() {
    while (state_ != State::failed) {
        if (input_.empty() && state_ != State::file_end) {
            return FormNeedsMore{};
        }
        Outcome outcome = step();
        if (!outcome) {
            state_ = State::failed;
            fault_ = std::move(outcome.error());
        } else if (*outcome) {
            return **std::move(outcome);
        }
    }
    return std::unexpected(fault_);
}

std::expected<void, FormFault> FormParser::finish() const {
    if (state_ == State::failed) {
        return std::unexpected(fault_);
    }
    if (state_ != State::closed && state_ != State::epilogue) {
        return fault("the body ends within the form");
    }
    return {};
}

FormParser::Outcome FormParser::step() {
    switch (state_) {
        case State::preamble:
            return skip_preamble();
        case State::epilogue:
            return skip_epilogue();
        case State::field:
            return read_field();
        case State::file:
            return read_file();
        case State::file_end:
            state_ = State::delimiter;
            return FormFileEnd{};
        case State::failed:
            return std::unexpected(fault_);
        case State::head:
        case State::delimiter:
        case State::dash:
        case State::padding:
        case State::newline:
        case State::closed:
        case State::closed_newline:
            break;
    }
    const char c = input_.front();
    input_.remove_prefix(1);
    return state_ == State::head ? read_head(c) : after_delimiter(c);
}

FormParser::Outcome FormParser::skip_preamble() {
    const auto [data, found] = scanner_.scan(input_);
    outside_ += data.size();
    if (outside_ > limits_.outside) {
        return fault("too much in front of the first part");
    }
    if (found) {
        outside_ = 0;
        state_ = State::delimiter;
    }
    return std::nullopt;
}

FormParser::Outcome FormParser::skip_epilogue() {
    outside_ += std::exchange(input_, {}).size();
    if (outside_ > limits_.outside) {
        return fault("too much behind the last part");
    }
    return std::nullopt;
}

// The line of a delimiter: white space and a line end, or two dashes in front of both.
FormParser::Outcome FormParser::after_delimiter(char c) {
    const bool is_closed = state_ == State::closed;
    if ((c == ' ' || c == '\t') && state_ != State::dash && state_ != State::newline &&
        state_ != State::closed_newline) {
        state_ = is_closed ? State::closed : State::padding;
        if (++padding_ > limits_.padding) {
            return fault("too much white space behind a delimiter");
        }
    } else if (c == '-' && state_ == State::delimiter) {
        state_ = State::dash;
    } else if (c == '-' && state_ == State::dash) {
        state_ = State::closed;
    } else if (c == '\r' && (state_ == State::delimiter || state_ == State::padding)) {
        state_ = State::newline;
    } else if (c == '\r' && is_closed) {
        state_ = State::closed_newline;
    } else if (c == '\n' && state_ == State::closed_newline) {
        state_ = State::epilogue;
    } else if (c == '\n' && state_ == State::newline) {
        if (++parts_ > limits_.parts) {
            return fault("more than " + std::to_string(limits_.parts) + " parts");
        }
        padding_ = 0;
        text_.clear();
        state_ = State::head;
    } else {
        return fault("a delimiter that something follows in its line");
    }
    return std::nullopt;
}

FormParser::Outcome FormParser::read_head(char c) {
    text_.push_back(c);
    if (text_ == "\r\n" || text_.ends_with("\r\n\r\n")) {
        return end_head();
    }
    if (text_.size() >= limits_.head) {
        return fault("a part's head of more than " + std::to_string(limits_.head) + " bytes");
    }
    return std::nullopt;
}

FormParser::Outcome FormParser::end_head() {
    auto head =
        parse_part_head(std::string_view(text_).substr(0, text_.size() - 2), limits_.head_fields);
    if (!head) {
        return std::unexpected(std::move(head.error()));
    }
    part_ = *std::move(head);
    text_.clear();
    // A part without content may have the delimiter right behind its head.
    scanner_.begin_line();
    if (!part_.file_name) {
        state_ = State::field;
        return std::nullopt;
    }
    state_ = State::file;
    return FormFile{std::move(part_.name), *std::move(part_.file_name),
                    std::move(part_.content_type)};
}

FormParser::Outcome FormParser::read_field() {
    const auto [data, found] = scanner_.scan(input_);
    field_bytes_ += data.size();
    if (data.size() > limits_.field - text_.size()) {
        return fault("a field of more than " + std::to_string(limits_.field) + " bytes");
    }
    if (field_bytes_ > limits_.fields) {
        return fault("fields of more than " + std::to_string(limits_.fields) + " bytes together");
    }
    text_ += data;
    if (!found) {
        return std::nullopt;
    }
    if (!is_utf8(text_)) {
        return fault("a field that is not UTF-8");
    }
    state_ = State::delimiter;
    return FormField{std::move(part_.name), std::exchange(text_, {})};
}

FormParser::Outcome FormParser::read_file() {
    const auto [data, found] = scanner_.scan(input_);
    if (found) {
        state_ = State::file_end;
    }
    if (data.empty()) {
        return std::nullopt;
    }
    return FormBytes{std::as_bytes(std::span(data))};
}

}  // namespace slipway::http

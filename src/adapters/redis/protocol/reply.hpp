// Reply: what a Redis server answers to one command (RESP2), as a value.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace slipway::adapters::redis {

struct Reply {
    struct Nil {
        friend bool operator==(Nil, Nil) = default;
    };
    struct Status {
        std::string text;
        friend bool operator==(const Status&, const Status&) = default;
    };
    // The command failed; the text begins with a word that says how.
    struct Failure {
        std::string text;
        friend bool operator==(const Failure&, const Failure&) = default;
    };
    using Array = std::vector<Reply>;

    std::variant<Nil, std::int64_t, std::string, Status, Failure, Array> value;

    const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value); }
    const std::string* bytes() const { return std::get_if<std::string>(&value); }
    const Status* status() const { return std::get_if<Status>(&value); }
    const Failure* failure() const { return std::get_if<Failure>(&value); }
    const Array* array() const { return std::get_if<Array>(&value); }
    friend bool operator==(const Reply&, const Reply&) = default;
};

}  // namespace slipway::adapters::redis

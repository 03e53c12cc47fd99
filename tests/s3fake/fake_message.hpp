// A call to the fake as it was understood, and what it answers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.hpp"

namespace slipway::s3fake {

struct FakeRequest {
    http::Method method = http::Method::get;
    std::string operation;  // its name in the S3 API; empty: none
    std::string bucket;
    std::string key;
    std::map<std::string, std::string, std::less<>> query;  // without those of a signature
    http::Headers headers;
    std::string body;                      // without any framing
    std::optional<std::string> crc64nvme;  // in base64, as stated in a head or trailer and checked

    std::string parameter(std::string_view name) const;
    std::string header(std::string_view name) const;
};

struct FakeAnswer {
    unsigned status = 200;
    http::Headers headers = {};
    std::string body = {};
};

struct FakeError {
    unsigned status;
    std::string code;
    std::string message = {};
};

FakeAnswer answer_of(const FakeError& error);
// Text with what XML reserves written as entities.
std::string xml_text(std::string_view text);
std::string xml_element(std::string_view name, std::string_view text);
// A document with that root, in the namespace of S3.
FakeAnswer xml_answer(std::string_view root, std::string_view content);

}  // namespace slipway::s3fake

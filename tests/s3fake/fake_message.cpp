#include "s3fake/fake_message.hpp"

namespace slipway::s3fake {

std::string FakeRequest::parameter(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string() : found->second;
}

std::string FakeRequest::header(std::string_view name) const {
    return std::string(headers.find(name).value_or(""));
}

std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '"':
                out += "&#34;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string xml_element(std::string_view name, std::string_view text) {
    return '<' + std::string(name) + '>' + xml_text(text) + "</" + std::string(name) + '>';
}

FakeAnswer xml_answer(std::string_view root, std::string_view content) {
    FakeAnswer answer;
    answer.headers.set("Content-Type", "application/xml");
    answer.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + std::string(root) +
                  " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + std::string(content) +
                  "</" + std::string(root) + '>';
    return answer;
}

FakeAnswer answer_of(const FakeError& error) {
    FakeAnswer answer;
    answer.status = error.status;
    answer.headers.set("Content-Type", "application/xml");
    answer.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>" +
                  xml_element("Code", error.code) + xml_element("Message", error.message) +
                  "<RequestId>fake</RequestId></Error>";
    return answer;
}

}  // namespace slipway::s3fake

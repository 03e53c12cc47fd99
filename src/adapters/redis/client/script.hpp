// Script: a Lua script that the server runs whole, and the name by which it knows it.
#pragma once

#include <string>
#include <string_view>

namespace slipway::adapters::redis {

class Script {
 public:
    explicit Script(std::string_view text);
    const std::string& text() const { return text_; }
    // SHA-1 of the text, in hexadecimal digits: what EVALSHA takes.
    const std::string& name() const { return name_; }

 private:
    std::string text_;
    std::string name_;
};

}  // namespace slipway::adapters::redis

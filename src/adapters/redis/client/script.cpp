#include "adapters/redis/client/script.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <span>

#include "base/encoding.hpp"

namespace slipway::adapters::redis {

Script::Script(std::string_view text) : text_(text) {
    constexpr std::size_t kSha1 = 20;
    std::array<unsigned char, kSha1> digest{};
    ::EVP_Digest(text_.data(), text_.size(), digest.data(), nullptr, ::EVP_sha1(), nullptr);
    name_ = encode_hex(std::as_bytes(std::span(digest)));
}

}  // namespace slipway::adapters::redis

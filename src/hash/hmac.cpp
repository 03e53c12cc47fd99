#include "hash/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <climits>
#include <cstdlib>

#include "hash/digester.hpp"

namespace slipway::hash {

Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message) {
    // OpenSSL counts the key in int; RFC 2104 replaces a key longer than a block by its digest in
    // any case.
    if (key.size() > INT_MAX) {
        return hmac_sha256(sha256(key).bytes, message);
    }
    // OpenSSL takes a null pointer for "no key", which is not the empty key.
    static constexpr std::byte kNothing{};
    const std::byte* key_data = key.empty() ? &kNothing : key.data();
    const std::byte* message_data = message.empty() ? &kNothing : message.data();
    Sha256 out;
    const auto* result =
        ::HMAC(EVP_sha256(), key_data, static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(message_data), message.size(),
               reinterpret_cast<unsigned char*>(out.bytes.data()), nullptr);
    if (result == nullptr) {
        std::abort();
    }
    return out;
}

bool equal_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace slipway::hash

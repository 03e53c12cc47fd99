// The only interface of OpenSSL that gives the state of a digest away is marked deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "hash/resumable.hpp"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>

namespace slipway::hash {

namespace {

constexpr char kVersion = 1;
constexpr std::size_t kSavedSize = 1 + 8 + 8 * 4 + 4 * 4;

void require(int openssl_result) {
    if (openssl_result != 1) {
        std::abort();
    }
}

// OpenSSL counts bits in two words.
template <class Context>
void set_size(Context& context, ByteCount size) {
    const std::uint64_t bits = size.value() * 8;
    context.Nl = static_cast<decltype(context.Nl)>(bits & 0xFFFFFFFFU);
    context.Nh = static_cast<decltype(context.Nh)>(bits >> 32U);
}

SHA256_CTX sha256_context(const std::array<std::uint32_t, 8>& state, ByteCount whole_blocks) {
    SHA256_CTX context;
    require(SHA256_Init(&context));
    std::ranges::copy(state, context.h);
    set_size(context, whole_blocks);
    return context;
}

MD5_CTX md5_context(const std::array<std::uint32_t, 4>& state, ByteCount whole_blocks) {
    MD5_CTX context;
    require(MD5_Init(&context));
    context.A = state[0];
    context.B = state[1];
    context.C = state[2];
    context.D = state[3];
    set_size(context, whole_blocks);
    return context;
}

template <class Word>
void put(std::string& out, Word value) {
    for (std::size_t shift = sizeof(Word) * 8; shift > 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> (shift - 8)) & 0xFFU));
    }
}

template <class Word>
Word take(std::string_view& in) {
    Word value = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        value = static_cast<Word>((value << 8U) | static_cast<unsigned char>(in[i]));
    }
    in.remove_prefix(sizeof(Word));
    return value;
}

}  // namespace

ResumableDigests::ResumableDigests() {
    SHA256_CTX sha256;
    require(SHA256_Init(&sha256));
    std::copy_n(sha256.h, sha256_.size(), sha256_.begin());
    MD5_CTX md5;
    require(MD5_Init(&md5));
    md5_ = {md5.A, md5.B, md5.C, md5.D};
}

void ResumableDigests::update(std::span<const std::byte> bytes) {
    const auto in_tail = static_cast<std::size_t>(size_.value() % kBlock);
    const ByteCount whole_blocks = size_ - ByteCount(in_tail);
    SHA256_CTX sha256 = sha256_context(sha256_, whole_blocks);
    MD5_CTX md5 = md5_context(md5_, whole_blocks);
    require(SHA256_Update(&sha256, tail_.data(), in_tail));
    require(MD5_Update(&md5, tail_.data(), in_tail));
    require(SHA256_Update(&sha256, bytes.data(), bytes.size()));
    require(MD5_Update(&md5, bytes.data(), bytes.size()));
    std::copy_n(sha256.h, sha256_.size(), sha256_.begin());
    md5_ = {md5.A, md5.B, md5.C, md5.D};
    size_ += ByteCount(bytes.size());
    const auto left = static_cast<std::size_t>(size_.value() % kBlock);
    if (bytes.size() >= left) {
        std::ranges::copy(bytes.last(left), tail_.begin());
    } else {
        std::ranges::copy(bytes, tail_.begin() + static_cast<std::ptrdiff_t>(in_tail));
    }
}

Sha256 ResumableDigests::sha256() const {
    const auto in_tail = static_cast<std::size_t>(size_.value() % kBlock);
    SHA256_CTX context = sha256_context(sha256_, size_ - ByteCount(in_tail));
    require(SHA256_Update(&context, tail_.data(), in_tail));
    Sha256 out;
    require(SHA256_Final(reinterpret_cast<unsigned char*>(out.bytes.data()), &context));
    return out;
}

Md5 ResumableDigests::md5() const {
    const auto in_tail = static_cast<std::size_t>(size_.value() % kBlock);
    MD5_CTX context = md5_context(md5_, size_ - ByteCount(in_tail));
    require(MD5_Update(&context, tail_.data(), in_tail));
    Md5 out;
    require(MD5_Final(reinterpret_cast<unsigned char*>(out.bytes.data()), &context));
    return out;
}

std::optional<std::string> ResumableDigests::save() const {
    if (size_.value() % kBlock != 0) {
        return std::nullopt;
    }
    std::string out(1, kVersion);
    put(out, size_.value());
    std::ranges::for_each(sha256_, [&out](std::uint32_t word) { put(out, word); });
    std::ranges::for_each(md5_, [&out](std::uint32_t word) { put(out, word); });
    return out;
}

std::optional<ResumableDigests> ResumableDigests::restore(std::string_view saved) {
    if (saved.size() != kSavedSize || saved.front() != kVersion) {
        return std::nullopt;
    }
    saved.remove_prefix(1);
    ResumableDigests digests;
    digests.size_ = ByteCount(take<std::uint64_t>(saved));
    std::ranges::generate(digests.sha256_, [&saved] { return take<std::uint32_t>(saved); });
    std::ranges::generate(digests.md5_, [&saved] { return take<std::uint32_t>(saved); });
    if (digests.size_.value() % kBlock != 0) {
        return std::nullopt;
    }
    return digests;
}

}  // namespace slipway::hash

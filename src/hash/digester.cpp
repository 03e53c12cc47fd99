#include "hash/digester.hpp"

#include <isa-l/crc.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "hash/crc64_kernels.hpp"

namespace slipway::hash {

namespace {

// OpenSSL 3 looks an implementation up by name at each EVP_sha256(): fetched once, for the life of
// the process.
const EVP_MD* fetch(const char* name) {
    const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
    if (digest == nullptr) {
        std::abort();
    }
    return digest;
}

const EVP_MD* sha256_digest() {
    static const EVP_MD* const digest = fetch("SHA256");
    return digest;
}

const EVP_MD* md5_digest() {
    static const EVP_MD* const digest = fetch("MD5");
    return digest;
}

void require(int openssl_result) {
    if (openssl_result != 1) {
        std::abort();
    }
}

EvpContext new_context(const EVP_MD* digest) {
    EvpContext context(EVP_MD_CTX_new());
    if (!context) {
        std::abort();
    }
    require(EVP_DigestInit_ex2(context.get(), digest, nullptr));
    return context;
}

template <class Digest>
Digest finish_context(EVP_MD_CTX* context) {
    Digest out;
    require(
        EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(out.bytes.data()), nullptr));
    // Without a digest, init keeps the one it has and only resets its state.
    require(EVP_DigestInit_ex2(context, nullptr, nullptr));
    return out;
}

}  // namespace

void EvpContextDeleter::operator()(EVP_MD_CTX* context) const {
    EVP_MD_CTX_free(context);
}

Sha256Hasher::Sha256Hasher() : context_(new_context(sha256_digest())) {}

void Sha256Hasher::update(std::span<const std::byte> bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Sha256 Sha256Hasher::finish() {
    return finish_context<Sha256>(context_.get());
}

Md5Hasher::Md5Hasher() : context_(new_context(md5_digest())) {}

void Md5Hasher::update(std::span<const std::byte> bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Md5 Md5Hasher::finish() {
    return finish_context<Md5>(context_.get());
}

void Crc32cHasher::update(std::span<const std::byte> bytes) {
    // ISA-L counts in int and takes a pointer to what it does not change.
    constexpr std::size_t kMost = std::size_t{1} << 30U;
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(bytes.size(), kMost));
        auto* data =
            const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(piece.data()));
        state_ = ::crc32_iscsi(data, static_cast<int>(piece.size()), state_);
        bytes = bytes.subspan(piece.size());
    }
}

Crc32c Crc32cHasher::finish() {
    return crc32c_from(~std::exchange(state_, ~std::uint32_t{0}));
}

void Crc64NvmeHasher::update(std::span<const std::byte> bytes) {
    static const Crc64Kernel kernel = crc64_paths().front().kernel;
    state_ = kernel(state_, bytes);
}

Crc64Nvme Crc64NvmeHasher::finish() {
    return crc64nvme_from(~std::exchange(state_, ~std::uint64_t{0}));
}

Sha256 sha256(std::span<const std::byte> bytes) {
    // A context costs more than the digest of a short text.
    thread_local Sha256Hasher hasher;
    hasher.update(bytes);
    return hasher.finish();
}

}  // namespace slipway::hash

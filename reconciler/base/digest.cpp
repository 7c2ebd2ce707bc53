// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace authzd {

namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex_of(const Digest& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex(digest.size() * 2, '0');
  for (std::size_t i = 0; i < digest.size(); ++i) {
    hex[2 * i] = kHex[digest[i] >> 4U];
    hex[2 * i + 1] = kHex[digest[i] & 0x0fU];
  }
  return hex;
}

/// Without a digest nothing can be compared: no plan is better than a wrong one.
[[noreturn]] void fail() {
  throw std::runtime_error("OpenSSL gives no SHA-256");
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::unique_ptr<EVP_MD_CTX, FreeContext> make_context() {
  std::unique_ptr<EVP_MD_CTX, FreeContext> made(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex(made.get(), EVP_sha256(), nullptr) != 1) fail();
  return made;
}

/// One per thread: OpenSSL's SHA256() looks up the algorithm at each call, which costs more than
/// the digest of a short text.
EVP_MD_CTX* context_of_thread() {
  static thread_local std::unique_ptr<EVP_MD_CTX, FreeContext> context = make_context();
  return context.get();
}

}  // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context = make_context();
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view text) {
  if (EVP_DigestUpdate(state_->context.get(), text.data(), text.size()) != 1) fail();
}

std::string Sha256::hex() && {
  Digest digest{};
  if (EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) != 1) fail();
  return hex_of(digest);
}

bool is_cut_too_short(std::string_view typed) {
  return typed.size() < kFewestDigits &&
         typed.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string sha256_hex(std::string_view text) {
  Digest digest{};
  EVP_MD_CTX* const context = context_of_thread();
  const bool is_done = EVP_DigestInit_ex(context, nullptr, nullptr) == 1 &&
                       EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
                       EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
  if (!is_done) fail();
  return hex_of(digest);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  Digest digest{};
  const auto key_size = static_cast<int>(key.size());
  HMAC(EVP_sha256(), key.data(), key_size, bytes_of(text), text.size(), digest.data(), nullptr);
  return hex_of(digest);
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/verify_keys.hpp"

#include "daemon/net/small_file.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kKeyTypes{"ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"};

Error unusable(const std::string& file, std::string_view why) {
  return {ErrorCode::invalid_config,
          "verify.keyFiles: " + printable(file) + " " + std::string(why)};
}

bool is_key_type(std::string_view word) {
  return std::any_of(kKeyTypes.begin(), kKeyTypes.end(), [word](std::string_view type) {
    return word.starts_with(type);
  });
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (line = trim(line); !line.empty(); line = trim(line)) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

/// The name that ssh-keygen gives the signer: the comment of the key, else its file.
std::string principal_of(const std::vector<std::string_view>& words, const std::string& file) {
  std::string name(words.size() > 2 ? words[2] : std::string_view(file));
  std::replace_if(
      name.begin(),
      name.end(),
      [](char c) { return c <= ' ' || c == ',' || c == '"' || c == '*' || c == '?' || c == '!'; },
      '_');
  return name;
}

/// A line in the format of allowed_signers; none if it is not an SSH key.
std::optional<std::string> signer_line(std::string_view line, const std::string& file) {
  const auto words = words_of(line);
  if (words.size() >= 2 && is_key_type(words[0])) {
    return principal_of(words, file) + " namespaces=\"git\" " + std::string(words[0]) + " " +
           std::string(words[1]) + "\n";
  }
  const bool has_key = std::any_of(words.begin(), words.end(), is_key_type);
  return words.size() >= 3 && has_key ? std::optional(std::string(trim(line)) + "\n")
                                      : std::nullopt;
}

/// The highest bit of a packet's first byte is set: PGP without armour.
bool is_binary_pgp(std::string_view text) {
  return !text.empty() && (static_cast<unsigned char>(text.front()) & 0x80U) != 0;
}

}  // namespace

Result<void> add_key_file(const std::string& file, std::string_view text, VerifyKeys& keys) {
  if (text.find("PRIVATE KEY") != std::string_view::npos) {
    return unusable(file, "holds a private key; give the public one, and keep that one away");
  }
  if (text.find("-----BEGIN PGP PUBLIC KEY BLOCK-----") != std::string_view::npos ||
      is_binary_pgp(text)) {
    keys.pgp.emplace_back(file, std::string(text));
    return {};
  }
  bool found = false;
  for (const std::string_view line : split_lines(text)) {
    if (trim(line).empty() || trim(line).starts_with('#')) continue;
    const auto signer = signer_line(line, file);
    if (!signer) return unusable(file, "has a line that is neither a PGP nor an SSH public key");
    keys.allowed_signers += *signer;
    found = true;
  }
  if (!found) return unusable(file, "holds no key");
  return {};
}

Result<VerifyKeys> read_verify_keys(const std::vector<std::string>& files) {
  VerifyKeys keys;
  std::string all;
  for (const std::string& file : files) {
    auto text = read_small_file(file, "a key of verify.keyFiles");
    if (!text) return std::move(text).error();
    if (auto added = add_key_file(file, *text, keys); !added) return std::move(added).error();
    all += file + '\0' + std::to_string(text->size()) + '\0' + *text;
  }
  keys.digest = sha256_hex(all);
  return keys;
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_signature.hpp"

#include "daemon/net/process_limits.hpp"
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
  const auto is_special = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte >= 0x80U ||
           std::string_view(",\"*?!").find(c) != std::string_view::npos;
  };
  std::replace_if(name.begin(), name.end(), is_special, '_');
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

namespace {

struct Flaw {
  std::string_view status;  // gpg's status word
  std::string_view why;     // follows the signer
};

// gpg reports several things about one signature; the first match in this list counts.
constexpr std::array<Flaw, 5> kFlaws{{
    {"BADSIG", "does not fit: the revision was changed after it was signed, by"},
    {"REVKEYSIG", "was made with a key that has been revoked, of"},
    {"EXPKEYSIG", "was made with a key that has expired since, of"},
    {"EXPSIG", "has expired, by"},
    {"NO_PUBKEY", "was made with a key that is not in verify.keyFiles:"},
}};

constexpr std::string_view kSsh = "signature for ";

/// The text after "[GNUPG:] STATUS " on its line.
std::string_view status_of(std::string_view said, std::string_view status) {
  const std::string sign = "[GNUPG:] " + std::string(status) + " ";
  for (const std::string_view line : split_lines(said)) {
    if (line.starts_with(sign)) return trim(line.substr(sign.size()));
  }
  return {};
}

std::string_view line_with(std::string_view said, std::string_view sign) {
  for (const std::string_view line : split_lines(said)) {
    if (line.find(sign) != std::string_view::npos) return trim(line);
  }
  return {};
}

Error refused(const std::string& why) {
  return {ErrorCode::invalid_manifest, why};
}

Error not_checked(const std::string& why) {
  return {ErrorCode::unavailable, "its signature cannot be checked: " + why};
}

Result<std::string> good_signer(std::string_view said) {
  const std::string_view pgp = status_of(said, "GOODSIG");
  if (!pgp.empty()) return printable(pgp);
  const std::string_view line = line_with(said, kSsh);
  if (!line.empty()) return printable(line.substr(line.find(kSsh) + kSsh.size()));
  return refused("the signature is good, but git does not say whose it is");
}

}  // namespace

std::string signer_of(std::string_view said) {
  const std::string_view pgp = status_of(said, "GOODSIG");
  if (!pgp.empty()) {
    const std::size_t end = pgp.find(' ');
    return std::string(end == std::string_view::npos ? std::string_view() : trim(pgp.substr(end)));
  }
  const std::string_view line = line_with(said, kSsh);
  if (line.empty()) return {};
  const std::string_view rest = line.substr(line.find(kSsh) + kSsh.size());
  return std::string(rest.substr(0, rest.find(" with ")));
}

Result<std::string> signature_verdict(std::string_view said, bool is_good) {
  if (is_good) return good_signer(said);
  // Any other output of gpg or ssh-keygen is then no verdict.
  if (tells_of_no_descriptors(said)) {
    return Error{ErrorCode::exhausted,
                 "its signature cannot be checked: " + printable(split_lines(trim(said)).back())};
  }
  for (const Flaw& flaw : kFlaws) {
    const std::string_view who = status_of(said, flaw.status);
    if (who.empty()) continue;
    return refused("its signature " + std::string(flaw.why) + " " + printable(who));
  }
  if (!line_with(said, "key has expired: ").empty()) {
    return refused("its signature was made with a key that has expired, by valid-before");
  }
  if (!line_with(said, "key is not yet valid: ").empty()) {
    return refused("its signature was made with a key that is not yet valid, by valid-after");
  }
  if (!line_with(said, "No principal matched").empty()) {
    constexpr std::string_view kWith = " with ";
    const std::string_view line = line_with(said, kWith);
    const std::size_t at = line.find(kWith);
    const std::string_view key = at == std::string_view::npos ? "" : line.substr(at + kWith.size());
    return refused("its signature was made with a key that is not in verify.keyFiles: " +
                   printable(key));
  }
  if (trim(said).empty()) return refused("it is not signed");
  if (!line_with(said, "incorrect signature").empty()) {
    return refused("its signature does not fit: the revision was changed after it was signed");
  }
  const std::string_view key = status_of(said, "ERRSIG");
  if (!key.empty()) return not_checked("gpg fails with the key " + printable(key));
  return not_checked(printable(split_lines(trim(said)).back()));
}

}  // namespace authzd

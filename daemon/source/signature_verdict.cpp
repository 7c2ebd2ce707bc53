// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/signature_verdict.hpp"

#include "daemon/net/process_limits.hpp"
#include "reconciler/base/text.hpp"

#include <array>

namespace authzd {
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

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Stand-ins for what nobody else may see: ids, names, addresses, free text. The same text has the
// same stand-in as long as the key is the same, and nobody can go back without the key, which is
// kept nowhere. The shape remains: a letter is a letter, a digit a digit, a GUID a GUID, 32 hex
// digits are 32 hex digits, an e-mail address is one, and text is as long as it was.
#pragma once

#include "reconciler/base/secret.hpp"
#include "reconciler/trace/vocabulary.hpp"

#include <string>
#include <string_view>

namespace authzd {

class Pseudonyms {
 public:
  /// `key` is random and of this trace alone. `names` must outlive this.
  Pseudonyms(Secret key, const PublishedNames& names) : key_(std::move(key)), names_(names) {}

  /// Nothing of the text is left but its punctuation and what marks a kind of id ("IBMid-",
  /// "iam-ServiceId-", "a/", "r006-").
  [[nodiscard]] std::string hidden(std::string_view text) const;

  /// As hidden(), but plain words, small numbers and published names stay: for messages and for
  /// values that are words. `digits`: of the longest number that stays. A name of several words
  /// ("data-backup") that was hidden before is hidden here, too.
  [[nodiscard]] std::string plain(std::string_view text, std::size_t digits = 5) const;

  /// A CRN part by part: its service, region and kind stay where they are plain.
  [[nodiscard]] std::string crn(std::string_view text) const;

  /// scheme://host[:port]/path?query#…: the host stays where everybody has it; see path().
  [[nodiscard]] std::string url(std::string_view text) const;

  /// The segments that name a call of IAM's stay, the others are hidden. Without a query.
  [[nodiscard]] std::string path(std::string_view text) const;

  /// The name of a service, where it is published or plain; else hidden.
  [[nodiscard]] std::string service(std::string_view text) const;

  /// The name of a member, a parameter or a header, where it is made of plain words; else hidden.
  [[nodiscard]] std::string name(std::string_view text) const;

  /// "3-<32 hex digits>", with or without quotes: the number stays. Else hidden.
  [[nodiscard]] std::string etag(std::string_view text) const;

  /// A whole number digit by digit. Small ones stay.
  [[nodiscard]] std::string number(std::string_view digits) const;

 private:
  enum class Alphabet { letters, hex };

  [[nodiscard]] std::string replaced(std::string_view text,
                                     bool keeps_plain,
                                     std::size_t digits) const;
  [[nodiscard]] std::string hidden_run(std::string_view run) const;
  [[nodiscard]] std::string stand_in(std::string_view unit, Alphabet alphabet) const;
  [[nodiscard]] std::string stand_in_of_address(std::string_view address) const;
  [[nodiscard]] bool is_kept(std::string_view run, std::size_t digits) const;

  void remember(std::string_view text) const;

  Secret key_;
  const PublishedNames& names_;
  mutable PublishedNames::Names plain_secrets_;  // hidden names that are made of plain words
};

/// What stands in the place of a secret, and of a token. pseudonyms leave both as they are.
inline constexpr std::string_view kSecretMask = "[secret]";
inline constexpr std::string_view kTokenMask = "[token]";

}  // namespace authzd

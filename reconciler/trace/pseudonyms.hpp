// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Pseudonyms for private texts: ids, names, addresses, free text. Equal texts have equal pseudonyms
// under one key. They cannot be reversed without the key, which is never stored. The shape stays: a
// letter is a letter, a digit a digit, a GUID a GUID, 32 hex digits are 32 hex digits, an e-mail
// address is one, and the length does not change.
#pragma once

#include "reconciler/base/secret.hpp"
#include "reconciler/trace/vocabulary.hpp"

#include <string>
#include <string_view>

namespace authzd {

class Pseudonyms {
 public:
  /// `key` is random and used for this trace only. `names` must outlive this.
  Pseudonyms(Secret key, const PublishedNames& names) : key_(std::move(key)), names_(names) {}

  /// Replaces everything except punctuation and the prefix of an id ("IBMid-", "iam-ServiceId-",
  /// "a/", "r006-").
  [[nodiscard]] std::string hidden(std::string_view text) const;

  /// Like hidden(), but keeps plain words, small numbers and published names: for messages and for
  /// values that are words. `digits`: of the longest number that is kept. A name of several words
  /// ("data-backup") that was hidden before is hidden here, too.
  [[nodiscard]] std::string plain(std::string_view text, std::size_t digits = 5) const;

  /// A CRN part by part: its service, region and kind are kept if they are plain.
  [[nodiscard]] std::string crn(std::string_view text) const;

  /// scheme://host[:port]/path?query#…: the host is kept if it is public; see path().
  [[nodiscard]] std::string url(std::string_view text) const;

  /// Keeps the segments of IAM's API, and hides the others. Without a query.
  [[nodiscard]] std::string path(std::string_view text) const;

  /// The name of a service, if it is published or plain; else hidden.
  [[nodiscard]] std::string service(std::string_view text) const;

  /// The name of a member, a parameter or a header, if it consists of plain words; else hidden.
  [[nodiscard]] std::string name(std::string_view text) const;

  /// "3-<32 hex digits>", with or without quotes: keeps the number. Else hidden.
  [[nodiscard]] std::string etag(std::string_view text) const;

  /// An integer digit by digit. Small ones are kept.
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
  mutable PublishedNames::Names plain_secrets_;  // hidden names that consist of plain words
};

/// Replaces a secret, and a token. Pseudonyms leave both unchanged.
inline constexpr std::string_view kSecretMask = "[secret]";
inline constexpr std::string_view kTokenMask = "[token]";

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The ownership marker at the end of a description: "(authzd: <owner>/<name>#<hash12>)", with "!"
// before the closing bracket if the policy is protected. It names its policy by the hash of the
// key, so a copy of it on another policy is detected.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct Marker {
  std::string owner;
  std::string name;    // metadata.name of the authorization
  std::string hash12;  // of the key that the policy was written for
  bool is_protected = false;

  bool operator==(const Marker&) const = default;
};

/// A parsed description. `text` is the rest without any marker, trimmed.
struct Description {
  std::string text;
  std::optional<Marker> marker;     // the last one
  std::vector<Marker> rivals = {};  // those before it, if not all are the same

  bool operator==(const Description&) const = default;
};

Description parse_description(std::string_view description);

/// A description that render_description() could have written with a marker, without copies: it has
/// one marker, at its end.
struct PlainDescription {
  std::string_view text;
  std::string_view owner;
  std::string_view name;
  std::string_view hash12;
  bool is_protected = false;
  /// False: it means the same, but there are other blanks than render_description() would write.
  bool is_to_the_letter = true;
};

/// None: it has no marker, several, or one in another place. Otherwise it is what
/// parse_description() returns. The views point into `description`.
std::optional<PlainDescription> plain_description(std::string_view description);

/// Whether one of its markers may be of a protected policy; false: none is. Costs no parsing.
bool may_be_protected(std::string_view description);

/// "text (authzd: owner/name#hash)": parse_description reads it back.
std::string render_description(const PlainDescription& parts);
std::string render_description(std::string_view text, const std::optional<Marker>& marker);

/// Whether it is written so, to the letter.
bool is_rendering(std::string_view description, const PlainDescription& parts);

/// True for a valid owner: 1–63 of [a-z0-9.-], starting and ending with a letter or digit.
bool is_owner_name(std::string_view text);

}  // namespace authzd

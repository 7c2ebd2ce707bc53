// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The names of services and their roles, and what people write instead: another case, the console's
// label, a part of a CRN, a typing error.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

/// Only the letters and digits, in lower case: the same for "Key Protect", "KeyProtect" and
/// "key-protect".
std::string folded(std::string_view text);

class ServiceNames {
 public:
  /// `label` is the product name: "Key Protect" for kms. May be empty.
  void add(const std::string& name, std::string_view label);

  /// All names, sorted.
  [[nodiscard]] const std::set<std::string, std::less<>>& all() const { return names_; }

  enum class Verdict {
    known,
    miswritten,  // another case, or the label, of a known service: not a valid name
    unknown,     // IBM may still have a service of that name
  };
  struct Judgement {
    Verdict verdict = Verdict::known;
    std::string meant = {};  // the right name of a miswritten one
  };
  [[nodiscard]] Judgement judge(std::string_view written) const;

  /// The known name most similar to an unknown one; empty if none is similar.
  [[nodiscard]] std::string nearest(std::string_view written) const;

  /// A role of that service: its display name, and the last part of its CRN.
  void add_role(const std::string& service, const std::string& name, std::string_view last_part);

  /// The role of the service that was probably meant by an unknown name: the name in another case,
  /// or the last part of its CRN. Empty: the name is right, or none matches.
  [[nodiscard]] std::string meant_role(std::string_view service, std::string_view written) const;

 private:
  struct RoleWords {
    std::set<std::string, std::less<>> names;
    std::map<std::string, std::string, std::less<>> folded;  // names and last parts → names
  };

  std::map<std::string, RoleWords, std::less<>> roles_;  // by service
  std::set<std::string, std::less<>> names_;
  std::map<std::string, std::string, std::less<>> labels_;  // folded names and labels → names
};

}  // namespace authzd

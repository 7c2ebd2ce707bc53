// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The parameters of an account while one of its documents is read.
#pragma once

#include "reconciler/model/params.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>

namespace authzd {

struct YamlNode;

/// What the manifests of an account have used of its parameters.
struct ParamUse {
  std::size_t room = 0;  // bytes that values may still add
  bool is_full = false;  // there was no room for one of them
  bool is_any = false;   // one was used
};

/// The parameters of an account while one document is read.
class ParamScope {
 public:
  /// Both must outlive it. `traits` null: as for expand_params().
  ParamScope(const AccountTraits* traits, ParamUse& use) : traits_(traits), use_(use) {}
  ParamScope(const ParamScope&) = delete;
  ParamScope& operator=(const ParamScope&) = delete;

  /// Each scalar is expanded once. Valid as long as this is.
  const ExpandedText& expand(const YamlNode& scalar);

  /// A value of the document came from a parameter.
  [[nodiscard]] bool has_replaced() const { return has_replaced_; }

  /// The account's name; empty if it is not known.
  [[nodiscard]] std::string account() const { return traits_ ? traits_->name : std::string(); }

  /// "did you mean …?", else the parameters that the account has.
  [[nodiscard]] std::string hint_for(const std::string& name) const;

 private:
  const AccountTraits* traits_;
  ParamUse& use_;
  bool has_replaced_ = false;
  std::unordered_map<const YamlNode*, ExpandedText> texts_;
};

}  // namespace authzd

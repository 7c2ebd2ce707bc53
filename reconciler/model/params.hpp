// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Parameters in the values of a manifest: "${params.NAME}" is replaced by the text that the account
// gives it. That happens in decoded values, never in YAML, so that a parameter can be nothing but
// text; the result is checked like a written value. "$${" is a "${" that means itself.
#pragma once

#include "reconciler/model/account_traits.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Why a text cannot be used.
struct ParamFault {
  enum class Kind {
    no_reference,  // "${" begins something else
    unknown,       // the account has no such parameter
    too_long,      // the manifests have no room for the value
  };
  Kind kind = Kind::no_reference;
  std::string reference;  // as written, "${params.kms}"; of no_reference its beginning
  std::string name = {};  // of the parameter

  bool operator==(const ParamFault&) const = default;
};

struct ExpandedText {
  std::string text;                        // use it only without faults
  std::vector<ParamFault> faults = {};     // in the order of the text
  std::vector<std::string> replaced = {};  // names of parameters
  std::size_t growth = 0;                  // bytes that the values add
  bool is_open = false;                    // is as it was written: the account is not known
};

/// Replaces the references in a text. `traits` null: the account is not known, so the text stays as
/// it is written. `room`: bytes that values may add.
ExpandedText expand_params(std::string_view text, const AccountTraits* traits, std::size_t room);

/// The text, with each "${" that means itself written so that it does: the inverse of
/// expand_params() for a text without references.
std::string escape_params(std::string_view text);

/// Whether a text may have a reference in it.
inline bool mentions_params(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

}  // namespace authzd

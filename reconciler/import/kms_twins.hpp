// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Key Protect replaces Hyper Protect Crypto Services. For each grant to hs-crypto this writes the
// grant to kms that its source needs before its keys can move (iam-api §14), and the end to
// announce for the old one. It guesses nothing: what cannot be derived is reported.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

struct TwinRequest {
  std::string from_instance = {};  // of hs-crypto; empty: all grants
  std::string to_instance;         // of kms
  Timestamp end;                   // to announce for the old grants
};

struct Twins {
  std::string yaml;  // documents; those that need the key's new id are comments
  std::size_t written = 0;
  std::size_t to_complete = 0;     // of the comments
  std::vector<std::string> notes;  // what a person must know or do, one line each
  std::string ends;                // what to add to which old manifest, and when
};

/// Grants that are suspended, released or already have a twin get none; a note says so.
Twins kms_twins(const Desired& desired, const TwinRequest& request);

}  // namespace authzd

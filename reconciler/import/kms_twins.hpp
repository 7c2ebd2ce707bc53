// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Hyper Protect Crypto Services is being left for Key Protect: for each grant to hs-crypto, the one
// to kms that its source needs before its keys can move (iam-api §14), and how the old one's end is
// announced. Nothing is guessed: what cannot be derived is said.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

struct TwinRequest {
  std::string from_instance = {};  // of hs-crypto; empty: grants to any
  std::string to_instance;         // of kms
  Timestamp end;                   // that is to be announced for the old grants
};

struct Twins {
  std::string yaml;  // documents; those whose key's new id only a person knows are comments
  std::size_t written = 0;
  std::size_t to_complete = 0;     // of the comments
  std::vector<std::string> notes;  // what a person has to know or do, one line each
  std::string ends;                // what to add to which old manifest, and when
};

/// Grants that are suspended, released or already have their twin get none; that is noted.
Twins kms_twins(const Desired& desired, const TwinRequest& request);

}  // namespace authzd

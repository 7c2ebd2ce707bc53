// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a trace may show as it is: the words of IAM's interface, and the names that IBM publishes.
// Whatever is not known here to be harmless is replaced (pseudonyms.hpp).
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

/// The names that IBM publishes.
struct PublishedNames {
  using Names = std::set<std::string, std::less<>>;

  Names services;   // "kms"
  Names roles;      // display names: "Service ID creator"
  Names role_crns;  // of roles whose CRN is not the name without its blanks
};

/// A word of English, HTTP or IAM that messages and the names of members are made of. Case is
/// ignored. No name of a person or of a company is among them.
bool is_plain_word(std::string_view word);

/// Text without blanks that is made of plain words alone ("stringEqualsAnyOf", "not_found",
/// "us-south"), with one number of up to `digits` digits.
bool is_plain_run(std::string_view run, std::size_t digits);

/// A host that everybody has: IAM's, the metadata services', loopback.
bool is_known_host(std::string_view host);

/// crn:v1:bluemix:public:SERVICE::::role:NAME or …:serviceRole:NAME: a role of IBM's own, since one
/// that a customer made has an account in it.
bool is_crn_of_ibm_role(std::string_view crn);

}  // namespace authzd

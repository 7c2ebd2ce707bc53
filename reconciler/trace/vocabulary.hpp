// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a trace may show unchanged: the words of IAM's API, and the names that IBM publishes.
// Everything that is not listed here is replaced (pseudonyms.hpp).
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
  Names role_crns;  // of roles whose CRN is not the name without spaces
};

/// A word of English, HTTP or IAM that occurs in messages and member names. Ignores case. Contains
/// no names of people or companies.
bool is_plain_word(std::string_view word);

/// Text without blanks that consists only of plain words ("stringEqualsAnyOf", "not_found",
/// "us-south"), with one number of up to `digits` digits.
bool is_plain_run(std::string_view run, std::size_t digits);

/// A public host: IAM's, the metadata services', loopback.
bool is_known_host(std::string_view host);

/// crn:v1:bluemix:public:SERVICE::::role:NAME or …:serviceRole:NAME: one of IBM's own roles. A
/// custom role has an account in its CRN.
bool is_crn_of_ibm_role(std::string_view crn);

}  // namespace authzd

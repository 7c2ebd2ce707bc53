// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What all pages of the console share: head, navigation, footer. The pages work without their
// script, and have neither inline script nor inline style: the listener's policy forbids them.
#pragma once

#include "daemon/console/html.hpp"
#include "reconciler/base/time.hpp"

#include <string>
#include <string_view>

namespace authzd::console {

/// The entries of the navigation; `none` is a page beside them.
enum class Section { none, overview, runs, history, reach };

struct Frame {
  std::string version;  // of authzd
  Timestamp now = {};   // when the page is made: it shows ages
  bool can_sign_out = false;
};

/// The head's title, and the entry of the navigation that is marked.
struct Heading {
  std::string title;
  Section section = Section::none;
};

/// A complete document. `main` has the one h1 of the page.
std::string page(const Frame& frame, const Heading& heading, const Markup& main);

/// A part of a page that the script replaces when it refreshes the page. `id`: unique in the page.
Markup part(std::string_view id, const Markup& content);

/// One message, such as an error, as a page.
std::string message_page(const Frame& frame, std::string_view title, std::string_view message);

struct SignInForm {
  std::string next = "/";  // where to go after it: a local path
  std::string fault = {};  // why the last attempt failed; empty: there was none
};

/// The form that takes the token. It has no navigation: nobody is signed in.
std::string sign_in_page(const Frame& frame, const SignInForm& form);

}  // namespace authzd::console

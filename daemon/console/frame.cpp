// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/frame.hpp"

#include "daemon/console/assets.hpp"
#include "daemon/console/words.hpp"

namespace authzd::console {
namespace {

Markup head(const std::string& title) {
  return literal(
             "<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
             "initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">"
             "<meta name=\"robots\" content=\"noindex\">") +
         element("title", text(title, 200)) +
         void_element("link", {{"rel", "stylesheet"}, {"href", style_asset().target}}) +
         void_element("link", {{"rel", "icon"}, {"href", icon_asset().target}}) +
         element("script", {{"src", script_asset().target}, {"defer", ""}}, {}) +
         literal("</head>\n");
}

Markup entry(std::string_view name, const std::string& target, bool is_current) {
  Attributes attributes{{"href", target}};
  if (is_current) attributes.emplace_back("aria-current", "page");
  return element("li", element("a", attributes, text(name)));
}

Markup navigation(Section current) {
  return element("nav",
                 {{"aria-label", "Console"}},
                 element("ul",
                         entry("Accounts", "/", current == Section::overview) +
                             entry("Runs", "/runs", current == Section::runs) +
                             entry("History", "/history", current == Section::history) +
                             entry("Reach", "/reach", current == Section::reach)));
}

Markup brand() {
  return literal("<a class=\"brand\" href=\"/\">authzd</a>");
}

Markup sign_out() {
  return literal(
      "<form method=\"post\" action=\"/sign-out\"><button class=\"quiet\">Sign "
      "out</button></form>");
}

Markup footer(const Frame& frame) {
  return element("footer",
                 element("p",
                         text("authzd " + frame.version + " · as of ") +
                             element("time", text(time_text(frame.now))) +
                             text(" · This console only shows. What changes something is a command "
                                  "to copy to a terminal.")));
}

std::string document(const std::string& title, const Markup& body) {
  return (literal("<!DOCTYPE html>\n<html lang=\"en\">\n") + head(title) +
          element("body",
                  literal("<a class=\"skip\" href=\"#main\">Skip to the content</a>\n") + body) +
          literal("\n</html>\n"))
      .str();
}

Markup main_of(const Markup& content) {
  return element("main", {{"id", "main"}, {"tabindex", "-1"}}, content);
}

}  // namespace

std::string page(const Frame& frame, const Heading& heading, const Markup& main) {
  const Markup top =
      brand() + navigation(heading.section) + (frame.can_sign_out ? sign_out() : Markup{});
  return document(heading.title + " · authzd",
                  element("header", top) + literal("\n") + main_of(main) + literal("\n") +
                      part("as-of", footer(frame)));
}

Markup part(std::string_view id, const Markup& content) {
  return element("div", {{"id", std::string(id)}, {"data-part", ""}}, content) + literal("\n");
}

std::string message_page(const Frame& frame, std::string_view title, std::string_view message) {
  return page(frame,
              {std::string(title), Section::none},
              element("h1", text(title)) + element("p", text(message)) +
                  element("p", link("/", text("To the accounts"))));
}

std::string sign_in_page(const Frame& frame, const SignInForm& form) {
  Markup fields = literal(
      "<label for=\"token\">Token</label><input id=\"token\" name=\"token\" type=\"password\" "
      "autocomplete=\"current-password\" spellcheck=\"false\" autofocus required "
      "aria-describedby=\"hint\">");
  fields += void_element("input", {{"type", "hidden"}, {"name", "next"}, {"value", form.next}});
  fields += literal(
      "<p id=\"hint\" class=\"quiet\">The content of <code>admin.tokenFile</code>. Whoever may "
      "read "
      "that file on the daemon's host may look; nobody can change anything here.</p>"
      "<button>Sign in</button>");
  Markup content = element("h1", text("Sign in"));
  if (!form.fault.empty()) {
    content += element("p", {{"class", "fault"}, {"role", "alert"}}, text(form.fault));
  }
  content += element("form", {{"method", "post"}, {"action", "/sign-in"}}, fields);
  return document(
      "Sign in · authzd",
      element("header", brand()) + literal("\n") +
          element("main", {{"id", "main"}, {"tabindex", "-1"}, {"class", "sign-in"}}, content) +
          element("footer", element("p", text("authzd " + frame.version))));
}

}  // namespace authzd::console

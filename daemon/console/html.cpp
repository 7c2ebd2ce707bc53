// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/html.hpp"

#include "reconciler/base/text.hpp"

namespace authzd::console {
namespace {

/// Safe as text and in an attribute's value.
std::string escaped(std::string_view any) {
  std::string safe;
  safe.reserve(any.size());
  for (const char c : printable(any)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string opening(std::string_view name, const Attributes& attributes) {
  std::string tag = "<" + std::string(name);
  for (const auto& [key, value] : attributes) {
    tag += " " + std::string(key) + "=\"" + escaped(value) + "\"";
  }
  return tag + ">";
}

}  // namespace

Markup literal(Literal html) {
  return Markup(std::string(html.text()));
}

std::string clipped(std::string_view any, std::size_t most) {
  if (any.size() <= most) return std::string(any);
  return std::string(whole_characters(any, most)) + "…";
}

Markup text(std::string_view any, std::size_t most) {
  return Markup(escaped(clipped(any, most)));
}

Markup element(std::string_view name, const Attributes& attributes, const Markup& content) {
  return Markup(opening(name, attributes) + content.str() + "</" + std::string(name) + ">");
}

Markup void_element(std::string_view name, const Attributes& attributes) {
  return Markup(opening(name, attributes));
}

Markup of_class(std::string_view name, std::string_view of, const Markup& content) {
  return element(name, {{"class", std::string(of)}}, content);
}

Markup link(const std::string& target, const Markup& content) {
  return element("a", {{"href", target}}, content);
}

}  // namespace authzd::console

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// HTML that cannot contain markup from outside: a Markup is made of literals in this program, of
// elements, and of text, which is escaped. There is no way from a string to a Markup but text().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd::console {

class Literal;

class Markup {
 public:
  Markup() = default;

  [[nodiscard]] const std::string& str() const& { return html_; }
  [[nodiscard]] std::string str() && { return std::move(html_); }
  [[nodiscard]] bool empty() const { return html_.empty(); }
  [[nodiscard]] std::size_t size() const { return html_.size(); }

  Markup& operator+=(const Markup& other) {
    html_ += other.html_;
    return *this;
  }
  friend Markup operator+(Markup one, const Markup& other) {
    one += other;
    return one;
  }

 private:
  explicit Markup(std::string html) : html_(std::move(html)) {}

  std::string html_;

  friend Markup literal(Literal);
  friend Markup text(std::string_view, std::size_t);
  friend Markup element(std::string_view,
                        const std::vector<std::pair<std::string_view, std::string>>&,
                        const Markup&);
  friend Markup void_element(std::string_view,
                             const std::vector<std::pair<std::string_view, std::string>>&);
};

/// Text that stands in this program.
class Literal {
 public:
  consteval Literal(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// Markup as it is written.
Markup literal(Literal html);

/// What one text may have at most, in bytes, unless the caller says less: nobody outside decides
/// how long a page is.
inline constexpr std::size_t kMostText = 2'000;

/// Any text, printable and escaped; what is longer than `most` ends in "…".
Markup text(std::string_view any, std::size_t most = kMostText);

/// The same as a string: the first `most` bytes, never a part of a character, and "…".
std::string clipped(std::string_view any, std::size_t most);

/// Names are this program's. Values may be anything: they are escaped.
using Attributes = std::vector<std::pair<std::string_view, std::string>>;

Markup element(std::string_view name, const Attributes& attributes, const Markup& content);
Markup void_element(std::string_view name, const Attributes& attributes);

inline Markup element(std::string_view name, const Markup& content) {
  return element(name, Attributes{}, content);
}

/// An element of a class.
Markup of_class(std::string_view name, std::string_view of, const Markup& content);

/// A link to a page of this site.
Markup link(const std::string& target, const Markup& content);

}  // namespace authzd::console

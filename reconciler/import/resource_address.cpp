// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/resource_address.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/base/unicode.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::string_view kModule = "module.";
constexpr std::size_t kHashInName = 6;
constexpr std::uint32_t kReplacement = 0xfffdU;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

bool is_identifier_char(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

/// Terraform's own rule, except for letters of other scripts.
bool is_identifier(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, is_identifier_char) && printable(text) == text;
}

/// The length of a key at the beginning of `text`; 0: there is none.
std::size_t key_length(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  bool is_quoted = false;
  for (std::size_t at = 1; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && c == ']') {
      return at + 1;
    }
  }
  return 0;
}

/// "module.a["x"].module.b[0]" without its keys; none if it is not a module path.
std::optional<std::string> without_keys(std::string_view module) {
  std::string out;
  while (!module.empty()) {
    if (!module.starts_with(kModule)) return std::nullopt;
    module.remove_prefix(kModule.size());
    const std::string_view name = module.substr(0, module.find_first_of(".["));
    if (!is_identifier(name)) return std::nullopt;
    if (!out.empty()) out += '.';
    (out += kModule) += name;
    module.remove_prefix(name.size());
    module.remove_prefix(key_length(module));
    if (module.empty()) break;
    if (!module.starts_with('.') || module.size() == 1) return std::nullopt;
    module.remove_prefix(1);
  }
  return out;
}

/// The base of a name: an address without the words that every address has.
std::string telling_part(std::string_view module, std::string_view name, std::string_view key) {
  std::string text;
  while (!module.empty()) {
    const auto at = module.find(kModule);
    text += module.substr(0, at);
    module.remove_prefix(at == std::string_view::npos ? module.size() : at + kModule.size());
  }
  return text + "." + std::string(name) + std::string(key);
}

}  // namespace

std::string index_key(std::uint64_t number) {
  return "[" + std::to_string(number) + "]";
}

std::string index_key(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    const std::string_view as_is = text.substr(0, c.bytes);
    text.remove_prefix(c.bytes);
    if (c.value == '\n') {
      escaped += "\\n";
    } else if (!c.is_valid() || is_unsafe(c.value)) {
      escaped += quoted_escape(c.is_valid() ? c.value : kReplacement);
    } else {
      const bool opens = (c.value == '$' || c.value == '%') && text.starts_with('{');
      if (c.value == '"' || c.value == '\\') escaped += '\\';
      if (opens) escaped += as_is;  // "${" and "%{" begin a template, unless doubled
      escaped += as_is;
    }
  }
  return "[\"" + escaped + "\"]";
}

std::optional<ResourceAddress> make_address(std::string_view module,
                                            std::string_view type,
                                            std::string_view name,
                                            std::string_view key) {
  const auto path = without_keys(module);
  if (!path || !is_identifier(type) || !is_identifier(name)) return std::nullopt;
  if (printable(module) != module) return std::nullopt;
  const std::string resource = std::string(type) + "." + std::string(name);
  const std::string dot = path->empty() ? "" : ".";
  return ResourceAddress{.full = std::string(module) + dot + resource + std::string(key),
                         .in_config = *path + dot + resource,
                         .module = *path,
                         .name = std::string(name),
                         .telling = telling_part(module, name, key)};
}

std::map<std::string, std::string> names_of(std::span<const ResourceAddress> addresses) {
  std::map<std::string, std::string> labels;  // by address
  std::map<std::string, std::size_t> uses;
  for (const ResourceAddress& address : addresses) {
    const std::string label = to_label(address.telling, std::string::npos);
    if (labels.emplace(address.full, label).second) ++uses[label];
  }
  for (auto& [address, label] : labels) {
    if (is_label(label) && uses[label] == 1) continue;
    if (label.empty()) label = "policy";
    label = with_tail(label, "-" + sha256_hex(address).substr(0, kHashInName));
  }
  return labels;
}

}  // namespace authzd

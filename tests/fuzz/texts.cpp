// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What every text from outside goes through before a person, a terminal or another reader sees it.
#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/base/unicode.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/manifest_yaml.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

bool is_one_line(std::string_view text) {
  return text.find('\n') == std::string_view::npos;
}

void check_shown(std::string_view text) {
  const std::string shown = printable(text);
  promise_showable(shown, "printable text may be shown");
  promise(is_one_line(shown) && printable(shown) == shown, "printable text is one line, and stays");
  const std::string value = quote_value(text);
  promise_showable(value, "a value may be shown");
  promise(!value.empty() && is_one_line(value), "a value is never nothing");
  promise(value.front() == '"' || value.find(' ') == std::string::npos, "a value is one word");
}

void check_masked(std::string_view text) {
  const std::string masked = without_secrets(text);
  promise(masked.size() == text.size(), "masking keeps the length");
  for (std::size_t i = 0; i < text.size(); ++i) {
    promise(masked[i] == text[i] || masked[i] == '*', "masking changes nothing but to '*'");
  }
  promise(without_secrets(masked) == masked, "what is masked stays masked");
}

/// The document of the text, whatever it is, says the same after it was made safe.
void check_json(std::string_view text) {
  const std::string safe = report::dump(report::Json(std::string(text)), -1);
  promise_showable(safe, "JSON may be shown");
  const auto again = report::Json::parse(safe, nullptr, false);
  promise(again.is_string(), "safe JSON is JSON");
  const bool is_utf8 = !find_bad_byte(text) || is_plain_line(text);
  promise(!is_utf8 || again.get<std::string>() == text, "safe JSON says the same");
}

/// As a manifest's description.
void check_yaml(std::string_view text) {
  const std::string written = yaml_string(text);
  promise_showable(written, "YAML may be shown");
  promise(is_one_line(written), "YAML is one line");
}

}  // namespace

void texts(std::string_view input) {
  check_shown(input);
  check_masked(input);
  check_json(input);
  check_yaml(input);
}

}  // namespace authzd::fuzz

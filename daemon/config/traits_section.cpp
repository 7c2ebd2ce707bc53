// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config_sections.hpp"
#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/yaml_text.hpp"

#include <functional>
#include <utility>

namespace authzd {
namespace {

/// What labels and parameters have in common; the checks report, and return whether it is usable.
struct TextsForm {
  std::string what;  // "labels"
  std::string example;
  std::size_t most = 0;
  std::function<bool(const YamlCursor& key, const std::string& name)> is_name;
  std::function<bool(const YamlCursor& node, const std::string& value)> is_value;
};

void decode_account_texts(const YamlCursor& node,
                          const TextsForm& form,
                          AccountTraits::Texts& out) {
  if (!node.is_map()) {
    node.error("expected a mapping (" + form.what + "), got " + node.what(),
               "write " + form.example);
    return;
  }
  const auto entries = node.entries();
  if (entries.size() > form.most) {
    node.error("an account has at most " + std::to_string(form.most) + " " + form.what + ", got " +
               std::to_string(entries.size()));
    return;
  }
  for (const auto& [key, value] : entries) {
    const auto name = key.text();
    if (!name || !form.is_name(key, *name)) continue;
    const auto text = value.id_text();
    if (!text || !form.is_value(value, *text)) continue;
    if (!out.emplace(*name, *text).second) {
      key.error(quoted(*name) + " is given twice in " + form.what);
    }
  }
}

/// Parameters end up in descriptions, plans and the audit log.
bool check_param_value(const YamlCursor& node, const std::string& value) {
  if (without_secrets(value) != value) {
    node.error_unshown("this looks like a secret; a parameter is shown wherever it is used",
                       "take it out of the configuration, and replace the key");
    return false;
  }
  const std::size_t length = count_characters(value);
  if (length <= kMaxParamValue) return true;
  node.error("a parameter has at most " + std::to_string(kMaxParamValue) +
             " characters; this one has " + std::to_string(length));
  return false;
}

}  // namespace

void decode_labels(const YamlCursor& node, AccountTraits::Texts& out) {
  const std::string hint =
      "up to 63 letters, digits and \"-_./\", with a letter or digit at both ends";
  const auto is_name = [&hint](const YamlCursor& key, const std::string& name) {
    if (!is_label_key(name)) key.error(quoted(name) + " cannot be the name of a label", hint);
    return is_label_key(name);
  };
  const auto is_value = [&hint](const YamlCursor& value, const std::string& text) {
    if (!is_label_value(text)) value.error(quoted(text) + " cannot be the value of a label", hint);
    return is_label_value(text);
  };
  decode_account_texts(node, {"labels", "labels: {env: prod}", kMaxLabels, is_name, is_value}, out);
}

void decode_params(const YamlCursor& node, AccountTraits::Texts& out) {
  const auto is_name = [](const YamlCursor& key, const std::string& name) {
    if (!is_param_name(name)) {
      key.error(quoted(name) + " cannot be the name of a parameter",
                "up to 63 letters, digits, \"-\" and \"_\", with a letter first");
    }
    return is_param_name(name);
  };
  decode_account_texts(
      node, {"params", "params: {kms: <id>}", kMaxParams, is_name, check_param_value}, out);
}

}  // namespace authzd

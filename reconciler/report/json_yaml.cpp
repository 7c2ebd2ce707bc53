// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/json_yaml.hpp"

#include "reconciler/report/manifest_yaml.hpp"

namespace authzd::report {
namespace {

bool is_block(const Json& json) {
  return json.is_structured() && !json.empty();
}

std::string scalar(const Json& json) {
  return json.is_string() ? yaml_string(json.get_ref<const std::string&>()) : dump(json, -1);
}

/// Lines without indentation: the caller indents them.
void write(const Json& json, std::string_view indent, std::string& out) {
  const std::string deeper = std::string(indent) + "  ";
  bool is_first = true;
  const auto begin_line = [&](std::string_view start) {
    if (!is_first) out += indent;
    out += start;
    is_first = false;
  };
  if (json.is_array()) {
    for (const Json& item : json) {
      begin_line("- ");
      if (is_block(item)) {
        write(item, deeper, out);
      } else {
        out += scalar(item) + "\n";
      }
    }
    return;
  }
  for (const auto& [key, value] : json.items()) {
    begin_line(yaml_string(key) + ":");
    if (is_block(value)) {
      out += "\n" + deeper;
      write(value, deeper, out);
    } else {
      out += " " + scalar(value) + "\n";
    }
  }
}

}  // namespace

std::string to_yaml(const Json& json) {
  if (!is_block(json)) return scalar(json) + "\n";
  std::string out;
  write(json, "", out);
  return out;
}

}  // namespace authzd::report

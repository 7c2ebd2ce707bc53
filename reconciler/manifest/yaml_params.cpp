// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// YamlCursor: parameters in values, and how their problems are reported.

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/param_scope.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/manifest/yaml_text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {

YamlCursor YamlCursor::with_params(ParamScope& params) const {
  YamlCursor same = *this;
  same.params_ = &params;
  return same;
}

const ExpandedText* YamlCursor::expanded() const {
  const YamlNode& value = node();
  const bool is_scalar = value.kind == YamlKind::plain || value.kind == YamlKind::quoted;
  if (params_ == nullptr || !is_scalar || !mentions_params(value.text)) return nullptr;
  return &params_->expand(value);
}

void YamlCursor::report(Severity severity, std::string message, std::string hint) const {
  const ExpandedText* value = expanded();
  if (value != nullptr && value->is_open) return;
  Diagnostic diagnostic = this->diagnostic(severity, std::move(message), std::move(hint));
  if (value != nullptr && !value->replaced.empty()) diagnostic.account = params_->account();
  file_->report(std::move(diagnostic));
}

/// Where the reference stands in the file, if it stands there as it is.
YamlNode YamlCursor::place_of(std::string_view reference) const {
  YamlNode at = place();
  if (place_ != index_) return at;
  const std::string_view text = file_->tree_->text;
  const std::size_t reach = 2 * at.text.size() + reference.size() + 2;  // with escapes
  const std::string_view written =
      text.substr(std::min<std::size_t>(at.offset, text.size()), reach);
  const std::size_t found = written.find(reference);
  if (found == std::string_view::npos) return at;
  const std::string_view before = written.substr(0, found);
  const std::size_t line_end = before.rfind('\n');
  at.offset += static_cast<std::uint32_t>(found);
  at.line += static_cast<int>(std::ranges::count(before, '\n'));
  if (line_end == std::string_view::npos) {
    at.column += static_cast<int>(count_characters(before));
  } else {
    at.column = static_cast<int>(count_characters(before.substr(line_end + 1))) + 1;
  }
  return at;
}

void YamlCursor::report_faults(const ExpandedText& expanded) const {
  for (const ParamFault& fault : expanded.faults) {
    const YamlNode at = place_of(fault.reference);
    std::string message;
    std::string hint;
    switch (fault.kind) {
      case ParamFault::Kind::no_reference:
        message = quoted(fault.reference) + " is not a parameter";
        hint = "a parameter is ${params.NAME}; for a \"${\" that means itself write $${";
        break;
      case ParamFault::Kind::unknown:
        message = "there is no parameter " + quoted(fault.name);
        hint = params_->hint_for(fault.name);
        break;
      case ParamFault::Kind::too_long:
        message = "with this parameter the manifests are longer than they may be";
        hint = "split them over accounts, or raise source.maxBytes";
        break;
    }
    Diagnostic diagnostic =
        file_->diagnose(Severity::error, at, std::move(message), std::move(hint));
    if (fault.kind != ParamFault::Kind::no_reference) diagnostic.account = params_->account();
    file_->report(std::move(diagnostic));
  }
}

/// A parameter is text, and so is true only by its letters.
std::optional<bool> YamlCursor::boolean_of(const ExpandedText& expanded) const {
  if (!expanded.faults.empty()) {
    report_faults(expanded);
  } else if (expanded.text == "true" || expanded.text == "false") {
    return expanded.text == "true";
  } else {
    error("expected true or false, got " + quoted(expanded.text));
  }
  return std::nullopt;
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/export.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/report/export_side.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/yaml_emit.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMaxName = 63;
constexpr std::size_t kMaxDescription = 200;

/// An authorization in the making: policies that differ in the target alone.
struct Document {
  std::string name;
  std::vector<const Observed*> policies;
  Description description;
};

bool is_label_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, is_label_char);
}

std::string slug(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : to_lower(text)) {
    if (is_label_char(c) && c != '-') {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  out.resize(std::min(out.size(), limit));
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string head_of(const AttributeSet& attributes) {
  for (const std::string_view name : {"serviceName", "resourceType", "resourceGroupId"}) {
    std::string word = slug(attributes.equals_value(name), 26);
    if (!word.empty()) return word;
  }
  return "any";
}

/// Why nobody but its maker should write a manifest for this policy; empty: anyone may.
std::string why_not_ours(const Observed& policy,
                         const Description& description,
                         std::string_view owner) {
  if (!policy.template_id.empty()) return "it was made by an enterprise template";
  if (policy.created_by.value.starts_with("crn:")) {
    return "it was made by a service, " + policy.created_by.value;
  }
  if (!description.rivals.empty()) return "it carries the markers of two authorizations";
  if (description.marker && description.marker->owner != owner) {
    return "it belongs to another owner, " + description.marker->owner;
  }
  return {};
}

class Exporter {
 public:
  explicit Exporter(const ExportOptions& options) : options_(options) {}

  Export run(std::span<const Observed> policies) {
    for (const Observed* policy : in_order(policies)) sort_in(*policy);
    name_documents();
    std::ranges::sort(documents_, {}, &Document::name);
    for (const Document& document : documents_) write(document);
    out_.yaml += comments_;
    return std::move(out_);
  }

 private:
  std::vector<const Observed*> in_order(std::span<const Observed> policies) const {
    std::map<std::pair<Key, PolicyId>, const Observed*> sorted;
    for (const Observed& policy : policies) {
      if (policy.state != PolicyState::active) continue;
      sorted[{key_of(options_.account, policy.content), policy.id}] = &policy;
    }
    std::vector<const Observed*> ordered;
    for (const auto& [_, policy] : sorted) ordered.push_back(policy);
    return ordered;
  }

  void sort_in(const Observed& policy) {
    Description description = parse_description(policy.content.description);
    std::string why = why_not_ours(policy, description, options_.owner);
    if (why.empty()) why = report::why_not_exportable(policy.content, options_.account);
    if (!why.empty()) return skip(policy, why);
    ++out_.exported;
    const bool has_name = description.marker && is_label(description.marker->name);
    if (has_name && join_sibling(policy, description)) return;
    std::string name = has_name && taken_.insert(description.marker->name).second
                           ? description.marker->name
                           : std::string{};
    documents_.push_back({std::move(name), {&policy}, std::move(description)});
  }

  bool join_sibling(const Observed& policy, const Description& description) {
    for (Document& document : documents_) {
      const PolicyContent& first = document.policies.front()->content;
      if (document.name == description.marker->name && first.subject == policy.content.subject &&
          first.roles == policy.content.roles && document.description.text == description.text &&
          document.description.marker->is_protected == description.marker->is_protected) {
        document.policies.push_back(&policy);
        return true;
      }
    }
    return false;
  }

  void name_documents() {
    for (Document& document : documents_) {
      if (!document.name.empty()) continue;
      const PolicyContent& content = document.policies.front()->content;
      const std::string base = head_of(content.subject) + "-to-" + head_of(content.resource);
      document.name = base;
      for (int n = 2; !taken_.insert(document.name).second; ++n) {
        document.name = base + "-" + std::to_string(n);
      }
    }
  }

  void skip(const Observed& policy, std::string_view why) {
    ++out_.skipped;
    comments_ += "# Not exported: " + printable(policy.id.value + ", " + std::string{why}) +
                 ".\n#   " + grant_text(policy.content, options_.account, names_for(policy)) + "\n";
  }

  RoleNames names_for(const Observed& policy) const {
    RoleNames names = options_.role_names;
    for (const auto& [crn, name] : policy.role_names) names.insert_or_assign(crn, name);
    return names;
  }

  void write(const Document& document) {
    const Observed& first = *document.policies.front();
    std::string& out = out_.yaml;
    out += "---\n";
    for (const Observed* policy : document.policies) {
      out += "# Policy " + printable(policy->id.value) + "\n";
    }
    out += "apiVersion: authzd/v1\nkind: Authorization\nmetadata:\n  name: " +
           yaml_string(document.name) + "\nspec:\n";
    write_description(document.description.text);
    out += "  source:\n";
    for (const std::string& line : report::source_lines(first.content.subject, options_.account)) {
      out += "    " + line + "\n";
    }
    out += "  targets:\n";
    for (const Observed* policy : document.policies) {
      std::string_view indent = "    - ";
      for (const std::string& line : report::target_lines(policy->content.resource)) {
        (out += indent) += line + "\n";
        indent = "      ";
      }
    }
    write_roles(first);
    const auto& marker = document.description.marker;
    if (marker && marker->is_protected) out += "  protect: true\n";
  }

  void write_description(std::string_view text) {
    if (text.empty()) return;
    const bool fits = is_plain_line(text) && columns_of(text) <= kMaxDescription &&
                      text.find("(authzd:") == std::string_view::npos;
    out_.yaml += fits ? "  description: " + yaml_string(text) + "\n"
                      : "  # The description does not fit a manifest: " + yaml_string(text) + "\n";
  }

  /// A name that two roles share could be resolved to the other one: then the CRN says which.
  void write_roles(const Observed& policy) {
    const RoleNames names = names_for(policy);
    std::vector<std::string> written;
    bool delegate = false;
    for (const std::string& crn : policy.content.roles) {
      const auto known = names.find(crn);
      const auto shares_name = [&](const auto& other) { return other.second == known->second; };
      const bool by_name = known != names.end() && !known->second.empty() &&
                           std::ranges::count_if(names, shares_name) == 1;
      const bool is_delegator =
          by_name && known->second == kAuthorizationDelegator && policy.content.roles.size() > 1;
      delegate = delegate || is_delegator;
      if (!is_delegator) written.push_back(yaml_string(by_name ? known->second : crn));
    }
    std::ranges::sort(written);
    out_.yaml += "  roles: [" + join(written, ", ") + "]\n";
    if (delegate) out_.yaml += "  delegate: true\n";
  }

  const ExportOptions& options_;
  std::vector<Document> documents_;
  std::set<std::string> taken_;
  std::string comments_;
  Export out_;
};

}  // namespace

Export export_manifests(std::span<const Observed> policies, const ExportOptions& options) {
  return Exporter(options).run(policies);
}

}  // namespace authzd

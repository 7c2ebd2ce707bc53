// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/export.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/manifest_yaml.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kHashInName = 6;
constexpr std::size_t kScopeInName = 8;

/// An authorization under construction: policies that differ only in the target.
struct Document {
  std::string name;
  std::vector<const Observed*> policies;
  Description description;
};

std::string first_name_part(const AttributeSet& attributes) {
  for (const std::string_view name : {"serviceName", "resourceType", "resourceGroupId"}) {
    std::string word = to_label(attributes.equals_value(name), 26);
    if (!word.empty()) return word;
  }
  return "any";
}

/// A word for what limits the policy; empty if only the services do.
std::string scope_of(const PolicyContent& content) {
  for (const AttributeSet* side : {&content.resource, &content.subject}) {
    for (const std::string_view name : {"serviceInstance", "resource"}) {
      std::string word = to_label(side->equals_value(name), kScopeInName);
      if (!word.empty()) return word;
    }
  }
  return {};
}

/// Why only its creator should manage this policy; empty: anyone may.
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

bool is_wide_policy(const Observed* policy) {
  return report::is_wide(policy->content);
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
    if (why.empty()) why = why_no_service(policy.content);
    if (why.empty()) why = why_a_twin(policy);
    if (!why.empty()) return skip(policy, why);
    ++out_.exported;
    const bool has_name = description.marker && is_label(description.marker->name);
    if (has_name && join_sibling(policy, description)) return;
    std::string name = has_name && taken_.insert(description.marker->name).second
                           ? description.marker->name
                           : std::string{};
    documents_.push_back({std::move(name), {&policy}, std::move(description)});
  }

  /// The loader takes one grant of a source and a target. In order, twins follow each other.
  [[nodiscard]] std::string why_a_twin(const Observed& policy) {
    const Key key = key_of(options_.account, policy.content);
    if (last_ != nullptr && key_of(options_.account, last_->content) == key) {
      return "it has the same source and target as policy " + last_->id.value +
             ", which is exported";
    }
    last_ = &policy;
    return {};
  }

  /// The loader refuses a name that no service has.
  [[nodiscard]] std::string why_no_service(const PolicyContent& content) const {
    if (options_.services == nullptr) return {};
    for (const AttributeSet* side : {&content.subject, &content.resource}) {
      const std::string_view name = side->equals_value("serviceName");
      if (name.empty()) continue;
      const auto judged = options_.services->judge(name);
      if (judged.verdict != ServiceNames::Verdict::miswritten) continue;
      return "no service is called " + quote(name) + "; it is " + quote(judged.meant);
    }
    return {};
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
      const std::string base = own_name(document.policies.front()->content);
      document.name = base;
      for (int n = 2; !taken_.insert(document.name).second; ++n) {
        document.name = base + "-" + std::to_string(n);
      }
    }
  }

  /// Depends only on this policy, so that others do not change it: the services, then, if there is
  /// more, the instance or resource and a part of the key's hash.
  std::string own_name(const PolicyContent& content) const {
    std::string name =
        first_name_part(content.subject) + "-to-" + first_name_part(content.resource);
    const bool is_plain = content.subject.items().size() == 2 &&
                          content.resource.items().size() == 2 &&
                          content.subject.equals_value("accountId") == options_.account.value &&
                          !content.subject.equals_value("serviceName").empty() &&
                          !content.resource.equals_value("serviceName").empty();
    if (is_plain) return name;
    std::string tail = "-" + key_of(options_.account, content).hash12().substr(0, kHashInName);
    if (const std::string scope = scope_of(content); !scope.empty()) tail.insert(0, "-" + scope);
    return with_tail(std::move(name), tail);
  }

  void skip(const Observed& policy, std::string_view why) {
    ++out_.skipped;
    out_.left_out.push_back({policy.id, std::string{why}});
    comments_ += "# Not exported: " + printable(policy.id.value + ", " + std::string{why}) +
                 ".\n#   " + grant_text(policy.content, options_.account, names_for(policy)) + "\n";
  }

  RoleNames names_for(const Observed& policy) const {
    RoleNames names = options_.role_names;
    for (const auto& [crn, name] : policy.role_names) names.insert_or_assign(crn, name);
    return names;
  }

  [[nodiscard]] std::string heading_of(const Observed& policy) const {
    std::string id = policy.id.empty() ? "" : "Policy " + printable(policy.id.value);
    const auto origin = options_.origins.find(policy.id);
    if (origin == options_.origins.end()) return id;
    return (id.empty() ? "" : id + ", ") + printable(origin->second);
  }

  void write(const Document& document) {
    const Observed& first = *document.policies.front();
    std::string& out = out_.yaml;
    out += "---\n";
    for (const Observed* policy : document.policies) {
      const std::string heading = heading_of(*policy);
      if (!heading.empty()) out += "# " + heading + "\n";
    }
    out += "apiVersion: authzd/v1\nkind: Authorization\nmetadata:\n  name: " +
           yaml_string(document.name) + "\n";
    const DocumentTexts& texts = texts_of(document.description);
    write_metadata(texts);
    out += "spec:\n";
    write_description(document.description.text);
    write_rationale(texts.rationale);
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
    if (std::ranges::any_of(document.policies, is_wide_policy)) out += "  wide: true\n";
  }

  [[nodiscard]] const DocumentTexts& texts_of(const Description& description) const {
    static const DocumentTexts kNone;
    const auto found =
        description.marker ? options_.texts.find(description.marker->name) : options_.texts.end();
    return found == options_.texts.end() ? kNone : found->second;
  }

  void write_metadata(const DocumentTexts& texts) {
    write_text("owner", texts.rationale.owner);
    write_map("labels", texts.labels);
    write_map("annotations", texts.annotations);
  }

  void write_rationale(const Rationale& rationale) {
    write_text("reason", rationale.reason);
    write_text("ticket", rationale.ticket);
    if (rationale.review_by) write_text("reviewBy", to_rfc3339(*rationale.review_by));
  }

  void write_text(std::string_view key, const std::string& text) {
    if (!text.empty()) ((out_.yaml += "  ") += key) += ": " + yaml_string(text) + "\n";
  }

  void write_map(std::string_view key, const std::map<std::string, std::string>& texts) {
    if (texts.empty()) return;
    ((out_.yaml += "  ") += key) += ":\n";
    for (const auto& [name, text] : texts) {
      out_.yaml += "    " + yaml_string(name) + ": " + yaml_string(text) + "\n";
    }
  }

  /// A manifest without a description leaves the one in IAM unchanged.
  void write_description(std::string_view text) {
    if (text.empty()) return;
    out_.yaml += is_description(text)
                     ? "  description: " + spec_string(text) + "\n"
                     : "  # No manifest can hold this description; it stays as it is in IAM: " +
                           yaml_string(text) + "\n";
  }

  /// If two roles share a name, it could resolve to the other one: use the CRN.
  void write_roles(const Observed& policy) {
    const RoleNames names = names_for(policy);
    std::vector<std::string> written;
    bool delegate = false;
    for (const std::string& crn : policy.content.roles) {
      const auto known = names.find(crn);
      const auto shares_name = [&](const auto& other) { return other.second == known->second; };
      const bool by_name = known != names.end() && is_role_text(known->second) &&
                           !is_crn(known->second) && std::ranges::count_if(names, shares_name) == 1;
      const bool is_delegator =
          by_name && known->second == kAuthorizationDelegator && policy.content.roles.size() > 1;
      delegate = delegate || is_delegator;
      if (!is_delegator) written.push_back(spec_string(by_name ? known->second : crn));
    }
    std::ranges::sort(written);
    out_.yaml += "  roles: [" + join(written, ", ") + "]\n";
    if (delegate) out_.yaml += "  delegate: true\n";
  }

  const ExportOptions& options_;
  const Observed* last_ = nullptr;  // that is exported
  std::vector<Document> documents_;
  std::set<std::string> taken_;
  std::string comments_;
  Export out_;
};

}  // namespace

TextsByName texts_of(const Desired& desired) {
  TextsByName texts;
  for (const Grant& grant : desired.grants) {
    texts.try_emplace(grant.name, DocumentTexts{grant.labels, grant.annotations, grant.rationale});
  }
  return texts;
}

Export export_manifests(std::span<const Observed> policies, const ExportOptions& options) {
  return Exporter(options).run(policies);
}

Observed stand_in(PolicyContent content, const std::string& name, bool is_protected) {
  Observed policy;
  const Marker marker{std::string(kStandInOwner), name, "000000000000", is_protected};
  for (const std::string& role : content.roles) policy.role_names[role] = role;
  content.description = render_description(content.description, marker);
  policy.content = std::move(content);
  return policy;
}

}  // namespace authzd

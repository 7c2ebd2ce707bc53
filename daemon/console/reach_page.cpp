// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/reach_page.hpp"

#include "daemon/console/reach_svg.hpp"
#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"

#include <algorithm>
#include <set>

namespace authzd::console {
namespace {

constexpr std::size_t kMostOptions = 500;  // accounts in the list to choose from
constexpr std::size_t kShortParty = 120;   // bytes

std::string reach_target(const ReachQuery& query, std::size_t page = 1) {
  return target_with("/reach",
                     {{"account", query.account},
                      {"service", query.service},
                      {"instance", query.instance},
                      {"role", query.role},
                      {"owner", query.owner},
                      {"page", page > 1 ? std::to_string(page) : ""}});
}

bool has_part(std::string_view whole, const std::string& lower) {
  return to_lower(whole).find(lower) != std::string::npos;
}

/// By its id, or by the name that a manifest gave it; and wherever else a side names something.
bool has_instance(const AttributeSet& side, const ReachView& list, const std::string& lower) {
  return has_part(party_label(side, list), lower) ||
         has_part(side.equals_value(kServiceInstance), lower);
}

/// The services of the sides that name the instance, where none is asked for.
std::set<std::string> services_of(const std::vector<ReachView>& lists,
                                  const std::string& instance) {
  std::set<std::string> services;
  for (const ReachView& list : lists) {
    for (const ReachPolicy& policy : list.policies) {
      for (const AttributeSet* side : {&policy.subject, &policy.resource}) {
        const std::string_view service = side->equals_value("serviceName");
        if (!service.empty() && has_instance(*side, list, instance)) services.emplace(service);
      }
    }
  }
  return services;
}

class Wanted {
 public:
  Wanted(const std::vector<ReachView>& lists, const ReachQuery& query)
      : query_(query), instance_(to_lower(query.instance)), services_{query.service} {
    if (query.service.empty() && !instance_.empty()) services_ = services_of(lists, instance_);
  }

  [[nodiscard]] bool has(const ReachPolicy& policy, const ReachView& list) const {
    if (!query_.owner.empty() && query_.owner != to_string(policy.owner)) return false;
    return (is_asked_for(policy.subject, list) || is_asked_for(policy.resource, list)) &&
           has_role(policy, query_.role);
  }

 private:
  /// A side may name the instance by a part of its text, or be wide enough to reach it.
  [[nodiscard]] bool is_asked_for(const AttributeSet& side, const ReachView& list) const {
    const bool is_named = !instance_.empty() && has_instance(side, list, instance_);
    if (is_named && query_.service.empty()) return true;
    return std::ranges::any_of(services_, [&](const std::string& service) {
      return may_mean(side, list, {service, is_named ? std::string() : query_.instance});
    });
  }

  const ReachQuery& query_;
  std::string instance_;  // in lower case
  std::set<std::string> services_;
};

Markup choice(std::string_view value, std::string_view label, const std::string& chosen) {
  Attributes attributes{{"value", std::string(value)}};
  if (value == chosen) attributes.emplace_back("selected", "");
  return element("option", attributes, text(label, kShortParty));
}

Markup text_field(std::string_view label, std::string_view name, const std::string& value) {
  return element(
      "label",
      text(label) +
          void_element("input",
                       {{"type", "search"}, {"name", std::string(name)}, {"value", value}}));
}

Markup reach_form(const ReachPageView& view) {
  const ReachQuery& query = view.query;
  Markup accounts = choice("", "All", query.account);
  const std::size_t shown = std::min(view.accounts.size(), kMostOptions);
  for (const std::string& name : std::span(view.accounts).first(shown)) {
    accounts += choice(name, name, query.account);
  }
  Markup owners = choice("", "All", query.owner);
  for (const PolicyOwner owner : kPolicyOwners) {
    owners += choice(to_string(owner), to_string(owner), query.owner);
  }
  const Markup fields =
      element("label", text("Account") + element("select", {{"name", "account"}}, accounts)) +
      text_field("Service", "service", query.service) +
      text_field("Instance or resource", "instance", query.instance) +
      text_field("Role", "role", query.role) +
      element("label", text("Whose") + element("select", {{"name", "owner"}}, owners));
  return element("form",
                 {{"class", "filter"},
                  {"action", "/reach"},
                  {"role", "search"},
                  {"aria-label", "Policies"}},
                 fields + literal("<button>Filter</button>")) +
         literal("\n");
}

Markup policy_row(const Reached& one, bool names_account, Timestamp now) {
  const auto& [policy, list] = one;
  Markup about =
      policy->name.empty() ? Markup{} : text(policy->name, kShortParty) + literal("<br>");
  if (!policy->description.empty()) about += quiet(clipped(policy->description, kShortParty));
  const Markup used = policy->last_used ? age(*policy->last_used, now) : Markup{};
  return element(
             "tr",
             element(
                 "th", {{"scope", "row"}}, text(party_label(policy->subject, *list), kShortParty)) +
                 cell("Target", text(party_label(policy->resource, *list), kShortParty)) +
                 (names_account ? cell("Account", text(list->account_name, kShortParty), "short")
                                : Markup{}) +
                 cell("Roles", text(join(policy->roles, ", "), kShortParty)) +
                 cell("Whose", text(to_string(policy->owner)), "short") +
                 cell("Authorization", about) + cell("Last used", used, "short") +
                 cell("Policy", policy_link(list->account_name, policy->id))) +
         literal("\n");
}

Markup policies_nav(const ReachQuery& query, std::size_t page, std::size_t pages) {
  if (pages < 2) return {};
  const auto to = [&query](std::size_t where, std::string_view label) {
    return link(reach_target(query, where) + "#policies", text(label));
  };
  Markup links = page > 1 ? to(page - 1, "← Before") : element("span", {});
  links += element("span", text("Page " + std::to_string(page) + " of " + std::to_string(pages)));
  links += page < pages ? to(page + 1, "After →") : element("span", {});
  return element("nav", {{"class", "pages"}, {"aria-label", "Pages of policies"}}, links);
}

Markup policies_part(std::span<const Reached> policies,
                     bool names_account,
                     const ReachQuery& query,
                     Timestamp now) {
  const std::size_t pages = (policies.size() + kPoliciesAPage - 1) / kPoliciesAPage;
  const std::size_t page = std::clamp<std::size_t>(query.page, 1, std::max<std::size_t>(pages, 1));
  const std::size_t first = (page - 1) * kPoliciesAPage;
  Markup rows;
  const std::size_t count = std::min(kPoliciesAPage, policies.size() - first);
  for (const Reached& one : policies.subspan(first, count)) {
    rows += policy_row(one, names_account, now);
  }
  const Markup head = literal("<th scope=\"col\">Source</th><th scope=\"col\">Target</th>") +
                      (names_account ? literal("<th scope=\"col\">Account</th>") : Markup{}) +
                      literal(
                          "<th scope=\"col\">Roles</th>"
                          "<th scope=\"col\">Whose</th><th scope=\"col\">Authorization</th>"
                          "<th scope=\"col\">Last used</th><th scope=\"col\">Policy</th>");
  return element("h2", {{"id", "policies"}}, text("Policies")) +
         of_class("div", "fold", table("Policies", head, rows)) + policies_nav(query, page, pages);
}

Markup missing_line(std::size_t missing) {
  if (missing == 0) return {};
  return of_class(
      "p",
      "quiet",
      text("Of " + count_of(missing, "account", "accounts") +
           " nothing is shown: there was no list yet, or the policies of all accounts are too many "
           "to be kept in memory."));
}

/// What the filter names and no policy has: a misspelt word must not look like an answer.
Markup unknown_line(const ReachPageView& view, std::span<const Reached> found) {
  const ReachQuery& query = view.query;
  std::set<std::string> services;
  for (const ReachView& list : view.lists) {
    for (const ReachPolicy& policy : list.policies) {
      services.emplace(policy.subject.equals_value("serviceName"));
      services.emplace(policy.resource.equals_value("serviceName"));
    }
  }
  const std::string service = to_lower(query.service);
  if (!service.empty() && !services.contains(service)) {
    std::string line = "No policy here names a service " + quote(query.service);
    const std::vector<std::string_view> known(services.begin(), services.end());
    const auto meant = did_you_mean(service, known);
    return of_class(
        "p", "quiet", text(line + (meant ? "; did you mean " + *meant + "?" : std::string("."))));
  }
  const bool is_named =
      query.instance.empty() || std::ranges::any_of(found, [&query](const Reached& one) {
        const std::string lower = to_lower(query.instance);
        return has_instance(one.policy->subject, *one.list, lower) ||
               has_instance(one.policy->resource, *one.list, lower);
      });
  if (is_named) return {};
  const std::string command =
      "authzd reach " + (service.empty() ? "SERVICE" : service) + ":" + query.instance;
  return of_class("p",
                  "quiet",
                  text("No policy here names an instance " + quote(query.instance) +
                       ". This page knows an instance by its id, and by the names in manifests; ") +
                      element("code", text(command)) + text(" also asks the Resource Controller."));
}

Markup lead_of(const ReachPageView& view, std::span<const Reached> policies, Timestamp now) {
  Markup lead = element("strong", text(count_of(policies.size(), "policy", "policies")));
  if (view.lists.size() == 1) {
    const ReachView& list = view.lists.front();
    lead += text(" in ") + link(account_target(list.account_name), text(list.account_name)) +
            text(", as listed ") + age(list.listed, now);
  } else {
    lead += text(" in " + count_of(view.lists.size(), "account", "accounts") +
                 ", as last listed by their cycles");
  }
  return of_class("p", "lead", lead);
}

Markup reach_content(const ReachPageView& view, Timestamp now) {
  std::vector<Reached> wanted;
  const Wanted filter(view.lists, view.query);
  for (const ReachView& list : view.lists) {
    for (const ReachPolicy& policy : list.policies) {
      if (filter.has(policy, list)) wanted.push_back({&policy, &list});
    }
  }
  Markup content =
      lead_of(view, wanted, now) + missing_line(view.missing) + unknown_line(view, wanted);
  for (const std::string& line : view.unreadable) {
    content += of_class("p", "quiet", text(line + " They are not among what is shown."));
  }
  if (wanted.empty()) return content;
  if (!view.query.instance.empty()) {
    content += of_class("p",
                        "quiet",
                        text("Policies for every instance of its service, and for any service, are "
                             "among them: they reach this one, too."));
  }
  const ReachPicture picture = picture_of(wanted);
  const auto target_of = [&view](const ReachNode& node) {
    ReachQuery query = view.query;
    query.service = node.service;
    if (!node.account.empty()) query.account = node.account;
    query.instance = node.instance;
    return reach_target(query) + "#policies";
  };
  content +=
      reach_legend() +
      element("div",
              {{"class", "wide"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Picture"}},
              reach_svg(picture, target_of));
  if (picture.is_by_service) {
    content +=
        of_class("p",
                 "quiet",
                 text("There are too many to show each: sources and targets are shown by their "
                      "service. A click on one shows its own."));
  }
  if (picture.left_out > 0) {
    content +=
        of_class("p",
                 "quiet",
                 text(count_of(picture.left_out, "connection is", "connections are") +
                      " not in the picture, as it would be too crowded: the filter narrows it."));
  }
  return content + element("h2", text("As a table")) + reach_table(picture) +
         policies_part(wanted, picture.has_several_accounts, view.query, now);
}

}  // namespace

std::string reach_page(const Frame& frame, const ReachPageView& view) {
  return page(frame,
              {"Reach", Section::reach},
              element("h1", text("Who may reach what")) + literal("\n") + reach_form(view) +
                  part("reach", reach_content(view, frame.now)));
}

}  // namespace authzd::console

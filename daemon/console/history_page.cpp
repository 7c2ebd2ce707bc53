// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/history_page.hpp"

#include "daemon/console/plan_words.hpp"
#include "daemon/console/words.hpp"
#include "daemon/status/run_view.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>

namespace authzd::console {
namespace {

constexpr std::string_view kEveryChange = "all";  // as it is in the address

std::string history_target(const HistoryView& view, bool reverts_others, std::size_t page = 1) {
  return target_with("/history",
                     {{"account", view.account},
                      {"changes", std::string(reverts_others ? "" : kEveryChange)},
                      {"page", page > 1 ? std::to_string(page) : ""}});
}

Markup change_outcome(const ChangeView& change, Timestamp now) {
  const auto term = [](std::string_view label, const Markup& content) {
    return content.empty() ? Markup{} : element("dt", text(label)) + element("dd", content);
  };
  const RunActionView& what = change.what;
  Markup list =
      term("when", time_and_age(change.at, now)) +
      term("account", link(account_target(change.account_name), text(change.account_name))) +
      term("run",
           link(run_target(change.account_name, change.run), text(change.run)) +
               text(" " + change.kind + ", asked for by " + asked_by(change.who)));
  if (!change.revision.empty()) list += term("revision", revision(change.revision));
  if (!change.approved_by.empty()) {
    list += term("approved by", text(join(change.approved_by, ", "), 300));
  }
  list += term("outcome", element("strong", text(what.outcome)));
  if (!what.error.empty()) list += term("error", text(what.error));
  const bool is_made = !what.policy.empty() && what.policy != what.action.id;
  if (is_made) list += term("policy now", policy_link(change.account_name, what.policy));
  return of_class("dl", "difference", list);
}

Markup choices(const HistoryView& view) {
  const auto choice = [&](std::string_view label, bool reverts_others) {
    Attributes attributes{{"href", history_target(view, reverts_others)}};
    if (reverts_others == view.reverts_others) attributes.emplace_back("aria-current", "page");
    return element("li", element("a", attributes, text(label)));
  };
  return element("nav",
                 {{"class", "choices"}, {"aria-label", "Which changes"}},
                 element("ul",
                         choice("Set back what others changed", true) +
                             choice("All changes by authzd", false)));
}

Markup history_nav(const HistoryView& view, std::size_t page, std::size_t pages) {
  if (pages < 2) return {};
  const auto to = [&view](std::size_t where, std::string_view label, std::string_view rel) {
    const std::string target = history_target(view, view.reverts_others, where);
    return element("a", {{"href", target}, {"rel", std::string(rel)}}, text(label));
  };
  Markup links = page > 1 ? to(page - 1, "← Newer", "prev") : element("span", {});
  links += element("span", text("Page " + std::to_string(page) + " of " + std::to_string(pages)));
  links += page < pages ? to(page + 1, "Older →", "next") : element("span", {});
  return element("nav", {{"class", "pages"}, {"aria-label", "Pages of changes"}}, links);
}

Markup history_lead(const HistoryView& view) {
  Markup lead;
  if (!view.account.empty()) {
    lead = link(account_target(view.account), text(view.account)) + text(": ");
  }
  lead += view.reverts_others
              ? text(
                    "What others changed in policies of ours, and authzd set back or tried to; who "
                    "changed it, if IAM says so.")
              : text("What authzd changed, or tried to change.");
  return of_class("p", "lead", lead);
}

}  // namespace

Markup change_list(std::span<const ChangeView> changes,
                   const std::map<AccountId, RoleNames>& names,
                   Timestamp now) {
  static const RoleNames kNone;
  Markup items;
  for (const ChangeView& change : changes) {
    const auto known = names.find(change.account);
    const PlanWords words{
        change.account, known == names.end() ? kNone : known->second, change.account_name};
    items += action_item(change.what.action, words, change_outcome(change, now));
  }
  return of_class("ul", "actions", items);
}

std::string history_page(const Frame& frame, const HistoryView& view) {
  const ChangesView& found = view.changes;
  const std::size_t pages =
      std::max<std::size_t>(1, (found.found + kChangesAPage - 1) / kChangesAPage);
  const std::size_t page_number = std::clamp<std::size_t>(view.page, 1, pages);
  Markup list =
      found.changes.empty()
          ? of_class("p",
                     "quiet",
                     text(found.found > 0       ? "There is no such page."
                          : view.reverts_others ? "Nothing that others changed had to be set back."
                                                : "No change is recorded."))
          : change_list(found.changes, found.names, frame.now);
  list += history_nav(view, page_number, pages);
  list += of_class("p",
                   "quiet",
                   text("Of each account the last " +
                        count_of(found.scanned_of_each, "write was", "writes were") +
                        " looked at; 'authzd runs' shows the runs before."));
  return page(frame,
              {"History", Section::history},
              element("h1", text("History")) + literal("\n") + history_lead(view) + choices(view) +
                  part("history", list));
}

}  // namespace authzd::console

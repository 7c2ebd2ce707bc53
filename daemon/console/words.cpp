// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/words.hpp"

#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd::console {
namespace {

/// The two largest units: "3h5m", "2d4h".
std::string distance_text(std::chrono::milliseconds away) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const auto count = [away](auto unit) {
    return std::chrono::duration_cast<decltype(unit)>(away).count();
  };
  if (away >= days(2)) return std::to_string(count(days{})) + "d";
  if (away >= hours(2)) return std::to_string(count(hours{})) + "h";
  if (away >= minutes(2)) return std::to_string(count(minutes{})) + "m";
  return std::to_string(count(seconds{})) + "s";
}

Markup counted(std::string_view sign, std::size_t count, std::string_view word) {
  if (count == 0) return {};
  const std::string meaning = std::to_string(count) + " " + std::string(word);
  return element("span",
                 {{"class", "change " + std::string(word)}, {"title", meaning}},
                 element("span", {{"aria-hidden", "true"}}, text(sign)) +
                     text(std::to_string(count)) +
                     of_class("span", "heard", text(" " + std::string(word)))) +
         text(" ");
}

}  // namespace

std::string time_text(Timestamp time) {
  std::string out = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  std::ranges::replace(out, 'T', ' ');
  if (out.ends_with('Z')) out.replace(out.size() - 1, 1, " UTC");
  return out;
}

Markup age(Timestamp time, Timestamp now) {
  const bool is_ahead = time > now;
  const std::string away = distance_text(is_ahead ? time - now : now - time);
  return element("time",
                 {{"datetime", to_rfc3339(time)}, {"title", time_text(time)}},
                 text(is_ahead ? "in " + away : away + " ago"));
}

Markup time_and_age(Timestamp time, Timestamp now) {
  return text(time_text(time) + " ") + of_class("span", "quiet", age(time, now));
}

Markup revision(std::string_view any) {
  if (any.empty()) return quiet("none");
  return element("code", {{"title", clipped(any, kMostText)}}, text(short_revision(any), 80));
}

Markup commit_line(const Commit& commit, Timestamp now) {
  Markup line = text(commit_text(commit));
  if (!line.empty() && commit.authored > Timestamp{}) {
    line += text(", ") + age(commit.authored, now);
  }
  if (commit.link.empty()) return line;
  const Attributes outside{{"href", commit.link}, {"rel", "noreferrer"}};
  return line + text(line.empty() ? "" : " ") + element("a", outside, text("show the commit"));
}

Markup revision_and_commit(std::string_view any, const Commit& commit, Timestamp now) {
  const Markup line = commit_line(commit, now);
  return line.empty() ? revision(any) : revision(any) + literal("<br>") + line;
}

Markup command(std::string_view line) {
  return element("pre", {{"class", "command"}, {"tabindex", "0"}}, element("code", text(line)));
}

Markup quiet(std::string_view any) {
  return of_class("span", "quiet", text(any));
}

Markup facts(const Facts& all) {
  Markup list;
  for (const auto& [term, content] : all) {
    if (content.empty()) continue;
    list += element("div", element("dt", text(term)) + element("dd", content));
  }
  return list.empty() ? list : of_class("dl", "facts", list) + literal("\n");
}

Markup table(std::string_view caption, const Markup& head, const Markup& rows) {
  return element("div",
                 {{"class", "wide"},
                  {"tabindex", "0"},
                  {"role", "region"},
                  {"aria-label", std::string(caption)}},
                 element("table",
                         element("caption", text(caption)) + element("thead", element("tr", head)) +
                             element("tbody", rows))) +
         literal("\n");
}

Markup cell(std::string_view label, const Markup& content, std::string_view of) {
  Attributes attributes;
  if (!of.empty()) attributes.emplace_back("class", of);
  if (!content.empty()) attributes.emplace_back("data-label", label);
  return element("td", attributes, content);
}

Markup policy_link(std::string_view account, const PolicyId& policy) {
  constexpr std::size_t kShownId = 60;
  return link(policy_target(account, policy.value), element("code", text(policy.value, kShownId)));
}

Markup changes(std::size_t created, std::size_t updated, std::size_t deleted) {
  const Markup all = counted("+", created, "created") + counted("~", updated, "updated") +
                     counted("−", deleted, "deleted");
  return all.empty() ? quiet("no change") : all;
}

Markup left_out(std::size_t shown, std::size_t all, std::string_view where) {
  if (shown >= all) return {};
  std::string rest = "and " + std::to_string(all - shown) + " more";
  if (!where.empty()) rest += ": " + std::string(where);
  return of_class("p", "quiet", text(rest));
}

std::string account_target(std::string_view name) {
  return "/accounts/" + percent_encoded(name);
}

std::string policy_target(std::string_view account, std::string_view policy) {
  return target_with("/policies/" + percent_encoded(policy), {{"account", std::string(account)}});
}

std::string run_target(std::string_view account, std::string_view run) {
  return target_with("/runs/" + percent_encoded(run), {{"account", std::string(account)}});
}

std::string target_with(std::string_view path,
                        const std::vector<std::pair<std::string_view, std::string>>& query) {
  std::string target(path);
  char mark = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += mark + std::string(name) + "=" + percent_encoded(value);
    mark = '&';
  }
  return target;
}

}  // namespace authzd::console

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/commit_status.hpp"

#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/json_values.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

using report::Json;

constexpr std::size_t kMostLeft = 16;
constexpr std::size_t kMostNamed = 3;
constexpr std::array<std::string_view, 3> kStateWords{"pending", "success", "failure"};

std::string_view word_of(CommitState state) {
  return kStateWords.at(static_cast<std::size_t>(state));
}

/// "held in prod, staging and 2 more"; empty for none.
std::string names_text(std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  const std::size_t shown = std::min(names.size(), kMostNamed);
  std::string text = std::string(what) + " in ";
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + printable(names[i]);
  if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

std::string clipped(const std::string& text) {
  return first_characters(text, kMostDescription - 1);
}

std::string gitlab_word(CommitState state) {
  return state == CommitState::failure ? "failed" : std::string(word_of(state));
}

}  // namespace

std::string to_string(const CommitVerdict& verdict) {
  return std::string(word_of(verdict.state)) + " " + verdict.commit + " " + verdict.description;
}

std::optional<CommitVerdict> parse_commit_verdict(std::string_view text) {
  const std::size_t first = text.find(' ');
  if (first == std::string_view::npos) return std::nullopt;
  const auto state = std::ranges::find(kStateWords, text.substr(0, first));
  const std::string_view rest = text.substr(first + 1);
  const std::size_t second = std::min(rest.find(' '), rest.size());
  const std::string_view commit = rest.substr(0, second);
  if (state == kStateWords.end() || !is_commit_id(commit)) return std::nullopt;
  const std::string_view description = rest.substr(std::min(second + 1, rest.size()));
  return CommitVerdict{std::string(commit),
                       static_cast<CommitState>(state - kStateWords.begin()),
                       std::string(description)};
}

void CommitStatusBook::follow(std::set<AccountId> accounts) {
  accounts_ = std::move(accounts);
  std::erase_if(standings_, [this](const auto& each) { return !accounts_.contains(each.first); });
}

std::optional<CommitVerdict> CommitStatusBook::note(const CycleSummary& cycle) {
  if (!accounts_.contains(cycle.account)) return std::nullopt;
  standings_[cycle.account] = {cycle.account_name, cycle.newest, cycle.standing};
  if (!is_commit_id(cycle.newest)) return std::nullopt;
  CommitVerdict verdict = verdict_on(cycle.newest);
  if (!is_news(verdict)) return std::nullopt;
  if (last_ && last_->commit != verdict.commit) {
    std::erase(left_, verdict.commit);
    left_.push_back(last_->commit);
    if (left_.size() > kMostLeft) left_.pop_front();
  }
  last_ = verdict;
  last_at_ = cycle.at;
  return verdict;
}

/// An account that is late with an older commit says nothing about it; all of them do, after a
/// branch was set back.
bool CommitStatusBook::is_news(const CommitVerdict& verdict) const {
  if (last_ && last_->commit == verdict.commit) {
    // A new process does not know all accounts at once: fewer names are no news.
    const bool is_fuller = verdict.state != last_->state || standings_.size() == accounts_.size();
    return verdict.state != CommitState::pending && is_fuller && verdict != *last_;
  }
  const bool was_left = std::ranges::find(left_, verdict.commit) != left_.end();
  return !was_left || is_followed_by_all(verdict.commit);
}

bool CommitStatusBook::is_followed_by_all(const std::string& commit) const {
  return standings_.size() == accounts_.size() &&
         std::ranges::all_of(standings_,
                             [&commit](const auto& each) { return each.second.commit == commit; });
}

CommitVerdict CommitStatusBook::verdict_on(const std::string& commit) const {
  std::vector<std::string> refused;
  std::vector<std::string> held;
  std::vector<std::string> stalled;
  std::size_t matching = 0;
  for (const auto& [id, account] : standings_) {
    if (account.commit != commit) continue;
    switch (account.standing) {
      case RevisionStanding::pending: break;
      case RevisionStanding::matches: ++matching; break;
      case RevisionStanding::refused: refused.push_back(account.name); break;
      case RevisionStanding::held: held.push_back(account.name); break;
      case RevisionStanding::stalled: stalled.push_back(account.name); break;
    }
  }
  std::vector<std::string> faults{names_text("refused", refused),
                                  names_text("waits for approval", held),
                                  names_text("needs a person", stalled)};
  std::erase(faults, std::string());
  if (!faults.empty()) {
    return {commit, CommitState::failure, clipped(join(faults, "; ") + ": see authzd status")};
  }
  const std::string accounts = count_of(accounts_.size(), "account", "accounts");
  if (matching == accounts_.size()) {
    const std::string verb = matching == 1 ? " matches it" : " match it";
    return {commit, CommitState::success, clipped(accounts + verb)};
  }
  return {commit,
          CommitState::pending,
          clipped(std::to_string(matching) + " of " + accounts + " match it")};
}

void CommitStatusBook::recall(CommitVerdict verdict, Timestamp at) {
  if (last_ && last_at_ >= at) return;
  last_ = std::move(verdict);
  last_at_ = at;
}

HttpRequest commit_status_request(const CommitStatusConfig& config,
                                  const CommitVerdict& verdict,
                                  const std::string& owner,
                                  const Secret& token) {
  const bool is_github = config.forge == Forge::github;
  const auto base = parse_base_url(config.api);
  HttpRequest request{"POST", base ? base->path : std::string()};
  const std::string context = "authzd/" + owner;
  const std::string secret(token.reveal());
  if (is_github) {
    request.target += "/repos/" + config.repository + "/statuses/" + verdict.commit;
    request.headers = {{"Authorization", "Bearer " + secret},
                       {"Accept", "application/vnd.github+json"},
                       {"X-GitHub-Api-Version", "2022-11-28"}};
    request.body = report::dump({{"state", word_of(verdict.state)},
                                 {"description", verdict.description},
                                 {"context", context}},
                                -1);
  } else {
    request.target +=
        "/projects/" + percent_encoded(config.repository) + "/statuses/" + verdict.commit;
    request.headers = {{"PRIVATE-TOKEN", secret}};
    request.body = report::dump({{"state", gitlab_word(verdict.state)},
                                 {"description", verdict.description},
                                 {"name", context}},
                                -1);
  }
  request.headers.push_back({"Content-Type", "application/json; charset=utf-8"});
  return request;
}

bool is_set_already(const HttpResponse& response) {
  constexpr int kBadRequest = 400;
  return response.status == kBadRequest &&
         response.body.find("Cannot transition status") != std::string::npos;
}

}  // namespace authzd

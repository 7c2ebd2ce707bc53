// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/rollout_store.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {
namespace {

std::string mark_lines(const std::set<std::string>& marks) {
  std::string text;
  for (const std::string& mark : marks) text += mark + '\n';
  return text;
}

std::set<std::string> marks_in(std::string_view text) {
  std::set<std::string> marks;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    marks.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return marks;
}

std::optional<Trouble> trouble_of(std::string_view word) {
  for (const Trouble trouble : kTroubles) {
    if (to_string(trouble) == word) return trouble;
  }
  return std::nullopt;
}

}  // namespace

Result<KeptRollout> RolloutStore::rollout() const {
  auto found = database_->first<KeptRollout>(
      "SELECT revision, began, rules, is_paused, is_promoted, is_urgent, is_complete, who, word, "
      "at, is_fresh FROM rollouts",
      {},
      [](const SqlRow& row) {
        KeptRollout kept;
        kept.rollout.revision = row.text(0);
        kept.rollout.began = row.time(1);
        kept.rules = row.text(2);
        kept.rollout.is_paused = row.flag(3);
        kept.rollout.is_promoted = row.flag(4);
        kept.rollout.is_urgent = row.flag(5);
        kept.rollout.is_complete = row.flag(6);
        kept.who = row.text(7);
        kept.word = row.text(8);
        kept.at = row.time(9);
        kept.rollout.is_fresh = row.flag(10);
        return kept;
      });
  if (!found) return std::move(found).error();
  if (!*found) return KeptRollout{};
  auto& complete = (*found)->rollout.complete;
  auto done = database_->each(
      "SELECT wave, complete FROM rollout_waves ORDER BY wave", {}, [&](const SqlRow& row) {
        const auto wave = static_cast<std::size_t>(std::max<std::int64_t>(row.number(0), 0));
        if (wave > kMaxWaves) return;
        complete.resize(std::max(complete.size(), wave + 1));
        complete[wave] = row.time(1);
      });
  if (!done) return std::move(done).error();
  return std::move(**found);
}

Result<void> RolloutStore::keep(const KeptRollout& kept) {
  const Rollout& rollout = kept.rollout;
  return database_->atomically([&]() -> Result<void> {
    auto done = database_->run(
        "INSERT INTO rollouts (one, revision, began, rules, is_paused, is_promoted, is_urgent, "
        "is_complete, who, word, at, is_fresh) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (one) DO UPDATE SET revision = excluded.revision, began = excluded.began,"
        " rules = excluded.rules, is_paused = excluded.is_paused,"
        " is_promoted = excluded.is_promoted, is_urgent = excluded.is_urgent,"
        " is_complete = excluded.is_complete, who = excluded.who, word = excluded.word,"
        " at = excluded.at, is_fresh = excluded.is_fresh",
        {rollout.revision,
         rollout.began,
         kept.rules,
         rollout.is_paused,
         rollout.is_promoted,
         rollout.is_urgent,
         rollout.is_complete,
         kept.who,
         kept.word,
         kept.at,
         rollout.is_fresh});
    if (done) done = database_->run("DELETE FROM rollout_waves");
    for (std::size_t wave = 0; done && wave < rollout.complete.size(); ++wave) {
      if (!rollout.complete[wave]) continue;
      done = database_->run("INSERT INTO rollout_waves (wave, complete) VALUES (?, ?)",
                            {wave, *rollout.complete[wave]});
    }
    return done;
  });
}

Result<std::map<AccountId, RolloutProgress>> RolloutStore::accounts() const {
  std::map<AccountId, RolloutProgress> accounts;
  auto done = database_->each(
      "SELECT account, revision, earlier, reached, marks, before, trouble, why "
      "FROM rollout_accounts",
      {},
      [&](const SqlRow& row) {
        RolloutProgress& progress = accounts[AccountId(row.text(0))];
        progress.revision = row.text(1);
        progress.earlier = row.text(2);
        progress.reached = parse_rollout_step(row.text(3)).value_or(RolloutStep::nothing);
        progress.marks = marks_in(row.text(4));
        progress.before = marks_in(row.text(5));
        progress.trouble = trouble_of(row.text(6));
        progress.why = row.text(7);
      });
  if (!done) return std::move(done).error();
  return accounts;
}

Result<void> RolloutStore::keep(const AccountId& account, const RolloutProgress& progress) {
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO rollout_accounts (account, revision, earlier, reached, marks, before, "
        "trouble, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account) DO UPDATE SET revision = excluded.revision,"
        " earlier = excluded.earlier, reached = excluded.reached, marks = excluded.marks,"
        " before = excluded.before, trouble = excluded.trouble, why = excluded.why",
        {account.value,
         progress.revision,
         progress.earlier,
         std::string(to_string(progress.reached)),
         mark_lines(progress.marks),
         mark_lines(progress.before),
         progress.trouble ? std::string(to_string(*progress.trouble)) : std::string(),
         progress.why});
  });
}

}  // namespace authzd

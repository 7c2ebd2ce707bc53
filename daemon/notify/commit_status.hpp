// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether the accounts match a commit, as a status that a forge shows beside it. Pure: values in,
// values out.
#pragma once

#include "daemon/config/notify_config.hpp"
#include "daemon/net/http.hpp"
#include "daemon/notify/summary.hpp"
#include "reconciler/base/secret.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

enum class CommitState {
  pending,  // seen; some accounts do not match it yet
  success,  // all accounts match it
  failure,  // an account refused it, or waits for a person with it
};

struct CommitVerdict {
  std::string commit;  // in full
  CommitState state = CommitState::pending;
  std::string description = {};  // at most kMostDescription characters; without error messages,
                                 // which may say more than a forge's readers should know

  bool operator==(const CommitVerdict&) const = default;
};

inline constexpr std::size_t kMostDescription = 140;  // characters, by GitHub's limit

/// "success 4f2a… all 3 accounts match it": for the state. The reading accepts any text.
std::string to_string(const CommitVerdict& verdict);
std::optional<CommitVerdict> parse_commit_verdict(std::string_view text);

/// Follows how all accounts stand, and returns each verdict once.
class CommitStatusBook {
 public:
  /// The accounts of the configuration; what is known of others is forgotten.
  void follow(std::set<AccountId> accounts);

  /// The verdict that this cycle changed; none if it is the same as before, if an older commit is
  /// only being left, or if the revision is not a commit. A commit is pending once at most, and
  /// before its first verdict.
  [[nodiscard]] std::optional<CommitVerdict> note(const CycleSummary& cycle);

  /// The last verdict of an earlier process; the newest one wins.
  void recall(CommitVerdict verdict, Timestamp at);

  /// The last one, and when; none: there was none yet.
  [[nodiscard]] const std::optional<CommitVerdict>& last() const { return last_; }
  [[nodiscard]] Timestamp last_at() const { return last_at_; }

  /// The next verdict is news in any case, as for another forge or token.
  void forget() { last_.reset(); }

 private:
  struct Standing {
    std::string name;
    std::string commit;
    RevisionStanding standing = RevisionStanding::pending;
  };

  [[nodiscard]] CommitVerdict verdict_on(const std::string& commit) const;
  [[nodiscard]] bool is_followed_by_all(const std::string& commit) const;
  [[nodiscard]] bool is_news(const CommitVerdict& verdict) const;

  std::set<AccountId> accounts_;
  std::map<AccountId, Standing> standings_;
  std::deque<std::string> left_;  // commits that had a verdict before the last one
  std::optional<CommitVerdict> last_;
  Timestamp last_at_ = {};
};

/// The request that sets the status: of GitHub `POST /repos/R/statuses/C`, of GitLab `POST
/// /projects/R/statuses/C`. `owner`: of this installation, which distinguishes it from others.
HttpRequest commit_status_request(const CommitStatusConfig& config,
                                  const CommitVerdict& verdict,
                                  const std::string& owner,
                                  const Secret& token);

/// Whether a forge refuses a status only because it has it already, as GitLab does with 400.
bool is_set_already(const HttpResponse& response);

}  // namespace authzd

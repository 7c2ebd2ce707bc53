// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `validate --online`: whether all that a daemon needs is there, one thing after the other.
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cli/setup.hpp"
#include "reconciler/base/text.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <unistd.h>

namespace authzd {
namespace {

constexpr std::size_t kAboutWidth = 12;

/// A line for each thing that was looked at, as soon as it was.
class CheckList {
 public:
  explicit CheckList(std::ostream& out) : out_(out) {}

  void heading(const std::string& text) { out_ << text << '\n'; }
  void good(std::string about, const std::string& what) { line("✓", std::move(about), what); }
  void bad(std::string about, const std::string& what) {
    is_well_ = false;
    line("✗", std::move(about), what);
  }
  /// Nothing that stops a daemon, but worth knowing.
  void note(std::string about, const std::string& what) { line("!", std::move(about), what); }

  [[nodiscard]] bool is_well() const { return is_well_; }

 private:
  void line(std::string_view sign, std::string about, const std::string& what) {
    about.resize(std::max(about.size(), kAboutWidth), ' ');
    out_ << "  " << sign << " " << about << " " << what << std::endl;
  }

  std::ostream& out_;
  bool is_well_ = true;
};

std::string skew_text(const TrustedTime& time) {
  const auto away = std::chrono::abs(time.skew);
  if (away < std::chrono::seconds(1)) return "the host's clock is IAM's";
  return "the host's clock is " + to_string(away) +
         (time.skew.count() > 0 ? " ahead of IAM's" : " behind IAM's");
}

/// What the key is, and what it may see. False where nothing else can be looked at.
boost::asio::awaitable<bool> check_access(CheckList& list,  // coroutine-ref: the awaiter's
                                          AccountRuntime& account) {  // coroutine-ref: likewise
  const auto identity = co_await account.reader().identity();
  if (!identity) {
    list.bad("key", to_string(identity.error()));
    co_return false;
  }
  list.good("key", "it is " + printable(identity->iam_id.value) + ", of this account");
  const auto observation = co_await observe(account.reading_beside());
  if (!observation) {
    list.bad("rights", to_string(observation.error()));
    co_return false;
  }
  list.good("rights",
            "IAM lists " +
                count_of(observation->policies.size(), "authorization", "authorizations") +
                "; writing is not tried");
  if (!observation->is_use_known) {
    list.note("last use", "IAM does not tell when a policy was last used");
  }
  const TrustedTime& time = observation->time;
  if (time.is_trusted()) {
    list.good("clock", skew_text(time));
  } else {
    list.bad("clock", clock_text(time));
  }
  co_return true;
}

void show_plan(CheckList& list, const AccountPlan& plan) {
  if (!plan.planned) return list.bad("manifests", "see above");
  list.good("manifests", "revision " + printable(plan.planned->revision));
  const PlanCounts counts = count(plan.planned->plan);
  std::string summary = summary_line(counts);
  if (counts.dropped > 0) {
    summary += " The mode does not allow " + count_of(counts.dropped, "change.", "changes.");
  }
  if (counts.conflicts > 0) return list.bad("plan", summary + " See authzd plan");
  list.good("plan", summary);
}

enum class PlaceKind { file, database, socket };

/// What is at a place that the daemon wants for itself; empty: nothing that is in its way.
std::string in_the_way(const std::string& path, PlaceKind kind) {
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (!std::filesystem::exists(status)) return {};
  if (kind == PlaceKind::socket) {
    return std::filesystem::is_socket(status) ? "" : "a file that is no socket is there";
  }
  if (!std::filesystem::is_regular_file(status)) return "what is there is no regular file";
  if (kind != PlaceKind::database) return {};
  constexpr std::string_view kSqlite = "SQLite format 3";
  std::ifstream file(path, std::ios::binary);
  std::string begin(kSqlite.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  const bool is_new = file.gcount() == 0;
  return is_new || begin == kSqlite ? "" : "what is there is not a database of authzd";
}

/// A file that the daemon makes: whether this user could.
void check_place(CheckList& list,
                 const std::string& about,
                 const std::string& path,
                 PlaceKind kind) {
  if (path.empty()) return;
  if (const std::string what = in_the_way(path, kind); !what.empty()) {
    return list.bad(about, printable(path) + ": " + what);
  }
  std::error_code ec;
  const std::filesystem::path file(path);
  const bool is_there = std::filesystem::exists(file, ec);
  const std::string target = is_there ? path : file.parent_path().string();
  if (access(target.c_str(), W_OK) == 0) return list.good(about, printable(path));
  list.bad(
      about,
      printable(path) + ": " +
          (std::filesystem::exists(target, ec)
               ? "this user may not write " + printable(target)
               : printable(target) + " is not there; systemd makes it when it starts the unit"));
}

/// A daemon that runs listens already.
void check_listener(CheckList& list, const Setup& setup, const std::optional<Error>& problem) {
  if (setup.admin.listen.empty()) return;
  const std::string shown = printable(setup.admin.listen);
  if (!problem) return list.good("listener", shown);
  std::error_code ec;
  const bool may_run = std::filesystem::is_socket(setup.socket, ec);
  const std::string what = shown + ": " + to_string(*problem);
  if (!may_run) return list.bad("listener", what);
  list.note("listener", what + "; a daemon that runs has it already");
}

}  // namespace

Ending check_all(CommandContext context,
                 Workplace place,
                 const Setup& setup,  // coroutine-ref: the awaiter's
                 std::optional<Error> no_listener) {
  CheckList list(context.console.out);
  list.heading("this host");
  check_place(list, "state", setup.state_path, PlaceKind::database);
  check_place(list, "audit log", setup.audit_file, PlaceKind::file);
  check_place(list, "socket", setup.socket, PlaceKind::socket);
  check_listener(list, setup, no_listener);
  for (const auto& account : place.accounts) {
    list.heading(printable(account->spec().name) + " (" + printable(account->spec().id.value) +
                 ")");
    if (!co_await check_access(list, *account)) continue;
    Workplace alone;
    alone.accounts = {account};
    const auto plans = co_await plan_accounts(context, std::move(alone), AuthorizationNames());
    for (const AccountPlan& plan : plans) show_plan(list, plan);
  }
  co_return list.is_well() ? ExitCode::done : ExitCode::error;
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/suspensions.hpp"

#include "reconciler/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

constexpr const char* kAll = "";
constexpr std::string_view kFile = ".suspended";  // appended to the state's name

std::string scope_of(const std::optional<AccountId>& account) {
  return account ? account->value : kAll;
}

std::string file_beside(const std::string& state) {
  return state + std::string(kFile);
}

bool has_scope(const std::vector<Suspension>& all, const std::optional<AccountId>& account) {
  return std::ranges::find(all, account, &Suspension::account) != all.end();
}

Suspension read_suspension(const SqlRow& row) {
  const std::string scope = row.text(0);
  Suspension suspension;
  if (scope != kAll) suspension.account = AccountId{scope};
  suspension.who = row.text(1);
  suspension.since = row.time(2);
  return suspension;
}

}  // namespace

Suspensions::Suspensions(std::shared_ptr<Database> database) : database_(std::move(database)) {}

Result<std::optional<Suspension>> Suspensions::of(const AccountId& account) const {
  auto found = database_->first<Suspension>(
      "SELECT scope, who, at FROM suspensions WHERE scope IN (?, '') ORDER BY scope DESC",
      {account.value},
      read_suspension);
  if (!found || (*found && (*found)->account)) return found;
  std::vector<std::string> files = heeded_;
  if (const auto own = database_->file()) files.push_back(file_beside(*own));
  for (const std::string& file : files) {
    const auto noted = read_suspension_file(file);
    if (!noted) return noted.error();
    for (const Suspension& each : *noted) {
      if (each.account == account) return std::optional(each);
      if (!each.account && !*found) *found = each;
    }
  }
  return found;
}

void Suspensions::heed(const std::string& state) {
  if (database_->file() != state) heeded_.push_back(file_beside(state));
}

Result<std::vector<Suspension>> Suspensions::list() const {
  return database_->all<Suspension>(
      "SELECT scope, who, at FROM suspensions ORDER BY scope", {}, read_suspension);
}

Result<void> Suspensions::suspend(const Suspension& suspension) {
  const std::string scope = scope_of(suspension.account);
  const auto taken = take_from_file();  // so as not to lose entries of another process
  auto kept = database_->atomically([&] {
    return database_->run(
        "INSERT INTO suspensions (scope, who, at) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        {scope, suspension.who, suspension.since});
  });
  if (!kept) return kept;
  if (auto noted = taken ? keep_file() : taken; !noted) {
    return std::move(noted).error().context(
        "it is suspended, but a loss of the state would end that");
  }
  return {};
}

Result<void> Suspensions::resume(const std::optional<AccountId>& account) {
  const std::string scope = scope_of(account);
  if (auto taken = take_from_file(); !taken) return taken;
  auto ended = database_->atomically(
      [&] { return database_->run("DELETE FROM suspensions WHERE scope = ?", {scope}); });
  if (!ended) return ended;
  if (auto noted = keep_file(); !noted) {
    return std::move(noted).error().context("it stays suspended, by the file beside the state");
  }
  return {};
}

Result<void> Suspensions::take_from_file() {
  if (!database_->file()) return {};
  const auto noted = read_suspension_file(file_beside(*database_->file()));
  if (!noted) return noted.error();
  const auto known = list();
  if (!known) return known.error();
  if (noted->empty() && known->empty()) return {};
  auto taken = database_->atomically([&]() -> Result<void> {
    for (const Suspension& each : *noted) {
      auto kept = database_->run(
          "INSERT INTO suspensions (scope, who, at) VALUES (?, ?, ?)"
          " ON CONFLICT DO NOTHING",
          {scope_of(each.account), each.who, each.since});
      if (!kept) return kept;
    }
    return {};
  });
  const auto all = taken ? list() : std::vector<Suspension>();
  if (!taken || !all) return taken ? Result<void>(all.error()) : taken;
  const bool is_whole = std::ranges::all_of(
      *all, [&](const Suspension& each) { return has_scope(*noted, each.account); });
  if (!is_whole) (void)keep_file();  // on failure the state still has it
  return {};
}

Result<void> Suspensions::keep_file() const {
  if (!database_->file()) return {};
  const auto all = list();
  if (!all) return all.error();
  return write_suspension_file(file_beside(*database_->file()), *all);
}

Result<void> suspend_beside(const std::string& state, const std::vector<Suspension>& suspensions) {
  const std::string file = file_beside(state);
  auto all = read_suspension_file(file);
  if (!all) return std::move(all).error();
  for (const Suspension& each : suspensions) {
    if (!has_scope(*all, each.account)) all->push_back(each);
  }
  return write_suspension_file(file, *all);
}

namespace {

using nlohmann::json;

constexpr mode_t kFileMode = 0600;
constexpr const char* kAccount = "account";
constexpr const char* kWho = "who";
constexpr const char* kSince = "since";

Error unreadable(const std::string& path, const std::string& why) {
  return {ErrorCode::invalid_config,
          "what is suspended cannot be read from " + printable(path) + ": " + why +
              ". Put it right, or move it away and call 'authzd suspend' again"};
}

Error unwritable(const std::string& path, int error) {
  return {ErrorCode::unavailable,
          "cannot write " + printable(path) + ": " + std::generic_category().message(error)};
}

Error unreadable(const std::string& path, int error) {
  return unreadable(path, std::generic_category().message(error));
}

constexpr std::size_t kMostBytes = 1U << 20U;

/// The whole file, if it is not larger than what authzd may have written there.
Result<std::string> read_all(const std::string& path, int file) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return unreadable(path, errno);
  if (!S_ISREG(facts.st_mode)) return unreadable(path, "it is not a regular file");
  if (static_cast<std::size_t>(facts.st_size) > kMostBytes) {
    return unreadable(path, "it is too large");
  }
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t more = ::read(file, text.data() + got, text.size() - got);
    if (more < 0) return unreadable(path, errno);
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  text.resize(got);
  return text;
}

/// None: the file does not exist.
Result<std::optional<std::string>> read_file(const std::string& path) {
  // O_NONBLOCK: a FIFO in its place must not block the start.
  const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const int file = ::open(path.c_str(), flags);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::optional<std::string>();
  if (file < 0 && errno == EACCES) {
    return Error{ErrorCode::invalid_config,
                 "what is suspended may not be read from " + printable(path) +
                     " by this user: call it as the user of the daemon, or as root"};
  }
  if (file < 0) return unreadable(path, errno);
  auto text = read_all(path, file);
  ::close(file);
  if (!text) return std::move(text).error();
  return std::optional(std::move(*text));
}

json to_json(const Suspension& suspension) {
  return {{kAccount, suspension.account ? suspension.account->value : ""},
          {kWho, suspension.who},
          {kSince, suspension.since.time_since_epoch().count()}};
}

Suspension from_json(const json& entry) {
  Suspension suspension;
  const std::string account = entry.at(kAccount).get<std::string>();
  if (!account.empty()) suspension.account = AccountId{account};
  suspension.who = entry.at(kWho).get<std::string>();
  suspension.since = Timestamp(Timestamp::duration(entry.at(kSince).get<std::int64_t>()));
  return suspension;
}

/// Writes it to disk under that name, atomically.
Result<void> put_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  const int file = ::open(fresh.c_str(), flags, kFileMode);
  if (file < 0) return unwritable(fresh, errno);
  const bool is_whole =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!is_whole) return unwritable(fresh, error);
  if (::rename(fresh.c_str(), path.c_str()) != 0) return unwritable(path, errno);
  return {};
}

Result<void> sync_folder_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return unwritable(folder, errno);
  const bool is_synced = ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  return is_synced ? Result<void>{} : unwritable(folder, error);
}

}  // namespace

Result<std::vector<Suspension>> read_suspension_file(const std::string& path) {
  std::vector<Suspension> all;
  const auto text = read_file(path);
  if (!text) return text.error();
  if (!*text) return all;
  try {
    for (const json& entry : json::parse(**text)) all.push_back(from_json(entry));
  } catch (const json::exception&) {
    return unreadable(path, "it is not what authzd writes there");
  }
  return all;
}

Result<void> write_suspension_file(const std::string& path, const std::vector<Suspension>& all) {
  if (all.empty()) {
    if (::unlink(path.c_str()) == 0) return sync_folder_of(path);
    return errno == ENOENT ? Result<void>{} : unwritable(path, errno);
  }
  json entries = json::array();
  for (const Suspension& each : all) entries.push_back(to_json(each));
  const auto keep_going = json::error_handler_t::replace;
  return replace_file_beside(path, entries.dump(2, ' ', false, keep_going) + "\n");
}

Result<void> replace_file_beside(const std::string& path, const std::string& text) {
  if (auto put = put_file(path, text); !put) return put;
  return sync_folder_of(path);
}

}  // namespace authzd

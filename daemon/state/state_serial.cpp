// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/state_serial.hpp"

#include "daemon/state/account_times.hpp"
#include "daemon/state/database.hpp"
#include "daemon/state/suspensions.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <errno.h>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr std::chrono::seconds kWriteEvery{1};

Error unusable_serial(const std::string& path, const std::string& why) {
  return {ErrorCode::invalid_config,
          "the serial of the state, " + printable(path) + ", cannot be used: " + why +
              ". It shows whether the state is older than the account: put it right, or move it "
              "away"};
}

Result<std::uint64_t> parse_serial(const std::string& path, std::string_view text) {
  std::uint64_t serial = 0;
  text = trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), serial);
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62U;
  const bool is_serial = error == std::errc{} && end == text.data() + text.size() && serial < kMost;
  if (!is_serial) return unusable_serial(path, "it is not what authzd writes there");
  return serial;
}

/// None: the file does not exist, or is empty, as authzd never leaves it.
Result<std::optional<std::uint64_t>> read_serial(const std::string& path) {
  // O_NONBLOCK: a FIFO in its place must not block the start.
  const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const int file = ::open(path.c_str(), flags);
  if (file < 0 && errno == ENOENT) return std::optional<std::uint64_t>{};
  if (file < 0) return unusable_serial(path, std::generic_category().message(errno));
  struct stat about {};
  std::array<char, 64> buffer{};
  const bool is_file = ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
  const ssize_t size = is_file ? ::pread(file, buffer.data(), buffer.size(), 0) : -1;
  ::close(file);
  if (size < 0) return unusable_serial(path, "it is not a file that can be read");
  if (size == 0) return std::optional<std::uint64_t>{};
  const auto serial = parse_serial(path, {buffer.data(), static_cast<std::size_t>(size)});
  if (!serial) return serial.error();
  return std::optional<std::uint64_t>(*serial);
}

Result<std::vector<std::string>> accounts_of(Database& database) {
  return database.all<std::string>(
      "SELECT account FROM revisions UNION SELECT account FROM policies"
      " UNION SELECT account FROM approvals UNION SELECT account FROM pins"
      " UNION SELECT account FROM protect_releases UNION SELECT account FROM ends"
      " UNION SELECT account FROM wanted_removals UNION SELECT account FROM written",
      {},
      [](const SqlRow& row) { return row.text(0); });
}

Result<std::uint64_t> serial_in(Database& database) {
  const auto found = database.first<std::int64_t>(
      "SELECT serial FROM state_serial", {}, [](const SqlRow& row) { return row.number(0); });
  if (!found) return found.error();
  return static_cast<std::uint64_t>(found->value_or(0));
}

}  // namespace

StateSerial::~StateSerial() {
  write();
}

Result<bool> StateSerial::settle(const std::shared_ptr<Database>& database) {
  const auto beside = read_serial(path_);
  if (!beside) return beside.error();
  const auto kept = serial_in(*database);
  if (!kept) return kept.error();
  written_ = *beside;
  kept_ = *kept;
  // The file exists before a state has a serial, so that one without it is not known to be the
  // newest.
  const bool is_newest = *beside ? **beside <= *kept : *kept == 0;
  if (is_newest) {
    committed();
    if (*kept == 0) written_at_.reset();  // the first change is written at once
    return false;
  }
  const auto accounts = accounts_of(*database);
  if (!accounts) return accounts.error();
  kept_ = std::max(*kept, beside->value_or(0));
  auto settled = database->atomically([&]() -> Result<void> {
    for (const std::string& account : *accounts) {
      auto done = ChangeMark(database, AccountId{account}).distrust_older_copy();
      if (!done) return done;
    }
    return grow(*database);
  });
  if (!settled) return std::move(settled).error();
  return !accounts->empty();
}

Result<void> StateSerial::grow(Database& database) {
  growing_ = kept_ + 1;
  return database.run(
      "INSERT INTO state_serial (one, serial) VALUES (1, ?)"
      " ON CONFLICT (one) DO UPDATE SET serial = excluded.serial",
      {static_cast<std::int64_t>(growing_)});
}

void StateSerial::committed() {
  kept_ = std::max(kept_, growing_);
  const auto now = std::chrono::steady_clock::now();
  if (!written_at_ || now - *written_at_ >= kWriteEvery) write();
}

void StateSerial::write() {
  if (kept_ == written_) return;
  written_at_ = std::chrono::steady_clock::now();
  if (replace_file_beside(path_, std::to_string(kept_) + "\n")) written_ = kept_;
}

}  // namespace authzd

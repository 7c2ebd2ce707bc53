// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/user_names.hpp"

#include "daemon/admin/name_service.hpp"
#include "daemon/net/aside.hpp"

#include <pwd.h>
#include <utility>

namespace authzd {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes kRemembered(10);
constexpr std::size_t kMostRemembered = 256;
constexpr long kMostUnderWay = 4;
constexpr std::size_t kLongestName = 256;

}  // namespace

std::string look_up_user_name(unsigned uid) {
  const auto look_up = [uid](passwd* entry, char* buffer, std::size_t size, passwd** found) {
    return ::getpwuid_r(uid, entry, buffer, size, found);
  };
  return read_entry<passwd>(look_up, [](const passwd& entry) { return std::string(entry.pw_name); })
      .value_or("");
}

UserNames::UserNames(boost::asio::any_io_executor executor,
                     LookUp look_up,
                     std::chrono::milliseconds patience)
    : executor_(std::move(executor)),
      look_up_(std::move(look_up)),
      patience_(patience),
      under_way_(std::make_shared<Place>()) {}

boost::asio::awaitable<std::string> UserNames::of(unsigned uid) {
  const auto now = Clock::now();
  const auto known = known_.find(uid);
  if (known != known_.end() && now < known->second.until) co_return known->second.name;
  const auto name = co_await ask(uid);
  if (!name) co_return std::string();
  if (known_.size() >= kMostRemembered) known_.clear();
  known_.insert_or_assign(uid, Known{*name, now + kRemembered});
  co_return *name;
}

Async<std::string> UserNames::ask(unsigned uid) {
  if (under_way_.use_count() > kMostUnderWay) {
    co_return Error{ErrorCode::unavailable, "the name of a user cannot be looked up now"};
  }
  // An Aside of its own: look-ups do not wait for one another.
  Aside aside(executor_, patience_);
  std::function<Result<std::string>()> call = [under_way = under_way_, look_up = look_up_, uid] {
    return Result<std::string>(look_up(uid).substr(0, kLongestName));
  };
  co_return co_await aside.run(std::move(call), "looking up a user");
}

}  // namespace authzd

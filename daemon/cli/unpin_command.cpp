// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

std::string hash_of(const Key& key) {
  return sha256_hex(key.text());
}

/// A key in one line, as it is shown and typed.
std::string line_of(const Key& key) {
  return hash_of(key).substr(0, kFewestDigits);
}

bool is_hash_of(std::string_view typed, const Key& key) {
  return typed.size() >= kFewestDigits && hash_of(key).starts_with(typed);
}

/// The names that the undo's actions gave to the keys that it pinned.
std::map<Key, std::string> names_of(AccountRuntime& account, const std::vector<KeptPin>& pins) {
  std::map<Key, std::string> names;
  std::set<std::string> runs;
  for (const KeptPin& pin : pins) runs.insert(pin.run);
  for (const std::string& run : runs) {
    const auto detail = account.state().runs.find(run);
    if (!detail) continue;
    for (const RecordedAction& action : detail->actions) {
      names.emplace(action.action.key, action.action.name);
    }
  }
  return names;
}

struct Unpinned {
  std::size_t pinned = 0;
  std::size_t taken_off = 0;
  std::set<std::string> names = {};  // of what is pinned
};

Result<Unpinned> unpin(const CommandContext& context,
                       AccountRuntime& account,
                       const UnpinCommand& command) {
  const auto pins = account.state().pins.list();
  if (!pins) return pins.error();
  const auto names = names_of(account, *pins);
  std::set<Key> chosen;
  for (const KeptPin& pin : *pins) {
    const auto name = names.find(pin.key);
    const bool is_named = name != names.end() && name->second == command.what;
    if (command.all || is_named || is_hash_of(command.what, pin.key)) chosen.insert(pin.key);
  }
  auto done = account.state().pins.remove(chosen);
  if (done && !chosen.empty()) done = account.state().rails.end_removals();
  if (!done) return std::move(done).error();
  Unpinned sum{pins->size(), chosen.size()};
  const bool lists_all = command.all || command.what.empty();
  for (const KeptPin& pin : *pins) {
    const auto name = names.find(pin.key);
    if (name != names.end()) sum.names.insert(name->second);
    if (!lists_all && !chosen.contains(pin.key)) continue;
    const std::string shown = name == names.end() ? "" : " (" + printable(name->second) + ")";
    const bool is_off = chosen.contains(pin.key);
    context.console.out << for_people(context,
                                      (is_off ? "Unpinned " : "Pinned   ") + line_of(pin.key) +
                                          shown + ", since run " + printable(pin.run) + " at " +
                                          to_rfc3339(pin.at) + '\n');
  }
  return sum;
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, UnpinCommand command) {
  Unpinned sum;
  for (const auto& account : place.accounts) {
    const auto turn = co_await account->turn();
    const auto done = unpin(context, *account, command);
    if (!done) {
      co_return fail(context, account->spec(), done.error());
    }
    sum.pinned += done->pinned;
    sum.taken_off += done->taken_off;
    sum.names.insert(done->names.begin(), done->names.end());
    if (done->taken_off > 0 && place.daemon != nullptr) {
      place.daemon->poke(account->spec().id.value);
    }
  }
  const bool names_one = !command.all && !command.what.empty();
  if (sum.pinned == 0 && !names_one) context.console.out << "Nothing is pinned.\n";
  if (sum.taken_off > 0 || !names_one) co_return ExitCode::done;
  std::string why = printable(command.what) + " is not pinned";
  const std::vector<std::string_view> names(sum.names.begin(), sum.names.end());
  if (sum.pinned == 0) {
    why += ", and nothing else is";
  } else if (const auto meant = did_you_mean(command.what, names)) {
    why += "; did you mean " + printable(*meant) + "?";
  } else {
    why += "; 'authzd unpin' lists what is";
  }
  const Error none{ErrorCode::not_found, std::move(why)};
  co_return fail(context, none);
}

}  // namespace authzd

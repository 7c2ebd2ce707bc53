// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/faults.hpp"

#include "reconciler/base/text.hpp"

#include <regex>
#include <utility>

namespace authzd::sandbox {
namespace {

bool fits(const Fault& fault, const std::string& method, const std::string& target) {
  if (!fault.method.empty() && fault.method != method) return false;
  return fault.path.empty() || std::regex_search(target, std::regex(fault.path));
}

}  // namespace

Result<void> Faults::add(Fault fault) {
  try {
    const std::regex check(fault.path);
  } catch (const std::regex_error& error) {
    return Error{ErrorCode::invalid_config,
                 "\"" + printable(fault.path) + "\" is no regular expression: " + error.what()};
  }
  faults_.push_back(std::move(fault));
  return {};
}

std::optional<Fault> Faults::meet(const std::string& method, const std::string& target) {
  for (auto each = faults_.begin(); each != faults_.end(); ++each) {
    if (!fits(*each, method, target)) continue;
    if (each->skip > 0) {
      --each->skip;
      continue;
    }
    const Fault met = *each;
    if (each->times > 0 && --each->times == 0) faults_.erase(each);
    return met;
  }
  return std::nullopt;
}

}  // namespace authzd::sandbox

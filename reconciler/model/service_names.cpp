// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/service_names.hpp"

#include "reconciler/base/text.hpp"

#include <vector>

namespace authzd {
namespace {

/// People omit these from a label.
constexpr std::string_view kFirstWords[] = {"IBM Cloud ", "IBM ", "Cloud "};

/// "Key Protect" of "IBM Key Protect"; empty if fewer than two words would remain.
std::string_view short_label(std::string_view label) {
  for (const std::string_view first : kFirstWords) {
    if (!label.starts_with(first)) continue;
    label.remove_prefix(first.size());
    return label.find(' ') == std::string_view::npos ? std::string_view() : label;
  }
  return {};
}

}  // namespace

std::string folded(std::string_view text) {
  std::string letters = to_lower(text);
  std::erase_if(letters, [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); });
  return letters;
}

void ServiceNames::add(const std::string& name, std::string_view label) {
  names_.insert(name);
  labels_.insert_or_assign(folded(name), name);  // a name outranks the label of another service
  for (const std::string_view each : {label, short_label(label)}) {
    if (!each.empty()) labels_.try_emplace(folded(each), name);
  }
}

ServiceNames::Judgement ServiceNames::judge(std::string_view written) const {
  if (names_.contains(written)) return {};
  if (const auto found = names_.find(to_lower(written)); found != names_.end()) {
    return {Verdict::miswritten, *found};
  }
  if (const auto found = labels_.find(folded(written)); found != labels_.end()) {
    return {Verdict::miswritten, found->second};
  }
  return {Verdict::unknown};
}

void ServiceNames::add_role(const std::string& service,
                            const std::string& name,
                            std::string_view last_part) {
  RoleWords& words = roles_[service];
  words.names.insert(name);
  words.folded.insert_or_assign(folded(name), name);
  words.folded.try_emplace(folded(last_part), name);
}

std::string ServiceNames::meant_role(std::string_view service, std::string_view written) const {
  const auto words = roles_.find(service);
  if (words == roles_.end() || words->second.names.contains(written)) return {};
  const auto meant = words->second.folded.find(folded(written));
  return meant == words->second.folded.end() ? std::string() : meant->second;
}

std::string ServiceNames::nearest(std::string_view written) const {
  const std::vector<std::string_view> names(names_.begin(), names_.end());
  return did_you_mean(written, names).value_or("");
}

}  // namespace authzd

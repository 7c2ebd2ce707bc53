// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/selector_book.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace authzd {

void SelectorBook::note(const AccountId& account,
                        std::span<const SourceFile> files,
                        std::span<const SelectorUse> uses) {
  for (auto& [name, versions] : files_) {
    for (File& file : versions) file.met.erase(account);
    std::erase_if(versions, [](const File& file) { return file.met.empty(); });
  }
  std::erase_if(files_, [](const auto& each) { return each.second.empty(); });
  noted_.insert(account);
  std::map<std::string_view, std::vector<SelectorUse>> by_file;
  for (const SelectorUse& use : uses) by_file[use.position.file].push_back(use);
  for (const SourceFile& source : files) {
    const auto own = by_file.find(source.name);
    if (own == by_file.end()) continue;
    const std::size_t text = std::hash<std::string_view>()(source.text);
    std::vector<File>& versions = files_[source.name];
    auto file = std::ranges::find(versions, text, &File::text);
    if (file == versions.end()) file = versions.insert(versions.end(), File{text, own->second});
    std::vector<bool> met;
    for (const SelectorUse& use : own->second) met.push_back(use.is_met);
    file->met.insert_or_assign(account, std::move(met));
  }
}

std::vector<Diagnostic> SelectorBook::unmet(std::span<const AccountId> accounts) const {
  std::vector<Diagnostic> found;
  const bool is_whole = std::ranges::all_of(
      accounts, [this](const AccountId& account) { return noted_.contains(account); });
  if (!is_whole) return found;
  const std::set<AccountId> all(accounts.begin(), accounts.end());
  for (const auto& [name, versions] : files_) {
    // Accounts that read different versions of a file are about to read the same one.
    if (versions.size() != 1) continue;
    const File& file = versions.front();
    for (std::size_t i = 0; i < file.uses.size(); ++i) {
      const bool is_met = std::ranges::any_of(file.met, [&](const auto& each) {
        return all.contains(each.first) && i < each.second.size() && each.second[i];
      });
      const bool is_read = std::ranges::any_of(
          file.met, [&all](const auto& each) { return all.contains(each.first); });
      if (is_read && !is_met) found.push_back(file.uses[i].unmet);
    }
  }
  return found;
}

}  // namespace authzd

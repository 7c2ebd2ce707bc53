// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_tree.hpp"

#include "daemon/source/manifest_names.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace authzd {
namespace {

constexpr std::string_view kFolder = "040000";
constexpr std::string_view kLink = "120000";
constexpr std::string_view kSubmodule = "160000";

using Selected = std::map<std::string, TreeEntry>;

Error odd(std::string_view what) {
  return {ErrorCode::bad_response, "git wrote " + std::string(what) + " that cannot be read"};
}

Error refused_entry(const std::string& path, std::string_view why) {
  return {ErrorCode::invalid_manifest, printable(path) + " " + std::string(why)};
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc{} && stop == end && !text.empty() ? std::optional(value)
                                                               : std::nullopt;
}

std::string_view take_word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

/// "MODE TYPE OBJECT SIZE" and, after a tab, the path; the size of anything but a blob is "-".
std::optional<TreeEntry> parse_entry(std::string_view line) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos || tab + 1 == line.size()) return std::nullopt;
  std::string_view facts = line.substr(0, tab);
  TreeEntry entry;
  entry.mode = take_word(facts);
  take_word(facts);  // the type follows from the mode
  entry.object = take_word(facts);
  const std::string_view size = take_word(facts);
  entry.size = number(size).value_or(0);
  entry.path = line.substr(tab + 1);
  const bool has_size = size == "-" || number(size).has_value();
  return has_size && !entry.mode.empty() ? std::optional(std::move(entry)) : std::nullopt;
}

/// Joins root and path, without ".", doubled and final slashes; empty: the top.
std::string full_path(std::string_view root, std::string_view path) {
  std::string full;
  for (std::string_view part : {root, path}) {
    while (!part.empty()) {
      const std::size_t end = std::min(part.find('/'), part.size());
      const std::string_view name = part.substr(0, end);
      if (!name.empty() && name != ".") full += (full.empty() ? "" : "/") + std::string(name);
      part.remove_prefix(std::min(end + 1, part.size()));
    }
  }
  return full;
}

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

/// Whether a name of `path` after `folder` begins with a dot.
bool is_hidden_below(std::string_view path, std::string_view folder) {
  std::string_view rest = path.substr(folder.empty() ? 0 : folder.size() + 1);
  return is_hidden_name(rest) || rest.find("/.") != std::string_view::npos;
}

Result<void> take(const TreeEntry& entry, Selected& selected) {
  if (entry.mode == kLink) {
    return refused_entry(entry.path, "is a symbolic link; in a Git source a manifest is a file");
  }
  if (entry.size > kMostFileBytes) return refused_entry(entry.path, "is larger than 64 MiB");
  if (selected.size() >= kMostFiles)
    return refused_entry(entry.path, "is one of more than 20,000 files");
  selected.insert_or_assign(entry.path, entry);
  return {};
}

Result<void> take_folder(const std::vector<TreeEntry>& tree,
                         const std::string& folder,
                         Selected& selected) {
  for (const TreeEntry& entry : tree) {
    if (!is_below(entry.path, folder) || is_hidden_below(entry.path, folder)) continue;
    if (entry.mode == kFolder || entry.mode == kSubmodule) continue;
    if (!is_manifest_name(entry.path)) continue;
    if (auto taken = take(entry, selected); !taken) return taken;
  }
  return {};
}

Result<void> take_path(const std::vector<TreeEntry>& tree,
                       const std::string& path,
                       Selected& selected) {
  if (path.empty()) return take_folder(tree, path, selected);
  const auto at = std::find_if(
      tree.begin(), tree.end(), [&path](const TreeEntry& entry) { return entry.path == path; });
  if (at == tree.end()) return refused_entry(path, "is not in this commit; check path and paths");
  if (at->mode == kFolder) return take_folder(tree, path, selected);
  if (at->mode == kSubmodule) return refused_entry(path, "is a submodule; those are not followed");
  return take(*at, selected);
}

/// The entries below the paths for which `is_meant`.
template <class IsMeant>
std::vector<std::string> places_of(const std::vector<TreeEntry>& tree,
                                   const std::string& root,
                                   const std::vector<std::string>& paths,
                                   IsMeant is_meant) {
  std::vector<std::string> places;
  for (const TreeEntry& entry : tree) {
    if (!is_meant(entry)) continue;
    const bool is_asked_for = std::ranges::any_of(paths, [&](const std::string& path) {
      const std::string folder = full_path(root, path);
      return is_below(entry.path, folder) && !is_hidden_below(entry.path, folder);
    });
    if (is_asked_for) places.push_back(entry.path);
  }
  return places;
}

}  // namespace

Result<std::vector<TreeEntry>> parse_tree(std::string_view listed) {
  std::vector<TreeEntry> tree;
  while (!listed.empty()) {
    const std::size_t end = listed.find('\0');
    if (end == std::string_view::npos) return odd("a list of files");
    auto entry = parse_entry(listed.substr(0, end));
    if (!entry) return odd("a list of files");
    tree.push_back(std::move(*entry));
    listed.remove_prefix(end + 1);
  }
  return tree;
}

Result<std::vector<TreeEntry>> find_ignore_file(const std::vector<TreeEntry>& tree,
                                                const std::string& root) {
  const std::string path = full_path(root, kIgnoreFile);
  const auto at = std::ranges::find(tree, path, &TreeEntry::path);
  if (at == tree.end()) return std::vector<TreeEntry>{};
  if (at->mode == kLink) return refused_entry(path, "is a symbolic link; it has to be a file");
  if (at->mode == kFolder || at->mode == kSubmodule) return refused_entry(path, "is no file");
  if (at->size > kMostIgnoreBytes) {
    return refused_entry(path,
                         "has more than " + std::to_string(kMostIgnoreBytes) +
                             " bytes; name folders rather than each file");
  }
  return std::vector<TreeEntry>{*at};
}

Result<std::vector<std::string>> take_ignored(std::vector<TreeEntry>& tree,
                                              const std::string& root,
                                              const std::vector<std::string>& paths,
                                              IgnoreRules rules) {
  const std::string top = full_path(root, "");
  std::vector<std::string> folders;
  for (const std::string& path : paths) folders.push_back(full_path(root, path));
  std::vector<std::string> ignored;
  std::vector<TreeEntry> kept;
  for (TreeEntry& entry : tree) {
    const bool is_folder = entry.mode == kFolder || entry.mode == kSubmodule;
    const bool is_asked_for =
        !is_folder && is_manifest_name(entry.path) && is_below(entry.path, top) &&
        std::ranges::find(folders, entry.path) == folders.end() &&
        std::ranges::any_of(folders, [&entry](const std::string& folder) {
          return is_below(entry.path, folder) && !is_hidden_below(entry.path, folder);
        });
    Result<bool> is_ignored(false);
    if (is_asked_for) {
      is_ignored =
          rules.ignores_file(std::string_view(entry.path).substr(top.empty() ? 0 : top.size() + 1));
    }
    if (!is_ignored) return is_ignored.error();
    if (*is_ignored) ignored.push_back(entry.path);
    if (!*is_ignored) kept.push_back(std::move(entry));
  }
  tree = std::move(kept);
  std::ranges::sort(ignored);
  return ignored;
}

Result<std::vector<TreeEntry>> select_manifests(const std::vector<TreeEntry>& tree,
                                                const std::string& root,
                                                const std::vector<std::string>& paths,
                                                std::uint64_t most_bytes) {
  Selected selected;
  for (const std::string& path : paths) {
    if (auto taken = take_path(tree, full_path(root, path), selected); !taken) {
      return std::move(taken).error();
    }
  }
  std::uint64_t bytes = 0;
  std::vector<TreeEntry> entries;
  for (auto& [path, entry] : selected) {
    bytes += entry.size;
    if (bytes > most_bytes) {
      return refused_entry(path,
                           "and those before it are more than " + std::to_string(most_bytes) +
                               " bytes of manifests; split them over accounts");
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<std::string> not_followed(const std::vector<TreeEntry>& tree,
                                      const std::string& root,
                                      const std::vector<std::string>& paths) {
  return places_of(tree, root, paths, [](const TreeEntry& entry) {
    return entry.mode == kLink || entry.mode == kSubmodule;
  });
}

std::vector<std::string> manifest_folders(const std::vector<TreeEntry>& tree,
                                          const std::string& root,
                                          const std::vector<std::string>& paths) {
  return places_of(tree, root, paths, [](const TreeEntry& entry) {
    return entry.mode == kFolder && is_manifest_name(entry.path);
  });
}

std::string batch_input(const std::vector<TreeEntry>& entries) {
  std::string text;
  for (const TreeEntry& entry : entries) text += entry.object + "\n";
  return text;
}

Result<std::vector<SourceFile>> parse_batch(std::string_view answer,
                                            const std::vector<TreeEntry>& entries) {
  std::vector<SourceFile> files;
  for (const TreeEntry& entry : entries) {
    const std::string head = entry.object + " blob " + std::to_string(entry.size) + "\n";
    const std::size_t whole = head.size() + entry.size + 1;
    if (!answer.starts_with(head) || answer.size() < whole) return odd("the text of a file");
    files.push_back({entry.path, std::string(answer.substr(head.size(), entry.size))});
    answer.remove_prefix(whole);
  }
  return files;
}

}  // namespace authzd

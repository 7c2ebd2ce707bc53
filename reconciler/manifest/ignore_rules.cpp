// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/ignore_rules.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <optional>

namespace authzd {
namespace {

constexpr std::size_t kMostWork = 10'000'000;  // tens of milliseconds
constexpr std::string_view kAnyFolders = "**";
constexpr std::string_view kSpecial = "*?[\\";

/// Includes empty parts, which no name matches.
std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = path.find('/');
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return parts;
}

/// Trailing spaces do not count, except one after a backslash.
std::string_view without_spaces_behind(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  return line;
}

std::optional<IgnorePattern> parse_line(std::string_view line) {
  line = without_spaces_behind(line);
  if (line.starts_with('#')) return std::nullopt;
  IgnorePattern pattern;
  pattern.is_negated = line.starts_with('!');
  if (pattern.is_negated) line.remove_prefix(1);
  pattern.only_folders = line.ends_with('/');
  if (pattern.only_folders) line.remove_suffix(1);
  if (line.empty()) return std::nullopt;
  // A pattern with a slash is anchored at the root; one without matches a name anywhere.
  const bool is_name = line.find('/') == std::string_view::npos;
  if (is_name) pattern.parts.emplace_back(kAnyFolders);
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return std::nullopt;
  for (const std::string_view part : parts_of(line)) pattern.parts.emplace_back(part);
  // As a part of a path, "**" means folders; as a whole line, it means any name.
  if (is_name && pattern.parts.back() == kAnyFolders) pattern.parts.back() = "*";
  return pattern;
}

/// One element of a pattern, and its length.
struct Element {
  enum class Kind { letter, any_run, any_one, range, broken };
  Kind kind = Kind::broken;
  std::size_t size = 1;
  char letter = 0;
};

/// The position after the closing bracket of the "[…]" at `at`; npos: there is none. A "]" in first
/// place is one of the characters.
std::size_t range_end(std::string_view pattern, std::size_t at) {
  std::size_t i = at + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  for (bool is_first = true; i < pattern.size(); ++i, is_first = false) {
    if (pattern[i] == ']' && !is_first) return i + 1;
    if (pattern[i] == '\\') ++i;
    const bool is_class = pattern.substr(std::min(i, pattern.size())).starts_with("[:");
    const std::size_t close = is_class ? pattern.find(":]", i + 2) : std::string_view::npos;
    if (close != std::string_view::npos) i = close + 1;
  }
  return std::string_view::npos;
}

Element element_at(std::string_view pattern, std::size_t at) {
  using Kind = Element::Kind;
  const char c = pattern[at];
  if (c == '*') return {Kind::any_run};
  if (c == '?') return {Kind::any_one};
  if (c == '\\') {
    return at + 1 < pattern.size() ? Element{Kind::letter, 2, pattern[at + 1]} : Element{};
  }
  if (c != '[') return {Kind::letter, 1, c};
  const std::size_t end = range_end(pattern, at);
  return end == std::string_view::npos ? Element{} : Element{Kind::range, end - at};
}

bool is_in_class(std::string_view name, char c) {
  const bool is_lower = c >= 'a' && c <= 'z';
  const bool is_upper = c >= 'A' && c <= 'Z';
  const bool is_digit = c >= '0' && c <= '9';
  const bool is_hex = is_digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  const bool is_blank = c == ' ' || c == '\t';
  const bool is_graph = c > ' ' && c < '\x7f';
  if (name == "alpha") return is_lower || is_upper;
  if (name == "digit") return is_digit;
  if (name == "alnum") return is_lower || is_upper || is_digit;
  if (name == "lower") return is_lower;
  if (name == "upper") return is_upper;
  if (name == "xdigit") return is_hex;
  if (name == "blank") return is_blank;
  if (name == "space") return is_blank || (c >= '\n' && c <= '\r');
  if (name == "graph") return is_graph;
  if (name == "print") return is_graph || c == ' ';
  if (name == "punct") return is_graph && !is_lower && !is_upper && !is_digit;
  return name == "cntrl" && ((c >= 0 && c < ' ') || c == '\x7f');
}

/// Returns the character at `i` of a range, and advances past it.
unsigned char take_letter(std::string_view inside, std::size_t& i) {
  if (inside[i] == '\\' && i + 1 < inside.size()) ++i;
  return static_cast<unsigned char>(inside[i++]);
}

/// `range` is the whole "[…]".
bool is_in_range(std::string_view range, char c) {
  std::string_view inside = range.substr(1, range.size() - 2);
  const bool is_negated = inside.starts_with('!') || inside.starts_with('^');
  if (is_negated) inside.remove_prefix(1);
  const auto wanted = static_cast<unsigned char>(c);
  bool is_in = false;
  for (std::size_t i = 0; i < inside.size();) {
    const std::size_t close =
        inside.substr(i).starts_with("[:") ? inside.find(":]", i + 2) : std::string_view::npos;
    if (close != std::string_view::npos) {
      is_in = is_in || is_in_class(inside.substr(i + 2, close - i - 2), c);
      i = close + 2;
      continue;
    }
    const unsigned char first = take_letter(inside, i);
    unsigned char last = first;
    if (i + 1 < inside.size() && inside[i] == '-') last = take_letter(inside, ++i);
    is_in = is_in || (first <= wanted && wanted <= last);
  }
  return is_in != is_negated;
}

bool fits_letter(std::string_view pattern, std::size_t at, const Element& element, char c) {
  switch (element.kind) {
    case Element::Kind::letter: return element.letter == c;
    case Element::Kind::range: return is_in_range(pattern.substr(at, element.size), c);
    case Element::Kind::any_one:
    case Element::Kind::any_run: return true;
    case Element::Kind::broken: break;
  }
  return false;  // a "[" without "]", or a final "\": it matches nothing, as in git
}

}  // namespace

std::string ignored_text(std::size_t files) {
  return count_of(files, "file", "files") + " ignored by " + std::string(kIgnoreFile);
}

Result<IgnoreRules> IgnoreRules::parse(std::string_view text) {
  if (text.size() > kMostIgnoreBytes) {
    return Error{ErrorCode::invalid_manifest,
                 std::string(kIgnoreFile) + " has more than " + std::to_string(kMostIgnoreBytes) +
                     " bytes; name folders rather than each file"};
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  IgnoreRules rules;
  for (const std::string_view line : split_lines(text)) {
    if (auto pattern = parse_line(line)) rules.patterns_.push_back(std::move(*pattern));
  }
  return rules;
}

Result<bool> IgnoreRules::ignores_file(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) {
    auto folder = ignores_folder(path.substr(0, slash));
    if (!folder || *folder) return folder;
  }
  return within_work(judge(path, false));
}

Result<bool> IgnoreRules::ignores_folder(std::string_view path) {
  // From the top: files in an ignored folder are ignored, and no line can include them again.
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = path.find('/', end == 0 ? 0 : end + 1);
    const std::string_view folder = path.substr(0, end);
    auto known = folders_.find(folder);
    if (known == folders_.end()) {
      known = folders_.emplace(std::string(folder), judge(folder, true)).first;
    }
    if (known->second) return within_work(true);
  }
  return within_work(false);
}

/// The last matching line decides.
bool IgnoreRules::judge(std::string_view path, bool is_folder) {
  const auto parts = parts_of(path);
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (work_ > kMostWork) return false;
    if (pattern->only_folders && !is_folder) continue;
    if (fits(*pattern, parts)) return !pattern->is_negated;
  }
  return false;
}

Result<bool> IgnoreRules::within_work(bool verdict) const {
  if (work_ <= kMostWork) return verdict;
  return Error{ErrorCode::invalid_manifest,
               "the patterns of " + std::string(kIgnoreFile) +
                   " take too long with the files that are here; use fewer and simpler ones"};
}

/// Matches part by part, tracking all parts of the path that may have been reached so far. There is
/// no backtracking, so the time is at most the product of both sizes.
bool IgnoreRules::fits(const IgnorePattern& pattern, const std::vector<std::string_view>& path) {
  const bool is_name = pattern.parts.size() == 2 && pattern.parts.front() == kAnyFolders;
  if (is_name && pattern.parts.back() != kAnyFolders) {
    return fits_part(pattern.parts.back(), path.back());
  }
  std::vector<char> reached(path.size() + 1, 0);  // [n]: n parts of the path are matched
  reached[0] = 1;
  for (std::size_t p = 0; p < pattern.parts.size(); ++p) {
    const std::string& part = pattern.parts[p];
    const bool is_last = p + 1 == pattern.parts.size();
    std::vector<char> next(path.size() + 1, 0);
    bool is_alive = false;
    for (std::size_t n = 0; n < reached.size(); ++n) {
      ++work_;
      if (part == kAnyFolders) {
        // At the end it means everything below the folder, but not the folder itself.
        const bool before = n > 0 && (next[n - 1] != 0 || (is_last && reached[n - 1] != 0));
        next[n] = before || (!is_last && reached[n] != 0) ? 1 : 0;
      } else if (n > 0 && reached[n - 1] != 0) {
        next[n] = fits_part(part, path[n - 1]) ? 1 : 0;
      }
      is_alive = is_alive || next[n] != 0;
    }
    if (!is_alive) return false;
    reached = std::move(next);
  }
  return reached.back() != 0;
}

/// Like fits(), letter by letter. A run of "*" is one "*".
bool IgnoreRules::fits_part(std::string_view pattern, std::string_view name) {
  work_ += pattern.size();
  const std::size_t special = pattern.find_first_of(kSpecial);
  if (special == std::string_view::npos) return pattern == name;
  if (special == 0 && pattern.find_first_of(kSpecial, 1) == std::string_view::npos &&
      pattern.front() == '*') {
    return name.ends_with(pattern.substr(1));
  }
  std::vector<char> reached(name.size() + 1, 0);
  reached[0] = 1;
  for (std::size_t at = 0; at < pattern.size();) {
    const Element element = element_at(pattern, at);
    const bool is_run = element.kind == Element::Kind::any_run;
    std::vector<char> next(name.size() + 1, 0);
    bool is_alive = false;
    for (std::size_t n = 0; n < reached.size(); ++n) {
      work_ += element.size;
      const bool from_before =
          n > 0 && reached[n - 1] != 0 && fits_letter(pattern, at, element, name[n - 1]);
      const bool stays = is_run && (reached[n] != 0 || (n > 0 && next[n - 1] != 0));
      next[n] = from_before || stays ? 1 : 0;
      is_alive = is_alive || next[n] != 0;
    }
    if (!is_alive || work_ > kMostWork) return false;
    reached = std::move(next);
    at += element.size;
  }
  return reached.back() != 0;
}

}  // namespace authzd

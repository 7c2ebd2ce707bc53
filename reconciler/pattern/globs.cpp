// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/globs.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using Letter = int;             // a byte, or one of these
constexpr Letter kOne = 256;    // '?'
constexpr Letter kRun = 257;    // '*'
constexpr Letter kEnd = 258;    // of a glob
constexpr Letter kOther = 259;  // any byte that no glob spells out; they are all equivalent

void append(std::vector<Letter>& out, std::string_view glob) {
  for (const char c : glob) {
    if (c == '*' && !out.empty() && out.back() == kRun) continue;
    out.push_back(c == '*' ? kRun : c == '?' ? kOne : static_cast<unsigned char>(c));
  }
  out.push_back(kEnd);
}

/// All globs of a set, read in parallel: a state is the sorted list of positions that the letters
/// so far may have led to.
class Reader {
 public:
  using State = std::vector<std::size_t>;

  explicit Reader(Globs globs) {
    for (const std::string& glob : globs) {
      starts_.push_back(letters_.size());
      append(letters_, glob);
    }
  }

  [[nodiscard]] const std::vector<Letter>& letters() const { return letters_; }

  [[nodiscard]] State start() const {
    State state;
    for (const std::size_t at : starts_) enter(state, at);
    return sorted(std::move(state));
  }

  [[nodiscard]] State after(const State& state, Letter letter) const {
    State next;
    for (const std::size_t at : state) {
      if (letters_[at] == kRun) enter(next, at);
      if (letters_[at] == kOne || letters_[at] == letter) enter(next, at + 1);
    }
    return sorted(std::move(next));
  }

  [[nodiscard]] bool is_at_end(const State& state) const {
    return std::ranges::any_of(state, [&](std::size_t at) { return letters_[at] == kEnd; });
  }

  /// Any continuation matches.
  [[nodiscard]] bool takes_all(const State& state) const {
    return std::ranges::any_of(
        state, [&](std::size_t at) { return letters_[at] == kRun && letters_[at + 1] == kEnd; });
  }

 private:
  /// A run may be empty, so the position after it is entered too.
  void enter(State& state, std::size_t at) const {
    state.push_back(at);
    if (letters_[at] == kRun) state.push_back(at + 1);
  }

  static State sorted(State state) {
    std::ranges::sort(state);
    state.erase(std::unique(state.begin(), state.end()), state.end());
    return state;
  }

  std::vector<Letter> letters_;
  std::vector<std::size_t> starts_;
};

/// The letters that distinguish texts for these globs.
std::vector<Letter> alphabet_of(const Reader& a, const Reader& b) {
  std::set<Letter> found{kOther};
  for (const Reader* reader : {&a, &b}) {
    for (const Letter letter : reader->letters()) {
      if (letter < kOne) found.insert(letter);
    }
  }
  return {found.begin(), found.end()};
}

// Walks through `inner` letter by letter, with `outer` in parallel, until each pair of states has
// been seen: if inner can end and outer cannot, a text matches only inner.
class Search {
 public:
  Search(const Reader& inner, const Reader& outer, GlobWork& work)
      : inner_(inner), outer_(outer), alphabet_(alphabet_of(inner, outer)), work_(work) {}

  bool finds_a_text_of_inner_alone() {
    const auto start = outer_.start();
    for (const std::size_t at : inner_.start()) visit(at, start);
    while (!open_.empty() && !is_found_) {
      if (work_.left == 0) return true;
      const auto [at, state] = std::move(open_.back());
      open_.pop_back();
      step(at, state);
    }
    return is_found_;
  }

 private:
  void spend(std::size_t places) { work_.left -= std::min(work_.left, places); }

  void step(std::size_t at, const Reader::State& state) {
    const Letter here = inner_.letters()[at];
    for (const Letter letter : alphabet_) {
      const bool fits = here == kRun || here == kOne || here == letter;
      if (!fits) continue;
      spend(1 + state.size());
      const auto next = outer_.after(state, letter);
      for (const std::size_t place : inner_.after({at}, letter)) visit(place, next);
    }
  }

  void visit(std::size_t at, const Reader::State& state) {
    spend(1 + state.size());
    if (outer_.takes_all(state)) return;
    if (inner_.letters()[at] == kEnd) {
      is_found_ = is_found_ || !outer_.is_at_end(state);
      return;
    }
    if (seen_.emplace(at, state).second) open_.emplace_back(at, state);
  }

  const Reader& inner_;
  const Reader& outer_;
  std::vector<Letter> alphabet_;
  std::set<std::pair<std::size_t, Reader::State>> seen_;
  std::vector<std::pair<std::size_t, Reader::State>> open_;
  GlobWork& work_;
  bool is_found_ = false;
};

}  // namespace

bool may_overlap(std::string_view a, std::string_view b) {
  // row[j]: whether the rest of `a` has a text in common with b[j…].
  std::vector<char> row(b.size() + 1, 0);
  std::vector<char> below(b.size() + 1, 0);
  for (std::size_t i = a.size() + 1; i-- > 0;) {
    for (std::size_t j = b.size() + 1; j-- > 0;) {
      const bool has_a = i < a.size();
      const bool has_b = j < b.size();
      if (!has_a && !has_b) {
        row[j] = 1;
      } else if (has_a && a[i] == '*') {
        row[j] = below[j] != 0 || (has_b && row[j + 1] != 0) ? 1 : 0;
      } else if (has_b && b[j] == '*') {
        row[j] = row[j + 1] != 0 || (has_a && below[j] != 0) ? 1 : 0;
      } else {
        const bool same = has_a && has_b && (a[i] == '?' || b[j] == '?' || a[i] == b[j]);
        row[j] = same && below[j + 1] != 0 ? 1 : 0;
      }
    }
    std::swap(row, below);
  }
  return below[0] != 0;
}

bool has_wildcard(std::string_view glob) {
  return glob.find_first_of("*?") != std::string_view::npos;
}

bool fits_within(Globs inner, Globs outer) {
  GlobWork work;
  return fits_within(inner, outer, work);
}

bool fits_within(Globs inner, Globs outer, GlobWork& work) {
  work.left -= std::min(work.left, inner.size() + outer.size());
  if (work.left == 0) return false;
  const std::set<std::string_view> given(outer.begin(), outer.end());
  std::vector<std::string> rest;
  std::ranges::copy_if(inner, std::back_inserter(rest), [&given](const std::string& glob) {
    return !given.contains(glob);
  });
  if (rest.empty()) return true;
  if (std::ranges::none_of(outer, has_wildcard)) return false;
  const Reader in(rest);
  const Reader out(outer);
  return !Search(in, out, work).finds_a_text_of_inner_alone();
}

}  // namespace authzd

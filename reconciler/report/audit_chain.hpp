// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log as a hash chain: each line has a number, and the hash of the line before it, so
// that a change, removal or insertion of a line is visible in the lines after it. Whoever can write
// the log can write a whole new chain: so the last line must be recorded elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// The last line of a log, as the next one refers to it.
struct ChainHead {
  std::uint64_t number = 0;                 // 0: there is no line yet
  std::string hash = std::string(64, '0');  // SHA-256 of the line, in hex

  bool operator==(const ChainHead&) const = default;
};

/// The position of a line in the chain.
struct ChainLink {
  std::uint64_t number = 0;
  std::string previous;  // the hash of the line before it
};

/// The line that follows `before`: `json`, an object in one line, with its chain link as the last
/// member. `cut`: an incomplete line that was found after `before` and removed; empty if there was
/// none.
std::string chained(std::string json, const ChainHead& before, const std::string& cut);

/// None if the line is not part of a chain.
std::optional<ChainLink> link_of(std::string_view line);

/// `line` as the next one refers to it; `number` is the line's own.
ChainHead head_of(std::string_view line, std::uint64_t number);

/// Where to continue a log whose recorded last line is `kept`, while the file ends with `last`: the
/// process may have died in between.
ChainHead go_on_from(const ChainHead& kept, std::string_view last);

/// Reads a log from its first line to its last, and reports errors in the chain.
class ChainCheck {
 public:
  /// `first`: the number of the first expected line.
  explicit ChainCheck(std::uint64_t first) : first_(first) {}

  /// `where` is for people: "audit.log:12". The line has no newline.
  void add(std::string_view line, const std::string& where);

  /// The log has ended. `kept`: its last line, as recorded elsewhere.
  void end(const std::optional<ChainHead>& kept);

  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] const ChainHead& head() const { return head_; }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  [[nodiscard]] std::uint64_t older() const { return older_; }

 private:
  void check(const ChainLink& link, const std::string& where);
  void begin(const ChainLink& link, const std::string& where);

  std::uint64_t first_;
  ChainHead head_;
  std::uint64_t lines_ = 0;  // of the chain
  std::uint64_t older_ = 0;  // lines before the chain, from a version without one
  std::vector<std::string> problems_;
};

}  // namespace authzd

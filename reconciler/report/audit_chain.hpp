// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log as a chain: each line has a number, and the hash of the line before it, so that no
// line can be changed, taken out or put in without the lines behind it telling. Whoever can write
// the log and knows how can make a whole new chain: what the last line is must be kept elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// The last line of a log, as the next one names it.
struct ChainHead {
  std::uint64_t number = 0;                 // 0: there is no line yet
  std::string hash = std::string(64, '0');  // SHA-256 of the line, in hex

  bool operator==(const ChainHead&) const = default;
};

/// What a line says of its place.
struct ChainLink {
  std::uint64_t number = 0;
  std::string previous;  // the hash of the line before it
};

/// The line that follows `before`: `json`, an object in one line, with its place as the last
/// member. `cut`: a part of a line that was found behind `before` and taken away; empty where none
/// was.
std::string chained(std::string json, const ChainHead& before, const std::string& cut);

/// Nothing where the line is no part of a chain.
std::optional<ChainLink> link_of(std::string_view line);

/// `line` as the one after it names it; `number` is the line's own.
ChainHead head_of(std::string_view line, std::uint64_t number);

/// Where a log goes on of which `kept` was written down as the last line and `last` is found in the
/// file: the process may have died between the two.
ChainHead go_on_from(const ChainHead& kept, std::string_view last);

/// Reads a log from its first line to its last, and says what is wrong with it.
class ChainCheck {
 public:
  /// `first`: the number of the first line that is expected to be there.
  explicit ChainCheck(std::uint64_t first) : first_(first) {}

  /// `where` is for people: "audit.log:12". The line comes without its newline.
  void add(std::string_view line, const std::string& where);

  /// The log is at its end. `kept`: its last line, as it was written down elsewhere.
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
  std::uint64_t older_ = 0;  // lines before it began, of a version that made none
  std::vector<std::string> problems_;
};

}  // namespace authzd

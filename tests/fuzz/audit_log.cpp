// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An audit log, as `authzd audit verify` reads it: the first line says how a log that was written
// in order is then changed.
#include "reconciler/report/audit_chain.hpp"
#include "reconciler/report/json_values.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

ChainCheck checked(const std::vector<std::string>& lines, const std::optional<ChainHead>& kept) {
  ChainCheck check(1);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    check.add(lines[i], "audit.log:" + std::to_string(i + 1));
  }
  check.end(kept);
  for (const std::string& problem : check.problems()) {
    promise_showable(problem, "what is wrong with a log may be shown");
  }
  return check;
}

struct Log {
  std::vector<std::string> lines;
  ChainHead head;
};

/// As the daemon writes it, an entry for each of the texts.
Log written(const std::vector<std::string_view>& texts) {
  Log log;
  for (const std::string_view text : texts) {
    const report::Json entry{{"event", std::string(text)}};
    log.lines.push_back(chained(report::dump(entry, -1), log.head, ""));
    log.head = head_of(log.lines.back(), log.head.number + 1);
  }
  return log;
}

/// `how`: which line, at which byte. A newline would make two lines of it: never one of the log.
void check_change(Log log, std::string_view how) {
  const auto line = static_cast<unsigned char>(take_byte(how)) % log.lines.size();
  std::string& text = log.lines[line];
  const auto at = static_cast<unsigned char>(take_byte(how)) % text.size();
  text[at] = text[at] == '#' ? '%' : '#';
  promise(!checked(log.lines, log.head).problems().empty(), "a changed byte is found");
  log.lines.erase(log.lines.begin() + static_cast<std::ptrdiff_t>(line));
  promise(!checked(log.lines, log.head).problems().empty(), "a missing line is found");
}

}  // namespace

void audit_log(std::string_view input) {
  const auto how = take_line(input);
  const auto texts = parts(input, '\n');
  checked({texts.begin(), texts.end()}, std::nullopt);
  for (const std::string_view text : texts) {
    const auto link = link_of(text);
    promise(!link || go_on_from({}, text) == head_of(text, link->number), "a log goes on");
  }
  const Log log = written(texts);
  promise(checked(log.lines, log.head).problems().empty(), "what was written is whole");
  check_change(log, how);
}

}  // namespace authzd::fuzz

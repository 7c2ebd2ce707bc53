// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `authzd audit verify`: whether the audit log is as it was written, from its first line to its
// last. It needs no daemon, and changes nothing.

#include "daemon/audit/audit_chain.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/cli/setup.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/audit_chain.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <optional>
#include <ostream>
#include <system_error>

namespace authzd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProblems = 20;  // problems

/// What is to be read, and what its end must be.
struct AuditLog {
  std::vector<std::string> files;
  std::optional<ChainHead> kept;
  bool is_configured = false;  // not named by the person who asks
};

/// What a rotation put behind the log's name: "1", or a date. Empty: it is no part of the log.
std::string rotation_of(const std::string& name, const std::string& log) {
  const std::size_t size = log.size();
  const bool is_part =
      name.size() > size + 1 && name.starts_with(log) && (name[size] == '.' || name[size] == '-');
  if (!is_part) return {};
  const std::string rest = name.substr(size + 1);
  const bool is_number = rest.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? rest : std::string();
}

/// The oldest first: of dates the smallest, of numbers as logrotate counts them the largest.
bool is_older(const std::string& one, const std::string& other) {
  constexpr std::size_t kDateDigits = 8;
  const bool are_dates = one.size() >= kDateDigits && other.size() >= kDateDigits;
  if (one.size() != other.size()) return one.size() > other.size();
  return are_dates ? one < other : one > other;
}

std::vector<std::string> with_rotated(const fs::path& log) {
  std::vector<std::string> rotations;
  const fs::path folder = log.has_parent_path() ? log.parent_path() : fs::path(".");
  std::error_code ec;
  for (fs::directory_iterator at(folder, ec), end; !ec && at != end; at.increment(ec)) {
    const std::string found = rotation_of(at->path().filename(), log.filename());
    if (!found.empty()) rotations.push_back(found);
  }
  std::ranges::sort(rotations, is_older);
  std::vector<std::string> files;
  for (const std::string& rotation : rotations) {
    const std::string dotted = log.string() + "." + rotation;
    files.push_back(fs::exists(dotted, ec) ? dotted : log.string() + "-" + rotation);
  }
  files.push_back(log.string());
  return files;
}

/// The configured log, whole; or the text that the journal has of it.
tl::expected<AuditLog, ExitCode> configured_log(const CommandContext& context, bool is_journal) {
  const auto setup =
      make_setup(context.options, context.environment, {.key = false, .alone = false});
  if (!setup) return tl::unexpected(fail(context, setup.error()));
  auto kept = kept_head(chain_file(setup->state_path));
  if (!kept) return tl::unexpected(fail(context, kept.error()));
  if (is_journal) return AuditLog{{std::string(kStandardInput)}, std::move(*kept)};
  if (!setup->audit_file.empty())
    return AuditLog{with_rotated(setup->audit_file), std::move(*kept), true};
  const std::string config =
      context.options.config ? " --config " + shell_word(*context.options.config) : std::string();
  return tl::unexpected(fail_usage(
      context,
      "audit.file is not configured, so that the log is in the journal. That one is checked by\n"
      "  journalctl -t authzd -o cat --output-fields=AUTHZD_AUDIT | authzd audit verify -" +
          config));
}

tl::expected<AuditLog, ExitCode> log_of(const CommandContext& context,
                                        const AuditVerifyCommand& command) {
  const bool is_journal = command.files == std::vector{std::string(kStandardInput)};
  if (command.files.empty() || is_journal) return configured_log(context, is_journal);
  return AuditLog{command.files, std::nullopt};
}

/// Returns what is wrong beyond the lines; empty where nothing is.
std::string read(std::istream& stream, const std::string& name, ChainCheck& check) {
  std::string line;
  std::size_t number = 0;
  while (std::getline(stream, line)) {
    const std::string where = printable(name) + ":" + std::to_string(++number);
    if (stream.eof()) {
      return where +
             ": it ends inside a line; the next line that authzd writes takes that part away, and "
             "keeps it";
    }
    check.add(line, where);
  }
  return stream.bad() ? printable(name) + ": cannot be read" : std::string();
}

/// Errors: unavailable, if the log cannot be checked.
Result<std::string> read_file(const std::string& name, const AuditLog& log, ChainCheck& check) {
  if (name == kStandardInput) return read(std::cin, "standard input", check);
  std::ifstream file(name, std::ios::binary);
  if (file) return read(file, name, check);
  const int error = errno;
  const std::string why = printable(name) + ": " + std::generic_category().message(error);
  if (error == ENOENT && log.is_configured) return why + ", though lines were written to it";
  return Error{ErrorCode::unavailable,
               "cannot read " + why + "; nothing can be said of the audit log"};
}

ExitCode show_problems(const CommandContext& context, std::span<const std::string> problems) {
  std::ostream& err = context.console.err;
  for (const std::string& problem : problems.first(std::min(problems.size(), kMostProblems))) {
    err << "authzd: " << problem << '\n';
  }
  err << "authzd: the audit log is not as it was written: "
      << count_of(problems.size(), "problem", "problems")
      << ". Keep a copy of it and of the state, and see who can write them.\n";
  return ExitCode::error;
}

void show_end(const CommandContext& context, const ChainCheck& check, const AuditLog& log) {
  std::ostream& out = context.console.out;
  if (check.older() > 0) {
    out << count_of(check.older(), "line", "lines")
        << " of before the log was a chain: nothing can be said of them.\n";
  }
  if (check.lines() == 0) {
    out << "The audit log has no line.\n";
    return;
  }
  const ChainHead& head = check.head();
  out << "The audit log is whole: " << count_of(check.lines(), "line", "lines") << ", numbers "
      << head.number - check.lines() + 1 << " to " << head.number << ".\nThe last one has the hash "
      << head.hash << (log.kept ? ", as it was written.\n" : ".\n");
}

/// Nothing is known to have been written, and there is no file.
bool is_not_begun(const AuditLog& log) {
  std::error_code ec;
  return log.is_configured && !log.kept && log.files.size() == 1 &&
         !fs::exists(log.files.front(), ec) && !ec;
}

}  // namespace

Ending run_command(CommandContext context, AuditVerifyCommand command) {
  const auto log = log_of(context, command);
  if (!log) co_return log.error();
  if (is_not_begun(*log)) {
    context.console.out << "The audit log has no line: " << printable(log->files.back())
                        << " is made with the first write.\n";
    co_return ExitCode::done;
  }
  ChainCheck check(command.first);
  std::vector<std::string> problems;
  for (const std::string& file : log->files) {
    auto problem = read_file(file, *log, check);
    if (!problem) {
      co_return fail(context, problem.error());
    }
    if (!problem->empty()) problems.push_back(*std::move(problem));
  }
  check.end(log->kept);
  problems.insert(problems.begin(), check.problems().begin(), check.problems().end());
  if (!problems.empty()) co_return show_problems(context, problems);
  show_end(context, check, *log);
  co_return ExitCode::done;
}

}  // namespace authzd

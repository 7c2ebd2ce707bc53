// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_output.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace authzd {

namespace {

constexpr std::string_view kAuthor = "author ";
constexpr std::string_view kCommitter = "committer ";
constexpr std::string_view kCoAuthor = "co-authored-by:";
constexpr std::string_view kSigned = "signed ";
constexpr std::string_view kGoodSignature = "GU";  // U: by a key that no other key certifies
// Each is stored, and compared with each approver: a longer list is only an attack.
constexpr std::size_t kMostAuthors = 500;

/// "Ada <ada@example.com>": the address; empty if there is none.
std::string_view address_in(std::string_view text) {
  const auto begin = text.rfind('<');
  const auto end = text.rfind('>');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return text.substr(begin + 1, end - begin - 1);
}

/// "G Ada <ada@example.com>": git's verdict as a letter, and the signer.
void add_verdict(std::string_view verdict, Authors& authors) {
  const bool is_good = verdict.size() > 1 && verdict[1] == ' ' &&
                       kGoodSignature.find(verdict.front()) != std::string_view::npos;
  add_signer(is_good ? verdict.substr(2) : std::string_view(), authors);
}

}  // namespace

void add_signer(std::string_view signer, Authors& authors) {
  const std::string_view address = address_in(signer);
  if (!address.empty()) {
    authors.wrote.insert(to_lower(address));
    return;
  }
  for (std::string_view rest = signer;;) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view principal = trim(rest.substr(0, end));
    const bool names_one =
        !principal.empty() && principal.find_first_of("*?! \t") == std::string_view::npos;
    if (names_one) authors.wrote.insert(to_lower(principal));
    if (!names_one) authors.is_known = false;
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
}

Authors parse_git_authors(std::string_view output) {
  Authors authors;
  const auto add = [&authors](std::set<std::string>& to, std::string_view address) {
    if (address.empty()) authors.is_known = false;
    if (!address.empty()) to.insert(to_lower(address));
  };
  for (const std::string_view line : split_lines(output)) {
    if (line.empty()) continue;
    if (line.starts_with(kAuthor)) {
      add(authors.wrote, line.substr(kAuthor.size()));
    } else if (line.starts_with(kCommitter)) {
      add(authors.committed, line.substr(kCommitter.size()));
    } else if (to_lower(line).starts_with(kCoAuthor)) {
      add(authors.wrote, address_in(line));
    } else if (line.starts_with(kSigned)) {
      add_verdict(line.substr(kSigned.size()), authors);
    } else {
      authors.is_known = false;
    }
    if (authors.wrote.size() + authors.committed.size() > kMostAuthors) return {{}, {}, false};
  }
  return authors;
}

Commit parse_git_commit(std::string id, std::string_view output) {
  constexpr std::int64_t kLast = 253'402'300'799;  // seconds: the end of the year 9999
  Commit commit{std::move(id)};
  const auto lines = split_lines(output);
  if (lines.size() < 3) return commit;
  std::int64_t seconds = 0;
  const char* end = lines[0].data() + lines[0].size();
  const auto [stop, failed] = std::from_chars(lines[0].data(), end, seconds);
  if (failed == std::errc{} && stop == end && seconds > 0 && seconds <= kLast) {
    commit.authored = Timestamp{std::chrono::seconds{seconds}};
  }
  commit.author = first_characters(trim(lines[1]), kMostCommitAuthor);
  commit.subject = first_characters(trim(lines[2]), kMostSubject);
  return commit;
}

namespace {

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

Error not_there(const std::string& ref, std::string_view setting) {
  constexpr std::size_t kShortest = 7;
  Error error{
      ErrorCode::not_found,
      "the repository has no branch and no tag " + printable(ref) + "; " +
          (setting.empty() ? "push it first, or name another" : "check " + std::string(setting))};
  if (ref.size() >= kShortest && is_hex(ref)) {
    error.message += " (a commit is written in full, all 40 digits)";
  }
  return error;
}

}  // namespace

std::vector<std::string> ref_patterns(const std::string& ref) {
  if (ref.starts_with("refs/")) return {ref};
  return {"refs/heads/" + ref, "refs/tags/" + ref};
}

Result<RemoteRef> pick_ref(std::string_view listed,
                           const std::string& ref,
                           std::string_view setting) {
  const std::vector<std::string> wanted = ref_patterns(ref);
  std::vector<RemoteRef> found;
  for (const std::string_view line : split_lines(listed)) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || !is_commit_id(line.substr(0, tab))) {
      return Error{ErrorCode::bad_response, "the remote side lists refs that cannot be read"};
    }
    const std::string name(line.substr(tab + 1));  // a pattern also matches the end of other names
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    found.push_back({name, std::string(line.substr(0, tab))});
  }
  if (found.empty()) return not_there(ref, setting);
  if (found.size() > 1) {
    return Error{ErrorCode::invalid_config,
                 printable(ref) + " is a branch and a tag of the repository; write refs/heads/" +
                     printable(ref) + " or refs/tags/" + printable(ref) +
                     (setting.empty() ? "" : " as " + std::string(setting))};
  }
  return found.front();
}

namespace {

struct Fault {
  std::string_view sign;  // what git, curl or ssh writes
  ErrorCode code;
  std::string_view advice;
};

constexpr std::string_view kCredentials =
    "the remote side asks for credentials, or refuses the ones it got; check the files in "
    "source.git.credentials and that they may read the repository";
constexpr std::string_view kHostKey =
    "the host's key is not the one in credentials.knownHostsFile; put its line there after "
    "comparing it with what the host's owner publishes (ssh-keyscan shows it)";
constexpr std::string_view kCertificate =
    "the server's certificate is not trusted; name its root as source.git.caFile";
constexpr std::string_view kUnreachable = "the remote side cannot be reached";
constexpr std::string_view kProxy =
    "the proxy that HTTPS_PROXY names does not lead to the remote side; have its rules let CONNECT "
    "through, or name the host in NO_PROXY if it can be reached directly";
constexpr std::string_view kProxyCredentials =
    "the proxy wants a user and a password, or refuses the ones in HTTPS_PROXY: "
    "http://user:password@host:port";
constexpr std::string_view kNoRepository =
    "no such repository, or these credentials may not see it; check source.git.url";
constexpr std::string_view kTooLarge =
    "the repository is larger than authzd takes; keep manifests in a repository of their own";
constexpr std::string_view kNoSsh = "ssh is not installed: apt-get install openssh-client";
constexpr std::string_view kNoUser =
    "this host cannot name the user that authzd runs as, which ssh insists on: apt-get install "
    "libnss-systemd";
constexpr std::string_view kNoRef = "the remote side has no such branch, tag or commit";

// The first match wins: messages of ssh or curl come before git's own summary.
constexpr std::array<Fault, 37> kFaults{{
    {"oo many open files", ErrorCode::exhausted, "no file descriptor is left for git"},
    {"ssh: not found", ErrorCode::unavailable, kNoSsh},
    {"No user exists for uid", ErrorCode::unavailable, kNoUser},
    {"File too large", ErrorCode::rejected, kTooLarge},
    {"No space left on device", ErrorCode::unavailable, "the state directory is full"},
    {"Host key verification failed", ErrorCode::forbidden, kHostKey},
    {"host key is known", ErrorCode::forbidden, kHostKey},
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", ErrorCode::forbidden, kHostKey},
    {"UNPROTECTED PRIVATE KEY FILE",
     ErrorCode::invalid_config,
     "others may read the key; chmod 600 it"},
    {"error in libcrypto", ErrorCode::invalid_config, "the key cannot be read; is it whole?"},
    {"CONNECT tunnel failed, response 407", ErrorCode::unavailable, kProxyCredentials},
    {"CONNECT tunnel failed, response 401",
     ErrorCode::unavailable,
     kProxyCredentials},  // tinyproxy
    {"CONNECT tunnel failed", ErrorCode::unavailable, kProxy},
    {"resolve proxy", ErrorCode::unavailable, kProxy},
    {"Permission denied (", ErrorCode::unauthenticated, kCredentials},
    {"could not read Username", ErrorCode::unauthenticated, kCredentials},
    {"could not read Password", ErrorCode::unauthenticated, kCredentials},
    {"Authentication failed", ErrorCode::unauthenticated, kCredentials},
    {"returned error: 401", ErrorCode::unauthenticated, kCredentials},
    {"returned error: 403", ErrorCode::unauthenticated, kCredentials},
    {"certificate", ErrorCode::forbidden, kCertificate},
    {"Could not resolve", ErrorCode::unavailable, kUnreachable},
    {"Temporary failure in name resolution", ErrorCode::unavailable, kUnreachable},
    {"Connection refused", ErrorCode::unavailable, kUnreachable},
    {"Failed to connect", ErrorCode::unavailable, kUnreachable},
    {"Connection timed out", ErrorCode::unavailable, kUnreachable},
    {"Connection reset", ErrorCode::unavailable, kUnreachable},
    {"returned error: 5", ErrorCode::unavailable, kUnreachable},
    {"returned error: 404", ErrorCode::not_found, kNoRepository},
    {"returned error: 30", ErrorCode::rejected, "the server sends us elsewhere; write that URL"},
    {"repository not exported", ErrorCode::not_found, kNoRepository},
    {"does not appear to be a git repository", ErrorCode::not_found, kNoRepository},
    {"not found", ErrorCode::not_found, kNoRepository},
    {"couldn't find remote ref", ErrorCode::not_found, kNoRef},
    {"not our ref", ErrorCode::not_found, kNoRef},
    {"fsck error",
     ErrorCode::invalid_manifest,
     "it has a malformed object (git fsck); take the object out, or copy the files to a new "
     "commit"},
    {"unable to update url base from redirection",
     ErrorCode::rejected,
     "the server sends us elsewhere; write that URL"},
}};

/// The most useful line: the one with the sign, else git's own, else the last. If git only reports
/// that it read nothing, the previous line from ssh is the reason.
std::string_view telling_line(std::string_view said, std::string_view sign) {
  constexpr std::string_view kReadNothing = "fatal: Could not read from remote repository";
  std::string_view last;
  std::string_view before;
  for (const std::string_view line : split_lines(said)) {
    if (!sign.empty() && line.find(sign) != std::string_view::npos) return trim(line);
    if (line.starts_with(kReadNothing) && !before.empty()) return before;
    if (line.starts_with("fatal:") || (last.empty() && !trim(line).empty())) last = line;
    if (!trim(line).empty()) before = trim(line);
  }
  return trim(last);
}

/// "host[0: 127.0.0.1]: errno=Connection refused", as git says it of git://, in plain words.
std::string plain(std::string text) {
  const std::size_t place = text.find("[0: ");
  const std::size_t end = text.find("]: errno=");
  if (place == std::string::npos || end == std::string::npos || end < place) return text;
  constexpr std::size_t kSign = std::string_view("]: errno=").size();
  return text.substr(0, place) + ": " + text.substr(end + kSign);
}

std::string shown(std::string_view line) {
  constexpr std::size_t kMost = 300;
  std::string text = plain(printable(line.substr(0, kMost)));
  return text.empty() ? "git said nothing" : text;
}

}  // namespace

Error git_fault(std::string_view said, int exit_code) {
  for (const Fault& fault : kFaults) {
    if (said.find(fault.sign) == std::string_view::npos) continue;
    return {fault.code,
            std::string(fault.advice) + " (" + shown(telling_line(said, fault.sign)) + ")"};
  }
  return {ErrorCode::bad_response,
          "git ended with " + std::to_string(exit_code) + ": " + shown(telling_line(said, ""))};
}

}  // namespace authzd

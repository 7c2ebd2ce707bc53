// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_repository.hpp"

#include "daemon/source/git_files.hpp"
#include "daemon/source/git_output.hpp"
#include "daemon/source/git_verifier.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <fcntl.h>
#include <sys/file.h>
#include <utility>

namespace authzd {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::string_view kHead = "refs/authzd/head";
constexpr std::size_t kUrlDigits = 16;
constexpr std::size_t kMostTreeBytes = 64U << 20U;
constexpr std::size_t kMostAuthorBytes = 4U << 20U;
constexpr std::chrono::milliseconds kLockPause{50};
constexpr int kMostExitCode = 128;  // of git itself; above it a signal ended it

std::string first_line(std::string_view text) {
  return std::string(trim(text.substr(0, text.find('\n'))));
}

/// A malformed head is known by its name, and refused under it; else there is no head.
Result<GitHead> not_taken(GitHead head, Error why) {
  if (why.code != ErrorCode::invalid_manifest) return why;
  head.refusal = std::move(why);
  return head;
}

/// It exceeds a limit: to fetch or to read, or to do so in time.
bool is_too_much(const Error& error, ErrorCode code) {
  return error.code == code || error.code == ErrorCode::timeout;
}

}  // namespace

GitRepository::GitRepository(GitOptions options) : options_(std::move(options)) {
  const fs::path top = options_.directory / sha256_hex(options_.url.text).substr(0, kUrlDigits);
  place_ = {top / "repository.git", top / "home"};
}

Async<GitHead> GitRepository::update() {
  if (auto ready = co_await prepare(); !ready) co_return std::move(ready).error();
  auto head = co_await find_head();
  // An invalid reply may come from the remote, or from a damaged copy: the next update checks.
  if (!head && head.error().code == ErrorCode::bad_response) is_checked_ = false;
  co_return head;
}

Async<GitHead> GitRepository::find_head() {
  const std::string& ref = options_.config.ref;
  if (is_commit_id(ref)) {
    if (have_.commit == ref) co_return have_;
    const std::string commit = ref + "^{commit}";
    std::vector<std::string> is_here{"cat-file", "-e", commit};
    const auto held = co_await succeeds(std::move(is_here));
    if (!held) co_return held.error();
    if (!*held) {
      if (auto done = co_await fetch(ref, ""); !done) {
        co_return not_taken({"", ref, ref}, std::move(done).error());
      }
    }
    have_ = {"", ref, ref};
    co_return have_;
  }

  auto remote_head = co_await resolve();
  if (!remote_head) co_return std::move(remote_head).error();
  if (have_.object == remote_head->object) co_return have_;
  // After a start, the copy may already have it.
  auto held = co_await fetched(remote_head->ref);
  if (!held || held->object != remote_head->object) {
    if (auto done = co_await fetch(remote_head->ref, ""); !done) {
      co_return not_taken({remote_head->ref, remote_head->object, remote_head->object},
                          std::move(done).error());
    }
    held = co_await fetched(remote_head->ref);
  }
  if (held) have_ = *held;
  co_return held;
}

Async<std::vector<TreeEntry>> GitRepository::tree(std::string commit) {
  GitCall call = local("listing the files of " + commit,
                       {"ls-tree", "-r", "-t", "-z", "-l", "--full-tree", commit});
  call.most_output = kMostTreeBytes;
  auto listed = co_await output_of(std::move(call));
  if (!listed) co_return std::move(listed).error();
  co_return parse_tree(*listed);
}

Async<std::vector<SourceFile>> GitRepository::read(std::vector<TreeEntry> entries) {
  GitCall call = local("reading the manifests", {"cat-file", "--batch"});
  call.input = batch_input(entries);
  constexpr std::size_t kHeadBytes = 128;  // of each answer, before the text
  call.most_output = kHeadBytes * (entries.size() + 1);
  for (const TreeEntry& entry : entries) call.most_output += entry.size;
  auto answer = co_await output_of(std::move(call));
  if (!answer) co_return std::move(answer).error();
  co_return parse_batch(*answer, entries);
}

Async<Lineage> GitRepository::lineage(GitHead head, std::string earlier) {
  if (head.commit == earlier || !is_commit_id(earlier)) co_return Lineage::follows;
  const std::string wanted = head.ref.empty() ? head.commit : head.ref;
  for (const std::string_view depth : {"", "--deepen=100", "--unshallow"}) {
    if (!depth.empty()) {
      if (!is_shallow()) break;
      auto deeper = co_await fetch(wanted, std::string(depth));
      if (!deeper) co_return std::move(deeper).error().context("looking for " + earlier);
    }
    std::vector<std::string> forward{"merge-base", "--is-ancestor", earlier, head.commit};
    const auto follows = co_await succeeds(std::move(forward));
    if (!follows) co_return follows.error();
    if (*follows) co_return Lineage::follows;
    std::vector<std::string> backward{"merge-base", "--is-ancestor", head.commit, earlier};
    const auto goes_back = co_await succeeds(std::move(backward));
    if (!goes_back) co_return goes_back.error();
    if (*goes_back) co_return Lineage::goes_back;
  }
  co_return Lineage::diverges;
}

/// If the history cannot be read completely, next time it could not be read either. The authors
/// stay unknown, so that this does not block every later revision.
Async<Authors> GitRepository::authors(
    GitHead head,
    std::string earlier,
    const SignatureCheck* check) {  // coroutine-ref: the awaiter's
  const Authors unknown{{}, {}, false};
  const std::string range = earlier.empty() ? head.commit : earlier + ".." + head.commit;
  if (auto whole = co_await make_whole(std::move(head), range); !whole) {
    if (is_too_much(whole.error(), ErrorCode::rejected)) co_return unknown;
    co_return std::move(whole).error();
  }
  const std::string_view format = check != nullptr ? kSignedAuthorFormat : kAuthorFormat;
  GitCall call = local("asking who wrote it",
                       {"log", "--no-show-signature", std::string(format), range, "--"});
  call.most_output = kMostAuthorBytes;
  if (check != nullptr) {
    call.variables = check->variables;
    call.settings = check->settings;
  }
  const auto outcome = co_await call_git(place_, call);
  if (!outcome) {
    if (is_too_much(outcome.error(), ErrorCode::bad_response)) co_return unknown;
    co_return outcome.error();
  }
  if (outcome->exit_code != 0) {
    look_again();
    co_return git_error(*outcome, call);
  }
  co_return parse_git_authors(outcome->output);
}

boost::asio::awaitable<Commit> GitRepository::describe(std::string commit) {
  for (const std::string_view format : {kCommitFormat, kAuthorOnlyFormat}) {
    GitCall call = local("asking what it is",
                         {"log",
                          "-1",
                          "--no-show-signature",
                          "--encoding=UTF-8",
                          std::string(format),
                          commit,
                          "--"});
    const auto outcome = co_await call_git(place_, std::move(call));
    if (!outcome || outcome->exit_code != 0) continue;
    co_return parse_git_commit(std::move(commit), outcome->output);
  }
  co_return Commit{std::move(commit)};
}

/// A range in a shallow copy is complete if each path back from the head ends at a commit before
/// the range. A path that ends at a commit without parents was cut off, or passed commits that the
/// copy does not know to be older than the range.
Async<void> GitRepository::make_whole(GitHead head, std::string range) {
  const std::string wanted = head.ref.empty() ? head.commit : head.ref;
  for (const bool may_fetch : {true, false}) {
    if (!is_shallow()) break;
    GitCall call = local("looking for the ends of " + range,
                         {"rev-list", "--max-parents=0", "--max-count=1", range, "--"});
    const auto ends = co_await output_of(std::move(call));
    if (!ends) co_return ends.error();
    if (ends->empty()) break;
    if (!may_fetch) co_return Error{ErrorCode::unavailable, "the history has changed meanwhile"};
    auto deeper = co_await fetch(wanted, "--unshallow");
    if (!deeper) co_return std::move(deeper).error().context("looking for all of " + range);
  }
  co_return Result<void>{};
}

GitCall GitRepository::local(std::string doing, std::vector<std::string> arguments) const {
  GitCall call;
  call.arguments = std::move(arguments);
  call.doing = std::move(doing);
  call.limit = options_.limits.local;
  return call;
}

Result<GitCall> GitRepository::remote(std::string doing, std::vector<std::string> arguments) const {
  auto access = read_git_access(options_);
  if (!access) return std::move(access).error();
  GitCall call = local(std::move(doing) + " " + printable(options_.url.text), std::move(arguments));
  call.access = std::move(*access);
  call.limit = options_.limits.remote;
  return call;
}

Async<void> GitRepository::prepare() {
  if (auto locked = co_await lock(); !locked) co_return locked;
  const CopyLimits limits{.most_packs = 64, .most_bytes = 2 * options_.limits.most_pack_bytes};
  if (is_outgrown(place_.repository, limits)) {
    if (auto removed = discard_copy(); !removed) co_return removed;
  }
  if (is_whole(place_.repository)) {
    if (auto removed = remove_leftovers(place_.repository); !removed) co_return removed;
    if (is_checked_) co_return Result<void>{};
    const auto sound = co_await is_sound();
    if (!sound) co_return sound.error();
    is_checked_ = *sound;
    if (*sound) co_return Result<void>{};
  }
  if (auto made = co_await make_copy(); !made) co_return made;
  is_checked_ = true;
  co_return Result<void>{};
}

Result<void> GitRepository::discard_copy() {
  have_ = {};
  return remove_copy(place_.repository);
}

/// A power failure may leave empty or corrupt files. A check that does not finish proves nothing
/// about the copy.
Async<bool> GitRepository::is_sound() {
  GitCall call = local("checking the copy", {"fsck", "--no-dangling", "--no-progress"});
  call.limit = options_.limits.remote;
  const auto outcome = co_await call_git(place_, std::move(call));
  if (!outcome && outcome.error().code != ErrorCode::timeout) co_return outcome.error();
  co_return !outcome || outcome->exit_code == 0 || outcome->exit_code > kMostExitCode;
}

/// Only one process may use a copy: another would remove files that this one is writing. The
/// previous one may be about to end, as after a reload.
Async<void> GitRepository::lock() {
  if (lock_.get() >= 0) co_return Result<void>{};
  const fs::path top = place_.home.parent_path();
  std::error_code ec;
  fs::create_directories(place_.home, ec);
  Descriptor file(::open((top / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0) {
    co_return Error{ErrorCode::unavailable, "cannot write to " + printable(top.string())};
  }
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto latest = asio::steady_timer::clock_type::now() + options_.limits.local;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (asio::steady_timer::clock_type::now() >= latest) {
      co_return Error{
          ErrorCode::unavailable,
          "another authzd works on the copy of the repository in " + printable(top.string())};
    }
    timer.expires_after(kLockPause);
    co_await timer.async_wait(kTuple);
  }
  lock_ = std::move(file);
  co_return remove_temporary(top);
}

/// Made under a temporary name first, so that a half-made copy is never used.
Async<void> GitRepository::make_copy() {
  GitPlace fresh = place_;
  fresh.repository += ".new";
  if (auto removed = remove_copy(fresh.repository); !removed) co_return removed;
  if (auto removed = discard_copy(); !removed) co_return removed;
  GitCall call = local("making a copy of the repository", {"init", "--bare", "-q", "--template="});
  const auto made = co_await call_git(fresh, call);
  if (!made) co_return made.error();
  if (made->exit_code != 0) co_return git_error(*made, call);
  std::error_code ec;
  fs::rename(fresh.repository, place_.repository, ec);
  if (ec) co_return Error{ErrorCode::unavailable, call.doing + ": " + ec.message()};
  co_return Result<void>{};
}

/// The first argument is the request to the remote.
Async<ProcessOutcome> GitRepository::call_remote(GitCall call) {
  const std::string type = call.arguments.front();
  auto outcome = co_await call_git(place_, std::move(call));
  const bool is_done = outcome && outcome->exit_code == 0;
  ++requests_[{type, is_done ? "success" : "error"}];
  co_return outcome;
}

Async<GitHead> GitRepository::resolve() {
  std::vector<std::string> arguments{"ls-remote", "--", options_.url.text};
  for (std::string& pattern : ref_patterns(options_.config.ref)) {
    arguments.push_back(std::move(pattern));
  }
  auto call = remote("asking for " + printable(options_.config.ref) + " of", std::move(arguments));
  if (!call) co_return std::move(call).error();
  const auto listed = co_await call_remote(*call);
  if (!listed) co_return listed.error();
  if (listed->exit_code != 0) co_return git_error(*listed, *call);
  auto ref = pick_ref(listed->output, options_.config.ref, options_.ref_setting);
  if (!ref) co_return std::move(ref).error().context(call->doing);
  co_return GitHead{std::move(ref->name), std::move(ref->object), ""};
}

/// The first fetch gets one commit; later ones get what came since, which shows their order.
Async<void> GitRepository::fetch(std::string wanted, std::string depth) {
  std::vector<std::string> is_first{"rev-parse", "-q", "--verify", std::string(kHead)};
  const auto has_head = co_await succeeds(std::move(is_first));
  if (!has_head) co_return has_head.error();
  if (!*has_head && depth.empty()) depth = "--depth=1";

  std::vector<std::string> arguments{"fetch",
                                     "--no-tags",
                                     "--no-write-fetch-head",
                                     "--no-auto-maintenance",
                                     "--no-recurse-submodules",
                                     "--no-show-forced-updates"};
  if (!depth.empty()) arguments.push_back(depth);
  arguments.insert(arguments.end(),
                   {"--", options_.url.text, "+" + wanted + ":" + std::string(kHead)});
  auto call = remote("fetching " + printable(wanted) + " of", std::move(arguments));
  if (!call) co_return std::move(call).error();
  call->most_file_bytes = options_.limits.most_pack_bytes;
  const auto done = co_await call_remote(*call);
  if (!done) co_return done.error();
  if (done->exit_code != 0) co_return git_error(*done, *call);
  co_return Result<void>{};
}

/// The target of refs/authzd/head in the copy.
Async<GitHead> GitRepository::fetched(std::string ref) {
  const std::string head(kHead);
  GitCall call = local("reading the head", {"rev-parse", "-q", head, head + "^{commit}"});
  const auto read = co_await call_git(place_, call);
  if (!read) co_return read.error();
  if (read->exit_code != 0) co_return git_error(*read, call);
  GitHead result{std::move(ref), first_line(read->output), ""};
  result.commit = first_line(std::string_view(read->output).substr(result.object.size() + 1));
  co_return result;
}

Async<bool> GitRepository::succeeds(std::vector<std::string> arguments) {
  const std::string doing = "asking the copy of the repository";
  GitCall call = local(doing, std::move(arguments));
  const auto outcome = co_await call_git(place_, call);
  if (!outcome) co_return outcome.error();
  if (outcome->exit_code > kMostExitCode) co_return git_error(*outcome, call);
  co_return outcome->exit_code == 0;
}

Async<std::string> GitRepository::output_of(GitCall call) {
  auto outcome = co_await call_git(place_, call);
  if (!outcome) co_return std::move(outcome).error();
  if (outcome->exit_code == 0) co_return std::move(outcome->output);
  look_again();
  co_return git_error(*outcome, call);
}

/// Others may be reading the copy now: the next update checks it.
void GitRepository::look_again() {
  have_ = {};
  is_checked_ = false;
}

bool GitRepository::is_shallow() const {
  std::error_code ec;
  return fs::exists(place_.repository / "shallow", ec);
}

}  // namespace authzd

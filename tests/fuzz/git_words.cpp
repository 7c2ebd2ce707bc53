// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What git, gpg, ssh-keygen and curl say: the first byte says of what it is the output ('r'
// ls-remote, with the ref in the next line; 'a' the authors of commits; 'c' one commit; 's' and 'g'
// a signature, bad and good; 'k' a file of keys; else the last words of a git that failed, whose
// exit code the byte is).
#include "daemon/config/git_url.hpp"
#include "daemon/source/git_output.hpp"
#include "daemon/source/git_signature.hpp"
#include "reconciler/base/text.hpp"
#include "tests/fuzz/promises.hpp"

#include <algorithm>

namespace authzd::fuzz {
namespace {

void check_error(const Error& error) {
  promise(error.code != ErrorCode::internal, "what git says is no bug of ours");
  promise_showable(to_string(error), "what git says may be shown");
  promise(to_string(error).find('\n') == std::string::npos, "an error is one line");
}

void check_ref(std::string_view input) {
  const std::string ref(take_line(input));
  if (!is_git_ref(ref)) return;  // the configuration takes no other
  const auto picked = pick_ref(input, ref, "");
  if (!picked) return check_error(picked.error());
  promise(is_commit_id(picked->object), "a ref names an object");
  promise(picked->name == ref || picked->name == "refs/heads/" + ref ||
              picked->name == "refs/tags/" + ref,
          "the ref is the one that was meant");
}

void check_authors(std::string_view input) {
  const Authors authors = parse_git_authors(input);
  for (const std::string& address : authors.wrote) {
    promise(!address.empty() && to_lower(address) == address, "an address is in lower case");
    promise(address.find('\n') == std::string::npos, "an address is on one line");
  }
  const Authors more = parse_git_authors(std::string(input) + "\nauthor eve@example.com\n");
  promise(more.wrote.contains("eve@example.com"), "no line hides the author of another");
  promise(more.is_known == authors.is_known, "one more author makes none unknown");
}

void check_commit(std::string_view input) {
  const Commit commit = parse_git_commit(std::string(40, 'a'), input);
  promise(commit.author.size() <= 4 * kMostCommitAuthor + 3, "a name is bounded");
  promise(commit.subject.size() <= 4 * kMostSubject + 3, "a subject is bounded");
  promise(commit.authored >= Timestamp{}, "a commit is not from before 1970");
  const std::string text = commit_text(commit);
  promise_showable(text, "a commit may be shown");
  promise(text.find('\n') == std::string::npos, "a commit is one line");
}

void check_signature(std::string_view input, bool is_good) {
  const auto signer = signature_verdict(input, is_good);
  if (!signer) return check_error(signer.error());
  promise(is_good, "what git calls bad is not good");
  promise_showable(*signer, "a signer may be shown");
  promise(signer->find('\n') == std::string::npos, "a signer is one line");
}

/// Each line of an allowed_signers file has an option at most and a key.
void check_keys(std::string_view input) {
  VerifyKeys keys;
  const auto added = add_key_file("keys.pub", input, keys);
  if (!added) return check_error(added.error());
  promise(!keys.pgp.empty() || !keys.allowed_signers.empty(), "a file that is taken holds a key");
  promise(input.find("PRIVATE KEY") == std::string_view::npos, "a private key is never taken");
}

}  // namespace

void git_words(std::string_view input) {
  const char kind = take_byte(input);
  switch (kind) {
    case 'r': return check_ref(input);
    case 'a': return check_authors(input);
    case 'c': return check_commit(input);
    case 's': return check_signature(input, false);
    case 'g': return check_signature(input, true);
    case 'k': return check_keys(input);
    default: return check_error(git_fault(input, kind));
  }
}

}  // namespace authzd::fuzz

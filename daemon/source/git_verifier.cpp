// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_verifier.hpp"

#include "daemon/net/process_limits.hpp"
#include "daemon/source/git_files.hpp"
#include "daemon/source/git_signature.hpp"
#include "reconciler/base/text.hpp"

#include <cerrno>
#include <fstream>

namespace authzd {
namespace {

constexpr std::chrono::seconds kToolLimit{30};

/// A gpg key ring in its own directory.
Async<void> import_keys(std::string ring, std::string file, std::string text) {
  ProcessSpec spec;
  spec.program = "gpg";
  spec.package = "gnupg";
  spec.arguments = {"--homedir", ring, "--batch", "--no-autostart", "--status-fd", "1", "--import"};
  spec.environment.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
  spec.environment.emplace_back("LC_ALL=C");
  spec.environment.emplace_back("HOME=" + ring);
  spec.environment.emplace_back("TMPDIR=" + ring);
  spec.confinement = Confinement{.writable = {ring}};
  spec.input = std::move(text);
  const auto done = co_await run_process(std::move(spec), kToolLimit, "reading the PGP keys");
  if (!done) co_return done.error();
  if (done->output.find("[GNUPG:] IMPORT_OK ") != std::string::npos) co_return Result<void>{};
  if (tells_of_no_descriptors(done->errors)) {
    co_return Error{ErrorCode::exhausted,
                    "reading the PGP keys: no file descriptor is left for gpg"};
  }
  co_return Error{ErrorCode::invalid_config,
                  "verify.keyFiles: " + printable(file) + " holds no PGP public key"};
}

std::string signers_in(const std::string& ring) {
  return ring + "/allowed_signers";
}

Result<void> write_file(const std::string& file, const std::string& text) {
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  out << text << std::flush;
  if (out) return {};
  return Error{code_of(errno, ErrorCode::unavailable), "cannot write " + printable(file)};
}

/// Makes git use only the given keys.
void use_ring(const std::string& ring, const std::string& signers, SignatureCheck& check) {
  check.variables.emplace_back("GNUPGHOME=" + ring);
  const auto set = [&check](std::string key, std::string value) {
    check.settings.emplace_back(std::move(key), Secret(std::move(value)));
  };
  set("gpg.program", "gpg");
  set("gpg.minTrustLevel", "undefined");  // every key in this ring is trusted
  set("gpg.x509.program", "/bin/false");
  set("gpg.ssh.program", "ssh-keygen");
  set("gpg.ssh.allowedSignersFile", signers);
  set("gpg.ssh.revocationFile", "");
}

Async<SignatureCheck> make_ring(const GitRepository& repository,  // coroutine-ref: the awaiter's
                                VerifyKeys keys) {
  auto directory = TempDirectory::make(repository.place().home.parent_path());
  if (!directory) co_return std::move(directory).error();
  SignatureCheck check{std::move(*directory)};
  const std::string ring = check.ring.path().string();
  const std::string signers = signers_in(ring);
  for (const auto& [file, text] : keys.pgp) {
    if (auto done = co_await import_keys(ring, file, text); !done)
      co_return std::move(done).error();
  }
  if (auto done = write_file(signers, keys.allowed_signers); !done) {
    co_return std::move(done).error();
  }
  use_ring(ring, signers, check);
  co_return check;
}

/// The "tag" line of a tag: a signed tag must not pass under another name.
std::string_view name_in_tag(std::string_view tag) {
  for (const std::string_view line : split_lines(tag)) {
    if (line.empty()) break;
    if (line.starts_with("tag ")) return line.substr(4);
  }
  return {};
}

Error not_let_in(Error why, const GitHead& head, std::string_view what) {
  const std::string& object = what == "tag" ? head.object : head.commit;
  return std::move(why).context(std::string(what) + " " + object + " is refused");
}

/// Whether the annotated tag itself is signed, and has the name that it was pushed under.
Async<bool> has_signature(const GitRepository& repository,  // coroutine-ref: the awaiter's
                          GitHead head) {
  GitCall call = repository.local("reading the tag", {"cat-file", "tag", head.object});
  const auto read = co_await call_git(repository.place(), call);
  if (!read) co_return read.error();
  if (read->exit_code != 0) co_return git_error(*read, call);
  const bool is_signed =
      read->output.find("\n-----BEGIN PGP SIGNATURE-----\n") != std::string::npos ||
      read->output.find("\n-----BEGIN SSH SIGNATURE-----\n") != std::string::npos;
  if (is_signed && head.ref != "refs/tags/" + std::string(name_in_tag(read->output))) {
    Error other{ErrorCode::invalid_manifest,
                "it was signed as " + printable(name_in_tag(read->output)) + ", not as " +
                    printable(head.ref)};
    co_return not_let_in(std::move(other), head, "tag");
  }
  co_return is_signed;
}

/// The armoured SSH signature that git looks at: of a commit its first gpgsig header, of a tag the
/// last block. Empty if it has none.
std::string ssh_signature(std::string_view object, bool is_tag) {
  constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----";
  constexpr std::string_view kHeader = "gpgsig ";
  std::string found;
  bool is_inside = false;
  for (std::string_view line : split_lines(object)) {
    if (!is_tag && line.empty()) break;
    const bool begins = is_tag ? line == kBegin : line.starts_with(kHeader);
    if (begins && !is_tag && !found.empty()) break;
    if (begins) {
      line.remove_prefix(is_tag ? 0 : kHeader.size());
      found.clear();
      is_inside = line == kBegin;
    } else if (!is_tag && !line.starts_with(' ')) {
      is_inside = false;
    } else if (!is_tag) {
      line.remove_prefix(1);
    }
    if (is_inside) found.append(line) += '\n';
  }
  return found;
}

/// git asks whether the key was valid at the time that the commit claims, which its author chooses.
Async<void> check_expiry(const GitRepository& repository,  // coroutine-ref: the awaiter's
                         const SignatureCheck& check,      // coroutine-ref: the awaiter's
                         std::string what,
                         std::string object) {
  GitCall call = repository.local("reading the " + what, {"cat-file", what, object});
  const auto read = co_await call_git(repository.place(), call);
  if (!read) co_return read.error();
  if (read->exit_code != 0) co_return git_error(*read, call);
  const std::string signature = ssh_signature(read->output, what == "tag");
  if (signature.empty()) co_return Result<void>{};  // of PGP: gpg judges by the present time
  const std::string ring = check.ring.path().string();
  const std::string file = ring + "/signature";
  if (auto done = write_file(file, signature); !done) co_return std::move(done).error();
  ProcessSpec spec;
  spec.program = "ssh-keygen";
  spec.package = "openssh-client";
  spec.arguments = {"-Y", "find-principals", "-s", file, "-f", signers_in(ring)};
  spec.environment.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
  spec.environment.emplace_back("LC_ALL=C");
  spec.environment.emplace_back("HOME=" + ring);
  spec.confinement = Confinement{.writable = {ring}};
  const auto done = co_await run_process(std::move(spec), kToolLimit, "looking up the signer");
  if (!done) co_return done.error();
  if (done->exit_code == 0) co_return Result<void>{};
  auto verdict = signature_verdict(done->errors, false);
  if (!verdict) co_return std::move(verdict).error();
  co_return Result<void>{};
}

}  // namespace

Async<void> GitVerifier::verify(const GitRepository& repository,  // coroutine-ref: the awaiter's
                                GitHead head) {
  if (key_files_.empty()) co_return Result<void>{};
  auto keys = read_verify_keys(key_files_);
  if (!keys) co_return std::move(keys).error();
  const std::string id = keys->digest + head.ref + head.object;
  if (id == judged_) co_return verdict_;
  auto verdict = co_await check(repository, std::move(head), std::move(*keys));
  if (verdict || verdict.error().code == ErrorCode::invalid_manifest) {
    judged_ = id;
    verdict_ = verdict;
  }
  co_return verdict;
}

Async<SignatureCheck> GitVerifier::prepare(
    const GitRepository& repository) const {  // coroutine-ref: the awaiter's
  auto keys = read_verify_keys(key_files_);
  if (!keys) co_return std::move(keys).error();
  co_return co_await make_ring(repository, std::move(*keys));
}

Async<void> GitVerifier::check(const GitRepository& repository,  // coroutine-ref: the awaiter's
                               GitHead head,
                               VerifyKeys keys) {
  auto ring = co_await make_ring(repository, std::move(keys));
  if (!ring) co_return std::move(ring).error();

  std::string what = "commit";
  if (head.is_annotated_tag()) {
    const auto is_signed = co_await has_signature(repository, head);
    if (!is_signed) co_return is_signed.error();
    if (*is_signed) what = "tag";
  }
  const std::string& object = what == "tag" ? head.object : head.commit;
  GitCall call = repository.local("checking the signature", {"verify-" + what, "--raw", object});
  call.variables = ring->variables;
  call.settings = ring->settings;
  const auto checked = co_await call_git(repository.place(), call);
  if (!checked) co_return checked.error();
  auto signer = signature_verdict(checked->errors, checked->exit_code == 0);
  if (!signer) co_return not_let_in(std::move(signer).error(), head, what);
  auto valid = co_await check_expiry(repository, *ring, what, object);
  if (!valid) co_return not_let_in(std::move(valid).error(), head, what);
  signer_ = signer_of(checked->errors);
  co_return Result<void>{};
}

}  // namespace authzd

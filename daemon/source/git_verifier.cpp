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

constexpr std::chrono::seconds kImportLimit{30};

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
  const auto done = co_await run_process(std::move(spec), kImportLimit, "reading the PGP keys");
  if (!done) co_return done.error();
  if (done->output.find("[GNUPG:] IMPORT_OK ") != std::string::npos) co_return Result<void>{};
  if (tells_of_no_descriptors(done->errors)) {
    co_return Error{ErrorCode::exhausted,
                    "reading the PGP keys: no file descriptor is left for gpg"};
  }
  co_return Error{ErrorCode::invalid_config,
                  "verify.keyFiles: " + printable(file) + " holds no PGP public key"};
}

Result<void> write_signers(const std::string& file, const std::string& text) {
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
  const std::string signers = ring + "/allowed_signers";
  for (const auto& [file, text] : keys.pgp) {
    if (auto done = co_await import_keys(ring, file, text); !done)
      co_return std::move(done).error();
  }
  if (auto done = write_signers(signers, keys.allowed_signers); !done) {
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
  call.variables = std::move(ring->variables);
  call.settings = std::move(ring->settings);
  const auto checked = co_await call_git(repository.place(), call);
  if (!checked) co_return checked.error();
  auto signer = signature_verdict(checked->errors, checked->exit_code == 0);
  if (!signer) co_return not_let_in(std::move(signer).error(), head, what);
  signer_ = signer_of(checked->errors);
  co_return Result<void>{};
}

}  // namespace authzd

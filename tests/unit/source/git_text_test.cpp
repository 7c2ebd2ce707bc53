// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_output.hpp"
#include "daemon/source/git_signature.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kObject(40, '1');
const std::string kOther(40, '2');

const std::string kSetting = "source.git.ref";

TEST(GitRemoteRefs, TakeTheNameThatWasMeantAndNoLongerOne) {
  const std::string listed =
      kOther + "\trefs/heads/feature/main\n" + kObject + "\trefs/heads/main\n";
  EXPECT_EQ(pick_ref(listed, "main", kSetting), (RemoteRef{"refs/heads/main", kObject}));
  EXPECT_EQ(pick_ref(listed, "refs/heads/feature/main", kSetting),
            (RemoteRef{"refs/heads/feature/main", kOther}));
}

TEST(GitRemoteRefs, RefuseWhatIsBranchAndTag) {
  const auto ref =
      pick_ref(kObject + "\trefs/heads/v1\n" + kOther + "\trefs/tags/v1\n", "v1", kSetting);
  ASSERT_FALSE(ref);
  EXPECT_THAT(ref.error().message, HasSubstr("write refs/heads/v1 or refs/tags/v1"));
}

TEST(GitRemoteRefs, SayThatACommitIsWrittenInFull) {
  const auto ref = pick_ref("", "abc1234", kSetting);
  ASSERT_FALSE(ref);
  EXPECT_EQ(ref.error().code, ErrorCode::not_found);
  EXPECT_THAT(ref.error().message, HasSubstr("all 40 digits"));
}

/// A person who asked for a ref did not write the configuration.
TEST(GitRemoteRefs, NameTheSettingOnlyWhereItNamesTheRef) {
  EXPECT_THAT(pick_ref("", "nope", kSetting).error().message, HasSubstr("check source.git.ref"));
  const auto asked = pick_ref("", "nope", "");
  EXPECT_EQ(asked.error().message,
            "the repository has no branch and no tag nope; push it first, or name another");
}

TEST(GitRemoteRefs, RefuseNonsense) {
  EXPECT_EQ(pick_ref("<html>\n", "main", kSetting).error().code, ErrorCode::bad_response);
}

TEST(GitFault, SaysWhatToDoAndQuotesTheLineThatTells) {
  const Error error = git_fault(
      "git@host: Permission denied (publickey).\r\nfatal: Could not read from remote repository.\n",
      128);
  EXPECT_EQ(error.code, ErrorCode::unauthenticated);
  EXPECT_THAT(error.message, HasSubstr("source.git.credentials"));
  EXPECT_THAT(error.message, HasSubstr("(git@host: Permission denied (publickey).)"));
}

TEST(GitFault, SaysInPlainWordsThatNobodyListens) {
  const Error error = git_fault(
      "fatal: unable to connect to git.example:\ngit.example[0: 127.0.0.1]: errno=Connection "
      "refused\n\n",
      128);
  EXPECT_THAT(error.message, HasSubstr("(git.example: Connection refused)"));
}

TEST(GitFault, QuotesTheFatalLineOfWhatItDoesNotKnow) {
  const Error error = git_fault("warning: x\nfatal: the \x1b[31msky fell\nhint: duck\n", 128);
  EXPECT_EQ(error.code, ErrorCode::bad_response);
  EXPECT_EQ(error.message, "git ended with 128: fatal: the \\x1B[31msky fell");
}

TEST(SignatureVerdict, NamesThePgpSigner) {
  EXPECT_EQ(signature_verdict("[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 00AB Ann <a@x>\n", true),
            "00AB Ann <a@x>");
}

TEST(SignatureVerdict, NamesTheSshSigner) {
  EXPECT_EQ(
      signature_verdict("Good \"git\" signature for ann@x with ED25519 key SHA256:abc\n", true),
      "ann@x with ED25519 key SHA256:abc");
}

TEST(SignatureVerdict, TellsWhoseTheKeyIs) {
  EXPECT_EQ(signer_of("[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 00AB Ann <a@x>\n"), "Ann <a@x>");
  EXPECT_EQ(signer_of("Good \"git\" signature for a@x,b@x with ED25519 key SHA256:abc\n"),
            "a@x,b@x");
  EXPECT_EQ(signer_of("[GNUPG:] GOODSIG 00AB\n"), "");
  EXPECT_EQ(signer_of("Good \"git\" signature with ED25519 key SHA256:abc\n"), "");
}

TEST(SignatureVerdict, SaysWhyASignatureDoesNotCount) {
  struct Case {
    std::string said;
    std::string why;
  };
  const std::vector<Case> cases{
      {"", "not signed"},
      {"[GNUPG:] BADSIG 00AB Ann <a@x>\n", "changed after it was signed, by 00AB Ann"},
      {"[GNUPG:] ERRSIG 00AB 22 8 00 1 9\n[GNUPG:] NO_PUBKEY 00AB\n",
       "not in verify.keyFiles: 00AB"},
      {"[GNUPG:] EXPKEYSIG 00AB Ann\n", "expired since, of 00AB Ann"},
      {"[GNUPG:] REVKEYSIG 00AB Ann\n", "revoked, of 00AB Ann"},
      {"Good \"git\" signature with ED25519 key SHA256:xyz\nNo principal matched.\n",
       "not in verify.keyFiles: ED25519 key SHA256:xyz"},
      {"Signature verification failed: incorrect signature\n", "does not fit"}};
  for (const Case& c : cases) {
    const auto verdict = signature_verdict(c.said, false);
    ASSERT_FALSE(verdict) << c.said;
    EXPECT_EQ(verdict.error().code, ErrorCode::invalid_manifest);
    EXPECT_THAT(verdict.error().message, HasSubstr(c.why));
  }
}

TEST(SignatureVerdict, TellsApartWhatCouldNotBeChecked) {
  for (const std::string_view said :
       {"[GNUPG:] ERRSIG 00AB 22 8 00 1 38\n",
        "[GNUPG:] NODATA 4\n",
        "error: cannot run ssh-keygen: No such file or directory\n"}) {
    const auto verdict = signature_verdict(said, false);
    ASSERT_FALSE(verdict) << said;
    EXPECT_EQ(verdict.error().code, ErrorCode::unavailable) << said;
    EXPECT_THAT(verdict.error().message, HasSubstr("cannot be checked: "));
  }
}

TEST(VerifyKeys, TakesPublicKeysAndAllowedSigners) {
  VerifyKeys keys;
  ASSERT_TRUE(add_key_file("a.pub", "ssh-ed25519 AAAA ann@x laptop\n", keys));
  ASSERT_TRUE(add_key_file("b", "# team\nbob@x valid-before=\"2030\" ssh-rsa BBBB\n", keys));
  ASSERT_TRUE(add_key_file("/k/c.pub", "sk-ssh-ed25519@openssh.com CCCC\n", keys));
  ASSERT_TRUE(add_key_file("d.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", keys));

  EXPECT_EQ(keys.allowed_signers,
            "ann@x namespaces=\"git\" ssh-ed25519 AAAA\n"
            "bob@x valid-before=\"2030\" ssh-rsa BBBB\n"
            "/k/c.pub namespaces=\"git\" sk-ssh-ed25519@openssh.com CCCC\n");
  ASSERT_EQ(keys.pgp.size(), 1U);
  EXPECT_EQ(keys.pgp.front().first, "d.asc");
}

TEST(VerifyKeys, LetsNoCommentOfAKeyStandForEveryone) {
  VerifyKeys keys;
  ASSERT_TRUE(add_key_file("a.pub", "ssh-ed25519 AAAA *,cert-authority\n", keys));
  EXPECT_EQ(keys.allowed_signers, "__cert-authority namespaces=\"git\" ssh-ed25519 AAAA\n");
}

TEST(VerifyKeys, NamesASignerInAscii) {
  VerifyKeys keys;
  ASSERT_TRUE(add_key_file("a.pub", "ssh-ed25519 AAAA J\xC3\xB6rg\n", keys));
  EXPECT_EQ(keys.allowed_signers, "J__rg namespaces=\"git\" ssh-ed25519 AAAA\n");
}

TEST(VerifyKeys, RefusesPrivateKeysEmptyFilesAndNonsense) {
  for (const std::string_view text : {"-----BEGIN OPENSSH PRIVATE KEY-----\n",
                                      "-----BEGIN PGP PRIVATE KEY BLOCK-----\n",
                                      "",
                                      "# none\n",
                                      "hello world\n"}) {
    VerifyKeys keys;
    const auto added = add_key_file("k", text, keys);
    ASSERT_FALSE(added) << text;
    EXPECT_EQ(added.error().code, ErrorCode::invalid_config);
    EXPECT_THAT(added.error().message, HasSubstr("verify.keyFiles: k"));
  }
}

TEST(GitFault, IsNotTheRepositorysWhereNoDescriptorIsLeft) {
  const Error error = git_fault(
      "error: cannot open .git/packed-refs: Too many open files\nfatal: not found\n", 128);

  EXPECT_EQ(error.code, ErrorCode::exhausted);
}

TEST(SignatureVerdict, IsNoneWhereNoDescriptorIsLeft) {
  const auto verdict = signature_verdict(
      "[GNUPG:] NO_PUBKEY 00AB\ngpg: can't open 'pubring.kbx': Too many open files\n", false);

  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::exhausted);
}

}  // namespace
}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Commits and tags signed by real keys of gpg and ssh-keygen.
#include "tests/integration/source/git_fixture.hpp"
#include "tests/support/run_async.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;

class GitSignatureTest : public GitFixture {
 protected:
  void SetUp() override { serve("daemon"); }
  void TearDown() override {
    author("[[ ! -d ../gnupg ]] || gpgconf --homedir ../gnupg --kill all");
  }

  /// Creates an SSH key NAME, which the author signs with from now on.
  void sign_with_ssh(const std::string& name) {
    author("[[ -f ../" + name + " ]] || ssh-keygen -q -t ed25519 -N '' -C " + name +
           "@example.com -f ../" + name +
           "; git config gpg.format ssh; git config user.signingKey " + (root_ / name).string() +
           ".pub; git config commit.gpgSign true");
  }

  /// The same with a PGP key, public in NAME.asc.
  void sign_with_pgp(const std::string& name, const std::string& options = "") {
    author("export GNUPGHOME=$PWD/../gnupg; mkdir -p -m 700 $GNUPGHOME; gpg -q --batch " + options +
           " --passphrase '' --quick-generate-key '" + name + " <" + name +
           "@example.com>' ed25519 sign " + (options.empty() ? "never" : "1d") +
           "; gpg --armor --export " + name + "@example.com >../" + name +
           ".asc;"
           "printf '#!/bin/sh\nexec gpg --homedir %s " +
           options +
           " \"$@\"\n' $GNUPGHOME >../gpg;"
           "chmod +x ../gpg; git config gpg.program $PWD/../gpg; git config gpg.format openpgp;"
           "git config user.signingKey " +
           name + "@example.com; git config commit.gpgSign true");
  }

  std::unique_ptr<GitSource> verified(const std::vector<std::string>& keys,
                                      const std::string& ref = "main") {
    return source([&](GitOptions& options) {
      options.config.ref = ref;
      for (const std::string& key : keys) {
        options.config.verify_keys.push_back((root_ / key).string());
      }
    });
  }

  Result<Snapshot> fetch_verified(const std::vector<std::string>& keys,
                                  const std::string& ref = "main") {
    const auto git = verified(keys, ref);
    return fetch(*git);
  }

  void expect_refused(const Result<Snapshot>& snapshot, const std::string& why) {
    ASSERT_FALSE(snapshot);
    EXPECT_EQ(snapshot.error().code, ErrorCode::invalid_manifest) << snapshot.error().message;
    EXPECT_THAT(snapshot.error().message, HasSubstr(why));
    EXPECT_THAT(snapshot.error().message, HasSubstr(" is refused: "));
  }
};

TEST_F(GitSignatureTest, LetsInACommitSignedByAGivenSshKey) {
  sign_with_ssh("ann");
  const std::string commit = push("a.yaml", "a");

  const auto snapshot = fetch_verified({"ann.pub"});

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->revision, commit);
}

TEST_F(GitSignatureTest, LetsInACommitSignedByAGivenPgpKey) {
  sign_with_pgp("ann");
  push("a.yaml", "a");

  const auto snapshot = fetch_verified({"ann.asc"});

  EXPECT_TRUE(snapshot) << snapshot.error().message;
}

TEST_F(GitSignatureTest, TakesBothKindsOfKeysTogether) {
  sign_with_ssh("bob");
  sign_with_pgp("ann");
  push("a.yaml", "a");
  EXPECT_TRUE(fetch_verified({"bob.pub", "ann.asc"}));
  sign_with_ssh("bob");
  push("a.yaml", "b");
  EXPECT_TRUE(fetch_verified({"bob.pub", "ann.asc"}));
}

TEST_F(GitSignatureTest, RefusesACommitThatIsNotSigned) {
  sign_with_ssh("ann");
  author("git config commit.gpgSign false");
  push("a.yaml", "a");

  expect_refused(fetch_verified({"ann.pub"}), "it is not signed");
}

TEST_F(GitSignatureTest, RefusesAnSshKeyThatIsNotGiven) {
  sign_with_ssh("ann");
  sign_with_ssh("eve");
  push("a.yaml", "a");

  expect_refused(fetch_verified({"ann.pub"}), "not in verify.keyFiles: ED25519 key SHA256:");
}

TEST_F(GitSignatureTest, RefusesAPgpKeyThatIsNotGiven) {
  sign_with_pgp("ann");
  sign_with_pgp("eve");
  push("a.yaml", "a");

  expect_refused(fetch_verified({"ann.asc"}), "not in verify.keyFiles: ");
}

TEST_F(GitSignatureTest, RefusesAPgpKeyThatHasExpired) {
  sign_with_pgp("ann", "--faked-system-time 20200101T000000");
  push("a.yaml", "a");

  expect_refused(fetch_verified({"ann.asc"}), "expired");
}

TEST_F(GitSignatureTest, RefusesAnSshKeyThatHasExpiredWhateverTimeTheCommitClaims) {
  sign_with_ssh("ann");
  author(
      "printf 'ann@example.com valid-before=\"20200101\" %s\\n' \"$(cut -d' ' -f1,2 ../ann.pub)\" "
      ">../old");
  for (const std::string when : {"2019-06-01T00:00:00", "2026-06-01T00:00:00"}) {
    author("echo " + when + " >a.yaml; git add a.yaml; GIT_COMMITTER_DATE=" + when +
           " git commit -qm change; git tag -fs -m release v1; git push -qf origin main v1");

    expect_refused(fetch_verified({"old"}), "a key that has expired");
    expect_refused(fetch_verified({"old"}, "v1"), "a key that has expired");
  }
}

TEST_F(GitSignatureTest, RefusesACommitThatWasChangedAfterwards) {
  const std::string change =
      "git cat-file commit HEAD | sed 's/^change/chance/' | git hash-object -t commit -w --stdin"
      " | xargs -I% git push -qf origin %:main";
  sign_with_ssh("ann");
  push("a.yaml", "a");
  author(change);
  expect_refused(fetch_verified({"ann.pub"}), "does not fit");

  sign_with_pgp("bob");
  push("a.yaml", "b");
  author(change);
  expect_refused(fetch_verified({"bob.asc"}), "was changed after it was signed, by ");
}

TEST_F(GitSignatureTest, LetsInASignedTagOfACommitThatIsNotSigned) {
  push("a.yaml", "a");
  sign_with_ssh("ann");
  author("git tag -s -m release v1; git tag -a -m plain --no-sign v2; git push -q origin v1 v2");

  const auto snapshot = fetch_verified({"ann.pub"}, "v1");

  EXPECT_TRUE(snapshot) << snapshot.error().message;
  expect_refused(fetch_verified({"ann.pub"}, "v2"), "it is not signed");
}

TEST_F(GitSignatureTest, RefusesASignedTagUnderAnotherName) {
  push("a.yaml", "a");
  sign_with_ssh("ann");
  author("git tag -s -m release v1; git push -q origin v1:refs/tags/v2");

  expect_refused(fetch_verified({"ann.pub"}, "v2"), "it was signed as v1, not as refs/tags/v2");
}

TEST_F(GitSignatureTest, ReadsTheKeysAnewForEachFetch) {
  sign_with_ssh("ann");
  sign_with_ssh("bob");
  push("a.yaml", "a");
  author("cp ../bob.pub ../key");
  const auto git =
      source([&](GitOptions& options) { options.config.verify_keys = {(root_ / "key").string()}; });
  ASSERT_TRUE(fetch(*git));

  author("cp ../ann.pub ../key");
  expect_refused(fetch(*git), "not in verify.keyFiles");

  author("cp ../bob.pub ../key");
  EXPECT_TRUE(fetch(*git));
}

TEST_F(GitSignatureTest, SaysThatAKeyFileIsNoUse) {
  push("a.yaml", "a");
  sign_with_ssh("ann");

  EXPECT_EQ(fetch_verified({"ann"}).error().code, ErrorCode::invalid_config);  // the private one
  EXPECT_EQ(fetch_verified({"none"}).error().code, ErrorCode::invalid_config);
  author("printf '%b' '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnonsense\n' >../bad.asc");
  EXPECT_THAT(fetch_verified({"bad.asc"}).error().message, HasSubstr("holds no PGP public key"));
}

TEST_F(GitSignatureTest, NamesTheCommitThatIsRefusedAndChecksItOnce) {
  push("a.yaml", "a");
  sign_with_ssh("ann");
  author("git config commit.gpgSign false");
  const std::string commit = push("a.yaml", "b");
  const auto git = verified({"ann.pub"});
  const auto first = run(io_, git->fetch({"."}, ""));
  // Creating or removing a key ring, which has its own directory there, would be visible.
  const auto top = copy().parent_path();
  const auto changed_at = std::filesystem::last_write_time(top);
  requests();

  const auto again = run(io_, git->fetch({"."}, ""));

  ASSERT_TRUE(first) << first.error().message;
  const auto& refused = std::get<RefusedRevision>(*first);
  EXPECT_EQ(refused.revision, commit);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(std::get<RefusedRevision>(*again).why, refused.why);
  EXPECT_EQ(requests(), 1U) << "whether the branch has moved";
  EXPECT_EQ(std::filesystem::last_write_time(top), changed_at);
}

/// The commits name Ann as their author.
TEST_F(GitSignatureTest, CountsWhoSignedAmongTheAuthors) {
  sign_with_ssh("bob");
  const std::string first = push("a.yaml", "a");
  const auto git = verified({"bob.pub", "dan.pub", "eve.asc"});
  sign_with_ssh("dan");
  sign_with_pgp("eve");
  EXPECT_EQ(fetch(*git)->revision, first);
  const std::string by_pgp = push("a.yaml", "b");
  sign_with_ssh("dan");
  const std::string by_ssh = push("a.yaml", "c");
  EXPECT_EQ(fetch(*git)->revision, by_ssh);

  const auto both = run(io_, git->authors(by_ssh, first));
  const auto last = run(io_, git->authors(by_ssh, by_pgp));

  ASSERT_TRUE(both) << to_string(both.error());
  const std::set<std::string> all{"ann@example.com", "dan@example.com", "eve@example.com"};
  EXPECT_EQ(both->wrote, all);
  EXPECT_TRUE(both->is_known);
  ASSERT_TRUE(last) << to_string(last.error());
  EXPECT_EQ(last->wrote, (std::set<std::string>{"ann@example.com", "dan@example.com"}));
}

TEST_F(GitSignatureTest, KnowsNoAuthorOfACommitThatNobodySigned) {
  sign_with_ssh("dan");
  const std::string first = push("a.yaml", "a");
  const auto git = verified({"dan.pub"});
  EXPECT_EQ(fetch(*git)->revision, first);
  author("git -c commit.gpgSign=false commit -q --allow-empty -m unsigned");
  const std::string newest = push("a.yaml", "b");
  EXPECT_EQ(fetch(*git)->revision, newest);

  const auto since = run(io_, git->authors(newest, first));
  const auto ever = run(io_, git->authors(newest, ""));

  ASSERT_TRUE(since) << to_string(since.error());
  EXPECT_FALSE(since->is_known);
  ASSERT_TRUE(ever) << to_string(ever.error());
  EXPECT_TRUE(ever->is_known) << "nobody could approve anything of a first deployment";
  EXPECT_TRUE(ever->wrote.contains("dan@example.com")) << "who signed the newest is known";
}

TEST_F(GitSignatureTest, CountsWhoSignedATagAmongTheAuthors) {
  const std::string commit = push("a.yaml", "a");
  sign_with_ssh("dan");
  author("git tag -s -m release v1; git push -q origin v1");
  const auto git = verified({"dan.pub"}, "v1");
  EXPECT_EQ(fetch(*git)->revision, commit);

  const auto authors = run(io_, git->authors(commit, ""));

  ASSERT_TRUE(authors) << to_string(authors.error());
  EXPECT_TRUE(authors->wrote.contains("dan@example.com"));
}

TEST_F(GitSignatureTest, LeavesNoKeyRingBehind) {
  sign_with_pgp("ann");
  push("a.yaml", "a");
  ASSERT_TRUE(fetch_verified({"ann.asc"}));
  author("mkdir $(dirname " + copy().string() + ")/authzd-killed");
  ASSERT_TRUE(fetch_verified({"ann.asc"}));

  EXPECT_EQ(author("ls ../state/* | sort | tr '\\n' ' '"), "home lock repository.git");
}

}  // namespace
}  // namespace authzd::test

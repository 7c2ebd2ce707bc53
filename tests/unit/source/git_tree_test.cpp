// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kTreeObject(40, 'a');

TreeEntry file(std::string path, std::uint64_t size = 1) {
  return {"100644", kTreeObject, size, std::move(path)};
}
TreeEntry folder(std::string path) {
  return {"040000", kTreeObject, 0, std::move(path)};
}

Result<std::vector<TreeEntry>> selected(const std::vector<TreeEntry>& tree,
                                        const std::vector<std::string>& paths = {"."},
                                        const std::string& root = ".") {
  return select_manifests(tree, root, paths, 1000);
}

std::vector<std::string> names(const Result<std::vector<TreeEntry>>& entries) {
  std::vector<std::string> names;
  for (const TreeEntry& entry : entries.value()) names.push_back(entry.path);
  return names;
}

TEST(GitTree, ReadsWhatLsTreeWrites) {
  const std::string listed = "100644 blob " + kTreeObject + "      12\ta b\tc.yaml" + '\0' +
                             "040000 tree " + kTreeObject + "       -\tdir" + '\0';

  const auto tree = parse_tree(listed);

  ASSERT_TRUE(tree);
  EXPECT_THAT(*tree, ElementsAre(file("a b\tc.yaml", 12), folder("dir")));
}

TEST(GitTree, RefusesAListThatIsCutOrOdd) {
  const std::string whole = "100644 blob " + kTreeObject + " 12\ta" + '\0';
  EXPECT_FALSE(parse_tree(whole.substr(0, whole.size() - 1)));
  EXPECT_FALSE(parse_tree(std::string("100644 blob ") + kTreeObject + " twelve\ta" + '\0'));
  EXPECT_FALSE(parse_tree(std::string("nonsense") + '\0'));
}

TEST(GitTree, SelectsYamlInOrderAndNothingElse) {
  const auto entries = selected({file("b.yml"),
                                 folder("deep"),
                                 file("deep/a.yaml"),
                                 file("README.md"),
                                 file("a.yaml"),
                                 file(".hidden.yaml"),
                                 file(".ci/x.yaml"),
                                 file("deep/.x/y.yaml")});
  EXPECT_THAT(names(entries), ElementsAre("a.yaml", "b.yml", "deep/a.yaml"));
}

TEST(GitTree, SelectsBelowRootAndPathsEachOnce) {
  const std::vector<TreeEntry> tree{folder("m"),
                                    folder("m/a"),
                                    file("m/a/x.yaml"),
                                    file("m/ab.yaml"),
                                    folder("m/b"),
                                    file("m/b/y.yaml"),
                                    file("z.yaml")};

  EXPECT_THAT(names(selected(tree, {"a"}, "m")), ElementsAre("m/a/x.yaml"));
  EXPECT_THAT(names(selected(tree, {"a", ".", "./b/"}, "./m/")),
              ElementsAre("m/a/x.yaml", "m/ab.yaml", "m/b/y.yaml"));
  EXPECT_THAT(names(selected(tree, {"ab.yaml"}, "m")), ElementsAre("m/ab.yaml"));
}

TEST(GitTree, RefusesAMissingPath) {
  const auto entries = selected({file("a.yaml")}, {".", "prod"});
  ASSERT_FALSE(entries);
  EXPECT_EQ(entries.error().code, ErrorCode::invalid_manifest);
  EXPECT_THAT(entries.error().message, HasSubstr("prod is not in this commit"));
}

TEST(GitTree, RefusesALinkWhereAManifestShouldBe) {
  const auto entries = selected({file("a.yaml"), {"120000", kTreeObject, 11, "b.yaml"}});
  ASSERT_FALSE(entries);
  EXPECT_THAT(entries.error().message, HasSubstr("b.yaml is a symbolic link"));
}

TEST(GitTree, LeavesOtherLinksAndSubmodulesAlone) {
  const auto entries = selected(
      {file("a.yaml"), {"120000", kTreeObject, 1, "latest"}, {"160000", kTreeObject, 0, "lib"}});
  EXPECT_THAT(names(entries), ElementsAre("a.yaml"));
}

TEST(GitTree, TellsWhichLinksAndSubmodulesMayBeFolders) {
  const std::vector<TreeEntry> tree{file("team/a.yaml"),
                                    {"120000", kTreeObject, 1, "team/latest"},
                                    {"160000", kTreeObject, 0, "team/lib"},
                                    {"160000", kTreeObject, 0, "elsewhere"},
                                    {"120000", kTreeObject, 1, "team/.hidden"}};
  EXPECT_THAT(not_followed(tree, "", {"team"}), ElementsAre("team/latest", "team/lib"));
}

TEST(GitTree, TellsWhichFoldersMayBeInThePlaceOfAManifest) {
  const std::vector<TreeEntry> tree{file("team/a.yaml"),
                                    {"040000", kTreeObject, 0, "team/b.yaml"},
                                    file("team/b.yaml/README"),
                                    {"040000", kTreeObject, 0, "team/c"},
                                    {"040000", kTreeObject, 0, "elsewhere.yaml"}};
  EXPECT_THAT(manifest_folders(tree, "", {"team"}), ElementsAre("team/b.yaml"));
}

std::vector<std::string> ignored(std::vector<TreeEntry>& tree,
                                 std::string_view rules,
                                 const std::vector<std::string>& paths = {"."},
                                 const std::string& root = ".") {
  return take_ignored(tree, root, paths, IgnoreRules::parse(rules).value()).value();
}

TEST(GitTree, TakesOutWhatIsIgnoredBeforeItIsLookedAt) {
  std::vector<TreeEntry> tree{file("README.md"),
                              file("a.yaml"),
                              folder("chart"),
                              file("chart/b.yaml", 5000),
                              {"120000", kTreeObject, 1, "link.yaml"},
                              file("prod/a.yaml"),
                              file(".ci/a.yaml")};

  EXPECT_THAT(ignored(tree, "chart/\nlink.yaml\n/prod/a.yaml\n.ci\n"),
              ElementsAre("chart/b.yaml", "link.yaml", "prod/a.yaml"));
  EXPECT_THAT(names(selected(tree)), ElementsAre("a.yaml"));
}

TEST(GitTree, IgnoresBelowItsOwnPathAndWhatIsAskedForAlone) {
  std::vector<TreeEntry> tree{folder("manifests"),
                              file("manifests/prod/a.yaml"),
                              file("manifests/test/a.yaml"),
                              file("manifests/prod/b.yaml"),
                              file("other/a.yaml")};

  EXPECT_THAT(ignored(tree, "a.yaml\n", {"prod"}, "manifests"),
              ElementsAre("manifests/prod/a.yaml"));
  EXPECT_THAT(ignored(tree, "/prod\n", {"prod/b.yaml"}, "manifests"), ElementsAre())
      << "a file that is named is read";
}

TEST(GitTree, TakesAFileAloneForTheListOfWhatIsIgnored) {
  const std::vector<TreeEntry> tree{file(".authzdignore", 4), file("manifests/.authzdignore", 5)};

  EXPECT_EQ(find_ignore_file(tree, ".").value(), std::vector{tree[0]});
  EXPECT_EQ(find_ignore_file(tree, "manifests/").value(), std::vector{tree[1]});
  EXPECT_TRUE(find_ignore_file(tree, "elsewhere").value().empty());
  EXPECT_FALSE(find_ignore_file({{"120000", kTreeObject, 1, ".authzdignore"}}, "."));
  EXPECT_FALSE(find_ignore_file({file(".authzdignore", kMostIgnoreBytes + 1)}, "."));
}

TEST(GitTree, RefusesAPathThatIsALinkOrASubmodule) {
  EXPECT_FALSE(selected({{"120000", kTreeObject, 1, "prod"}}, {"prod"}));
  EXPECT_FALSE(selected({{"160000", kTreeObject, 0, "prod"}}, {"prod"}));
}

TEST(GitTree, RefusesTooManyBytes) {
  EXPECT_TRUE(selected({file("a.yaml", 400), file("b.yaml", 600)}));
  const auto entries = selected({file("a.yaml", 400), file("b.yaml", 601)});
  ASSERT_FALSE(entries);
  EXPECT_THAT(entries.error().message, HasSubstr("b.yaml"));
}

TEST(GitTree, MakesOddNamesSafeToShow) {
  const auto entries = selected({{"120000", kTreeObject, 1, "a\x1b[2J\n.yaml"}});
  ASSERT_FALSE(entries);
  EXPECT_THAT(entries.error().message, HasSubstr("a\\x1B[2J\\x0A.yaml"));
}

TEST(GitTree, ReadsTextsByTheirSizes) {
  const std::vector<TreeEntry> entries{file("a.yaml", 3), file("b.yaml", 0)};
  const std::string answer =
      kTreeObject + " blob 3\n" + std::string("x\n\0", 3) + "\n" + kTreeObject + " blob 0\n\n";

  const auto files = parse_batch(answer, entries);

  ASSERT_TRUE(files);
  EXPECT_EQ((*files)[0].text, std::string("x\n\0", 3));
  EXPECT_EQ((*files)[1].name, "b.yaml");
  EXPECT_FALSE(parse_batch(answer.substr(0, answer.size() - 1), entries));
  EXPECT_FALSE(parse_batch(kTreeObject + " missing\n", entries));
}

}  // namespace
}  // namespace authzd

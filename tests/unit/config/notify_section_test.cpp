// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whom a configuration has told: targets, and the forge of a commit's status.
#include "daemon/config/config.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

ConfigOutcome load(const std::string& source, const std::string& rest) {
  return load_config(
      {"c",
       "apiVersion: authzd/v1\nkind: Configuration\nowner: acme\nmode: observe\n"
       "accounts: [{name: a, id: 0123456789abcdef0123456789abcdef, auth: {apiKeyFile: /k}}]\n"
       "source: {" +
           source + "}\n" + rest},
      {});
}

TEST(NotifySection, HasATargetOfEachFormat) {
  const ConfigOutcome outcome =
      load("directory: {path: /m}",
           "notify:\n"
           "  - {urlFile: /url, format: teams}\n"
           "  - {routingKeyFile: /key, format: pagerduty}\n"
           "  - {urlFile: /eu, routingKeyFile: /key, format: pagerduty}\n"
           "  - {urlFile: /url, templateFile: /body.json, format: template}\n");

  EXPECT_EQ(render(outcome.diagnostics), "");
  ASSERT_EQ(outcome.config.notify.size(), 4U);
  EXPECT_EQ(outcome.config.notify[0].format, NotifyFormat::teams);
  EXPECT_EQ(outcome.config.notify[1].routing_key_file, "/key");
  EXPECT_EQ(outcome.config.notify[1].url_file, "") << "PagerDuty's own";
  EXPECT_EQ(outcome.config.notify[2].url_file, "/eu");
  EXPECT_EQ(outcome.config.notify[3].template_file, "/body.json");
}

CommitStatusConfig status_of(const std::string& text) {
  const ConfigOutcome outcome =
      load("git: {url: \"https://git.example/a/b\", commitStatus: {" + text + "}}", "");
  EXPECT_EQ(render(outcome.diagnostics), "");
  return outcome.config.commits.status;
}

TEST(CommitStatusSection, NamesTheRepositoryOnItsForge) {
  const CommitStatusConfig github = status_of("github: {repository: org/repo, tokenFile: /t}");
  EXPECT_EQ(github,
            (CommitStatusConfig{Forge::github, "org/repo", "/t", "https://api.github.com"}));

  const CommitStatusConfig own = status_of(
      "gitlab: {project: group/sub/repo, tokenFile: /t, url: \"https://git.example/lab\"}");
  EXPECT_EQ(own.api, "https://git.example/lab/api/v4");
  EXPECT_EQ(status_of("gitlab: {project: \"42\", tokenFile: /t}").repository, "42");
}

TEST(CommitStatusSection, LinksTheCommitsOfAKnownHost) {
  const ConfigOutcome outcome = load("git: {url: \"git@github.com:org/repo.git\"}", "");

  EXPECT_EQ(render(outcome.diagnostics), "");
  EXPECT_EQ(outcome.config.commits.link, "https://github.com/org/repo/commit/{commit}");
}

}  // namespace
}  // namespace authzd

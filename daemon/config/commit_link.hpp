// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The address of a commit's page on the forge, as a template: "https://host/…/{commit}".
#pragma once

#include "daemon/config/git_url.hpp"
#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// Whether `link` is an http or https address with "{commit}" and without a user, white space or
/// another placeholder. Errors: invalid_config, with what is wrong; never with the link, which may
/// have a secret.
Result<void> check_commit_link(std::string_view link);

/// The link for a repository on github.com, gitlab.com or bitbucket.org; empty for another host.
std::string default_commit_link(const GitUrl& url);

}  // namespace authzd

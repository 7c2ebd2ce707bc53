// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Small things that pages are made of: times, revisions, commands, labelled facts, addresses.
#pragma once

#include "daemon/console/html.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd::console {

/// "2026-01-31 06:00:00 UTC".
std::string time_text(Timestamp time);

/// A time, and how far away it is: "2m ago", "in 3m".
Markup age(Timestamp time, Timestamp now);
Markup time_and_age(Timestamp time, Timestamp now);

/// A commit by its first digits; another revision unchanged, or "none".
Markup revision(std::string_view any);

/// Who committed it and its subject; a link to its page if there is one. Empty if nothing is known.
Markup commit_line(const Commit& commit, Timestamp now);

/// A revision, and under it what is known of its commit.
Markup revision_and_commit(std::string_view any, const Commit& commit, Timestamp now);

/// A command to be copied, whole and on lines of its own.
Markup command(std::string_view line);

Markup quiet(std::string_view any);

/// A list of terms; an entry without content is left out.
using Facts = std::vector<std::pair<std::string_view, Markup>>;
Markup facts(const Facts& all);

/// A table inside a part that scrolls by itself where it is wider than the page. Each heading is a
/// cell with its scope.
Markup table(std::string_view caption, const Markup& head, const Markup& rows);

/// A cell of such a table. On a narrow window, where a row becomes a block, its label precedes
/// the content. `of`: its class; may be empty.
Markup cell(std::string_view label, const Markup& content, std::string_view of = {});

/// A policy's id, which leads to its page.
Markup policy_link(std::string_view account, const PolicyId& policy);

/// "+2 ~1 -3", each with its meaning for those who hear it.
Markup changes(std::size_t created, std::size_t updated, std::size_t deleted);

/// "and 12 more" where `shown` of `all` are shown; else empty.
Markup left_out(std::size_t shown, std::size_t all, std::string_view where = {});

/// Addresses of pages; every part is encoded.
std::string account_target(std::string_view name);
std::string policy_target(std::string_view account, std::string_view policy);
std::string run_target(std::string_view account, std::string_view run);
std::string target_with(std::string_view path,
                        const std::vector<std::pair<std::string_view, std::string>>& query);

}  // namespace authzd::console

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The sections of the configuration, one function each. All report errors, and keep the default if
// a value is not usable.
#pragma once

#include "daemon/config/config.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"

namespace authzd {

void decode_source_section(const YamlCursor& node,
                           const ConfigEnvironment&,
                           SourceConfig& out,
                           CommitConfig& commits);
void decode_commit_status(const YamlCursor& node,
                          const ConfigEnvironment&,
                          CommitStatusConfig& out);
void decode_auth(const YamlCursor& node, const ConfigEnvironment&, AuthConfig& out);
void decode_iam(const YamlCursor& node, const ConfigEnvironment&, IamConfig& out);
/// Changes what `out` has: an account's rails start as a copy of the common ones.
void decode_rails(const YamlCursor& node, const ConfigEnvironment&, RailConfig& out);
void decode_require(const YamlCursor& node, const ConfigEnvironment&, Requirements& out);
void decode_rollout(const YamlCursor& node, const ConfigEnvironment&, RolloutRules& out);
/// Durations; an empty list for no reminders.
void decode_remind_before(const YamlCursor& node, RemindBefore& out);
void decode_admin(const YamlCursor& node, const ConfigEnvironment&, AdminConfig& out);
void decode_audit(const YamlCursor& node, const ConfigEnvironment&, std::string& file);
void decode_labels(const YamlCursor& node, AccountTraits::Texts& out);
void decode_params(const YamlCursor& node, AccountTraits::Texts& out);
void decode_notify(const YamlCursor& node,
                   const ConfigEnvironment&,
                   std::vector<NotifyTarget>& out);

}  // namespace authzd

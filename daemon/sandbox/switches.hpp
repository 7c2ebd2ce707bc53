// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is not documented about IAM is a switch here, so that a client can be tested with each
// answer. One row of the table in switches.cpp is one switch; `--list-switches` prints it.
#pragma once

#include "reconciler/base/result.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace authzd::sandbox {

enum class Switch : std::size_t {
  if_match_stale,
  if_match_missing,
  get_etag,
  list_default_limit,
  list_max_limit,
  list_limit,
  list_start,
  ms_a_policy,
  list_visibility,
  delete_deleted,
  delete_unknown,
  deleted_retention,
  deleted_blocks,
  conflict_policy,
  conflict_wording,
  foreign_policy,
  forbidden_code,
  quota,
  quota_code,
  missing_parameter,
  href_of_v2,
  v1_of_v2,
  v1_operator,
  v1_star,
  v1_restore_exists,
  v2_put_v1,
  role_check,
  role_crns,
  private_endpoint,
  last_permit,
  include_last_permit,
  description_limit,
  retry_after,
  orphans,
  lag_reads,
  lag_time,
  token_lifetime,
  metadata_paths,
  metadata_member,
  count,
};

struct SwitchInfo {
  Switch id;
  std::string_view name;
  std::string_view values;  // "a|b|c", "<number>" or "<duration>"
  std::string_view standard;
  std::string_view about;
  std::string_view reference;  // into iam-api.md or design.md
};

class Switches {
 public:
  Switches();

  static std::span<const SwitchInfo> all();

  /// Errors: invalid_config, with the switch or its possible values.
  Result<void> set(std::string_view name, std::string_view value);

  /// "name=value", as on the command line.
  Result<void> set(std::string_view assignment);

  [[nodiscard]] const std::string& text(Switch id) const;
  [[nodiscard]] bool is(Switch id, std::string_view value) const { return text(id) == value; }
  [[nodiscard]] int number(Switch id) const;
  [[nodiscard]] std::chrono::milliseconds duration(Switch id) const;

 private:
  std::array<std::string, static_cast<std::size_t>(Switch::count)> values_;
};

}  // namespace authzd::sandbox

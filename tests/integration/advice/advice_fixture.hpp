// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A message's advice is followed literally, and must work: no advice remains, and nothing was lost
// on the way.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {

class AdviceTest : public DeskTest {
 protected:
  AdviceTest();

  /// A daemon whose first cycle has created what the manifests want. Rails that count are disabled,
  /// and first deletes are approved.
  void begin();

  /// Writes `text` as the manifest `name`.
  void write_text(const std::string& name, const std::string& text);
  void remove_manifest(const std::string& name);

  /// One cycle of the daemon, and then five minutes. Returns its plan.
  Plan cycle();

  /// The message of the plan's note with that reason; fails the test if there is none.
  static std::string advice(const Plan& plan, NoteReason reason);

  /// Runs the command, which must exit with 0; returns its output.
  std::string command(const std::vector<std::string>& arguments);

  /// Each active policy, in IAM's v2 format.
  std::vector<sandbox::Json> policies();
  sandbox::Json policy_on(const std::string& service);
  std::string id_on(const std::string& service) { return policy_on(service).at("id"); }

  /// A person changes a policy manually.
  void edit(const std::string& id, const sandbox::Json& change);

  StopToken stop_;
};

std::string description_of(const sandbox::Json& policy);

/// A manifest that allows block volumes to read `target`; `more` are lines of its spec.
std::string manifest(const std::string& name,
                     const std::string& target,
                     const std::string& more = {});

}  // namespace authzd::test

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config_keys.hpp"

namespace authzd::config_keys {

std::vector<KeyList> configuration_key_lists() {
  return {{"", kTop},
          {"source", kSource},
          {"source.directory", kDirectory},
          {"source.git", kGit},
          {"source.git.credentials", kGitCredentials},
          {"source.git.verify", kGitVerify},
          {"source.git.commitStatus", kCommitStatus},
          {"source.git.commitStatus.github", kGitHubStatus},
          {"source.git.commitStatus.gitlab", kGitLabStatus},
          {"accounts[]", kAccount},
          {"accounts[].discover", kDiscover},
          {"accounts[].discover.profiles", kDiscoverProfiles},
          {"accounts[].auth", kAuth},
          {"accounts[].auth.assumeProfile", kAssumeProfile},
          {"accounts[].auth.vpcInstance", kVpcInstance},
          {"accounts[].auth.containerToken", kContainerToken},
          {"accounts[].rails", kRails},
          {"accounts[].rails.allow", kAllow},
          {"accounts[].rails.removalGrace", kRemovalGrace},
          {"accounts[].rails.approvers", kApprovers},
          {"accounts[].rails.approvers.people[]", kApproverPerson},
          {"iam", kIam},
          {"iam.timeouts", kTimeouts},
          {"rails", kRails},
          {"rails.allow", kAllow},
          {"rails.removalGrace", kRemovalGrace},
          {"rails.approvers", kApprovers},
          {"rails.approvers.people[]", kApproverPerson},
          {"require", kRequire},
          {"rollout", kRollout},
          {"rollout.waves[]", kWave},
          {"admin", kAdmin},
          {"audit", kAudit},
          {"notify[]", kNotify}};
}

std::vector<KeyList> fleet_key_lists() {
  return {{"", kFleet}, {"accounts[]", kFleetEntry}};
}

}  // namespace authzd::config_keys

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The keys that each map of a configuration may have: those that the decoders accept and that the
// schema is compared with.
#pragma once

#include "reconciler/manifest/authorization_decoder.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace authzd::config_keys {

template <std::size_t N>
using List = std::array<std::string_view, N>;

inline constexpr List<21> kTop{
    "apiVersion",   "kind",           "owner",  "mode",     "interval", "settle", "adopt",
    "identities",   "previousOwners", "source", "accounts", "iam",      "rails",  "require",
    "remindBefore", "rollout",        "admin",  "state",    "audit",    "notify", "record"};
inline constexpr List<1> kAudit{"file"};
inline constexpr List<6> kNotify{
    "urlFile", "secretFile", "caFile", "format", "routingKeyFile", "templateFile"};
inline constexpr List<5> kSource{"directory", "git", "quiet", "maxBytes", "maxGrants"};
inline constexpr List<1> kDirectory{"path"};
inline constexpr List<8> kGit{
    "url", "ref", "path", "caFile", "credentials", "verify", "link", "commitStatus"};
inline constexpr List<2> kCommitStatus{"github", "gitlab"};
inline constexpr List<4> kGitHubStatus{"repository", "tokenFile", "apiUrl", "caFile"};
inline constexpr List<4> kGitLabStatus{"project", "tokenFile", "url", "caFile"};
inline constexpr List<4> kGitCredentials{"sshKeyFile", "knownHostsFile", "tokenFile", "username"};
inline constexpr List<1> kGitVerify{"keyFiles"};
inline constexpr List<13> kAccount{"name",
                                   "file",
                                   "discover",
                                   "id",
                                   "labels",
                                   "params",
                                   "paths",
                                   "auth",
                                   "mode",
                                   "interval",
                                   "adopt",
                                   "rails",
                                   "allowEmpty"};
inline constexpr List<1> kDiscover{"profiles"};
inline constexpr List<1> kDiscoverProfiles{"name"};
inline constexpr List<1> kAssumeProfile{"name"};
inline constexpr List<5> kAuth{
    "apiKeyFile", "vpcInstance", "containerToken", "bearerTokenFile", "assumeProfile"};
inline constexpr List<2> kVpcInstance{"profile", "endpoint"};
inline constexpr List<2> kContainerToken{"file", "profile"};
inline constexpr List<10> kIam{"endpoint",
                               "resourceControllerEndpoint",
                               "caFile",
                               "timeouts",
                               "concurrency",
                               "pageSize",
                               "policyLimit",
                               "requestsPerSecond",
                               "totalRequestsPerSecond",
                               "allowEmptyAccount"};
inline constexpr List<5> kTimeouts{"connect", "handshake", "read", "total", "list"};
inline constexpr List<15> kRails{"maxDelete",
                                 "maxDeletePercent",
                                 "maxUpdate",
                                 "maxCreate",
                                 "maxRestore",
                                 "window",
                                 "allow",
                                 "holdUsedWithin",
                                 "holdUnknown",
                                 "holdDelegators",
                                 "removalGrace",
                                 "protectRelease",
                                 "approvalTtl",
                                 "approvers",
                                 "never"};
inline constexpr List<3> kRequire{"owner", "ticketFor", "maxLifetime"};
inline constexpr List<2> kRollout{"waves", "stopOn"};
inline constexpr List<4> kWave{"name", "match", "after", "max"};
inline constexpr List<2> kRemovalGrace{"targets", "for"};
inline constexpr List<3> kApprovers{"need", "notTheAuthor", "people"};
inline constexpr List<2> kApproverPerson{"loginUid", "addresses"};
inline constexpr List<4> kAllow{"sourceAccounts", "delegate", "roles", "targets"};
inline constexpr List<4> kAdmin{"socket", "listen", "tokenFile", "hookSecretFile"};

/// Of a file of accounts.
inline constexpr List<4> kFleet{"apiVersion", "kind", "metadata", "accounts"};
inline constexpr List<6> kFleetEntry{"name", "id", "labels", "params", "mode", "removed"};

/// As authorization_key_lists.
std::vector<KeyList> configuration_key_lists();
std::vector<KeyList> fleet_key_lists();

}  // namespace authzd::config_keys

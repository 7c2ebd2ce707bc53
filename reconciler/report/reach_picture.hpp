// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The picture of who may reach what. Nodes are sources and targets, an edge is all policies of one
// owner between two of them. Parties of several accounts are nodes of their own, and their labels
// name the account. With many nodes those of one service, of all accounts, become one node.
#pragma once

#include "reconciler/report/reach.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// What a picture for eyes can hold.
struct PictureLimits {
  std::size_t nodes = 40;  // on a side; more are one node by service
  std::size_t edges = 80;  // the widest ones
};

struct ReachNode {
  std::string label;
  std::string service;       // for the filter; empty: any
  std::string instance;      // the same
  std::string account = {};  // the same, by name
  std::size_t policies = 0;  // that it takes part in
  std::size_t members = 0;   // different parties in it
};

struct ReachEdge {
  std::size_t source = 0;  // places in the lists of nodes
  std::size_t target = 0;
  PolicyOwner owner = PolicyOwner::ours;
  std::size_t policies = 0;
  std::string roles = {};               // as displayed
  std::set<std::string> accounts = {};  // whose policies these are, by name
};

struct ReachPicture {
  std::vector<ReachNode> sources;  // by label
  std::vector<ReachNode> targets;
  std::vector<ReachEdge> edges;  // by source, target, owner
  bool is_by_service = false;
  bool has_several_accounts = false;
  std::size_t left_out = 0;  // edges beyond the limit, and those of nodes beyond it
};

ReachPicture picture_of(std::span<const Reached> policies, PictureLimits limits = {});

}  // namespace authzd

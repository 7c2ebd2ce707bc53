// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The picture of who may reach what. Nodes are sources and targets, an edge is all policies of one
// owner between two of them. With many nodes those of one service become one node.
#pragma once

#include "daemon/console/html.hpp"
#include "daemon/status/reach_view.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::console {

inline constexpr std::size_t kMostNodes = 40;  // on a side; more are one node by service
inline constexpr std::size_t kMostEdges = 80;  // the widest ones

inline constexpr std::array kPolicyOwners = {
    PolicyOwner::ours, PolicyOwner::unmanaged, PolicyOwner::foreign};
std::string_view to_string(PolicyOwner owner);  // "ours", …

/// A policy with its account.
struct Reached {
  const ReachPolicy* policy = nullptr;
  const ReachView* list = nullptr;
};

struct ReachNode {
  std::string label;
  std::string service;       // for the filter; empty: any
  std::string instance;      // the same
  std::size_t policies = 0;  // that it takes part in
  std::size_t members = 0;   // different parties that it represents
};

struct ReachEdge {
  std::size_t source = 0;  // places in the lists of nodes
  std::size_t target = 0;
  PolicyOwner owner = PolicyOwner::ours;
  std::size_t policies = 0;
  std::string roles = {};  // as displayed
};

struct ReachPicture {
  std::vector<ReachNode> sources;  // by label
  std::vector<ReachNode> targets;
  std::vector<ReachEdge> edges;  // by source, target, owner
  bool is_by_service = false;
  std::size_t left_out = 0;  // edges beyond kMostEdges, and those of nodes beyond kMostNodes
};

ReachPicture picture_of(std::span<const Reached> policies);

/// An SVG whose nodes lead to `target_of` them, and whose edges to their lines in the table.
Markup reach_svg(const ReachPicture& picture,
                 const std::function<std::string(const ReachNode&)>& target_of);

/// The same as a table.
Markup reach_table(const ReachPicture& picture);

/// What the signs mean.
Markup reach_legend();

/// The label of a source or a target: "kms (instance 5104…)".
std::string party_label(const AttributeSet& side, const ReachView& list);

}  // namespace authzd::console

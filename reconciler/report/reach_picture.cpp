// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/reach_picture.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace authzd {
namespace {

std::string service_label(const AttributeSet& side) {
  const std::string_view service = side.equals_value("serviceName");
  return service.empty() ? "any service" : std::string(service);
}

/// The nodes of one side while they are collected.
struct Side {
  std::map<std::string, ReachNode> nodes;  // by label
  std::map<std::string, std::set<std::string>> parties;
  std::map<std::string, std::set<std::string>> accounts;

  void add(const std::string& label,
           const AttributeSet& attributes,
           const std::string& party,
           const std::string& account) {
    ReachNode& node = nodes[label];
    node.label = label;
    node.service = attributes.equals_value("serviceName");
    ++node.policies;
    parties[label].insert(party);
    accounts[label].insert(account);
    node.members = parties[label].size();
    node.instance = node.members == 1 ? std::string(attributes.equals_value(kServiceInstance)) : "";
    node.account = accounts[label].size() == 1 ? account : "";
  }
};

using EdgeKey = std::tuple<std::string, std::string, PolicyOwner>;

struct EdgeContent {
  std::size_t policies = 0;
  std::set<std::string> roles;
  std::set<std::string> accounts;
};

bool has_several(std::span<const Reached> policies) {
  return std::ranges::any_of(policies, [&policies](const Reached& one) {
    return one.list->account != policies.front().list->account;
  });
}

/// "kms", or "kms · prod" among several accounts: what has the same name elsewhere is another one.
std::string labelled(const AttributeSet& side, const ReachView& list, bool has_several_accounts) {
  std::string label = party_label(side, list);
  const std::string_view account = side.equals_value("accountId");
  const bool is_elsewhere = !account.empty() && account != list.account.value;  // the label says so
  if (has_several_accounts && !is_elsewhere) label += " · " + list.account_name;
  return label;
}

std::size_t parties_of(std::span<const Reached> policies, bool is_source, bool has_several) {
  std::set<std::string> labels;
  for (const auto& [policy, list] : policies) {
    labels.insert(labelled(is_source ? policy->subject : policy->resource, *list, has_several));
  }
  return labels.size();
}

/// The nodes with the most policies, by label; and where each of them is.
std::vector<ReachNode> widest_nodes(const Side& side, std::size_t most) {
  std::vector<ReachNode> nodes;
  for (const auto& [label, node] : side.nodes) nodes.push_back(node);
  std::ranges::stable_sort(nodes, std::ranges::greater{}, &ReachNode::policies);
  nodes.resize(std::min(nodes.size(), most));
  std::ranges::sort(nodes, {}, &ReachNode::label);
  return nodes;
}

std::map<std::string, std::size_t> places_in(const std::vector<ReachNode>& nodes) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < nodes.size(); ++i) places[nodes[i].label] = i;
  return places;
}

/// Targets in the order of their sources: fewer edges cross.
void order_targets(std::vector<ReachNode>& targets,
                   const std::map<EdgeKey, EdgeContent>& edges,
                   const std::map<std::string, std::size_t>& sources) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> sums;
  for (const auto& [key, content] : edges) {
    const auto source = sources.find(std::get<0>(key));
    if (source == sources.end()) continue;
    auto& [sum, count] = sums[std::get<1>(key)];
    sum += source->second;
    ++count;
  }
  std::ranges::stable_sort(targets, {}, [&sums](const ReachNode& node) {
    const auto& [sum, count] = sums[node.label];
    return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
  });
}

std::string joined(const std::set<std::string>& roles) {
  return join(std::vector<std::string>(roles.begin(), roles.end()), ", ");
}

}  // namespace

ReachPicture picture_of(std::span<const Reached> policies, PictureLimits limits) {
  ReachPicture picture;
  picture.has_several_accounts = has_several(policies);
  const bool several = picture.has_several_accounts;
  picture.is_by_service = parties_of(policies, true, several) > limits.nodes ||
                          parties_of(policies, false, several) > limits.nodes;
  Side sources;
  Side targets;
  std::map<EdgeKey, EdgeContent> edges;
  for (const auto& [policy, list] : policies) {
    const std::string from = labelled(policy->subject, *list, several);
    const std::string to = labelled(policy->resource, *list, several);
    const std::string source = picture.is_by_service ? service_label(policy->subject) : from;
    const std::string target = picture.is_by_service ? service_label(policy->resource) : to;
    sources.add(source, policy->subject, from, list->account_name);
    targets.add(target, policy->resource, to, list->account_name);
    EdgeContent& edge = edges[{source, target, policy->owner}];
    ++edge.policies;
    edge.roles.insert(policy->roles.begin(), policy->roles.end());
    edge.accounts.insert(list->account_name);
  }
  picture.sources = widest_nodes(sources, limits.nodes);
  picture.targets = widest_nodes(targets, limits.nodes);
  const auto source_places = places_in(picture.sources);
  order_targets(picture.targets, edges, source_places);
  const auto target_places = places_in(picture.targets);
  for (const auto& [key, content] : edges) {
    const auto source = source_places.find(std::get<0>(key));
    const auto target = target_places.find(std::get<1>(key));
    if (source == source_places.end() || target == target_places.end()) {
      ++picture.left_out;
      continue;
    }
    picture.edges.push_back({source->second,
                             target->second,
                             std::get<2>(key),
                             content.policies,
                             joined(content.roles),
                             content.accounts});
  }
  std::ranges::stable_sort(picture.edges, std::ranges::greater{}, &ReachEdge::policies);
  if (picture.edges.size() > limits.edges) {
    picture.left_out += picture.edges.size() - limits.edges;
    picture.edges.resize(limits.edges);
  }
  std::ranges::sort(picture.edges, {}, [](const ReachEdge& edge) {
    return std::tuple(edge.source, edge.target, edge.owner);
  });
  return picture;
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/text.hpp"
#include "reconciler/report/reach_writers.hpp"

#include <string_view>

namespace authzd {
namespace {

/// The owners as the console's picture has them: a colour that is readable on light and dark
/// ground, and a line.
struct EdgeLook {
  std::string_view colour;
  std::string_view dot_style;
  std::string_view arrow;  // of Mermaid
};

EdgeLook look_of(PolicyOwner owner) {
  switch (owner) {
    case PolicyOwner::unmanaged: return {"#b36a00", "dashed", "-.->"};
    case PolicyOwner::foreign: return {"#8067a0", "dotted", "==>"};
    case PolicyOwner::ours: break;
  }
  return {"#2f6fc4", "solid", "-->"};
}

/// A string of Graphviz: its escapes begin with a backslash, and it replaces entities of HTML.
std::string dot_string(std::string_view any) {
  std::string quoted = "\"";
  for (const char c : printable(any)) {
    switch (c) {
      case '"': quoted += "\\\""; break;
      case '\\': quoted += "\\\\"; break;
      case '&': quoted += "&amp;"; break;
      default: quoted += c;
    }
  }
  return quoted + "\"";
}

/// Mermaid has entities and no other escape. All that could be markup to it, to Markdown or to HTML
/// is written as one: only letters, digits and a few signs are left as they are.
std::string mermaid_string(std::string_view any) {
  constexpr std::string_view kPlain = " .,:_/()-…";
  std::string quoted = "\"";
  for (const char c : printable(any)) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    const auto byte = static_cast<unsigned char>(c);
    if (is_letter || is_digit || byte >= 0x80U || kPlain.find(c) != std::string_view::npos) {
      quoted += c;
    } else {
      quoted += "#" + std::to_string(static_cast<unsigned>(byte)) + ";";
    }
  }
  return quoted + "\"";
}

std::string edge_label(const ReachEdge& edge) {
  return (edge.roles.empty() ? "no role" : edge.roles) + " (" + std::to_string(edge.policies) +
         " " + std::string(to_string(edge.owner)) + ")";
}

std::string node_label(const ReachNode& node) {
  if (node.members < 2) return node.label;
  return node.label + " (" + std::to_string(node.members) + " parties)";
}

std::string node_name(char side, std::size_t place) {
  return std::string(1, side) + std::to_string(place);
}

}  // namespace

std::string left_out_text(const ReachPicture& picture) {
  std::string text;
  if (picture.is_by_service) {
    text = "There are too many to show each: sources and targets are shown by their service.";
  }
  if (picture.left_out > 0) {
    text += (text.empty() ? "" : " ") +
            count_of(picture.left_out, "connection is", "connections are") +
            " not in the picture, as it would be too crowded: a filter narrows it.";
  }
  return text;
}

std::string reach_dot(const ReachPicture& picture) {
  std::string text =
      "digraph reach {\n"
      "  rankdir=LR;\n"
      "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=10];\n";
  const auto add_nodes = [&text](char side, std::string_view rank, const auto& nodes) {
    if (nodes.empty()) return;
    text += "  { rank=" + std::string(rank) + ";\n";
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      text += "    " + node_name(side, i) + " [label=" + dot_string(node_label(nodes[i])) + "];\n";
    }
    text += "  }\n";
  };
  add_nodes('s', "source", picture.sources);
  add_nodes('t', "sink", picture.targets);
  for (const ReachEdge& edge : picture.edges) {
    const EdgeLook look = look_of(edge.owner);
    text += "  " + node_name('s', edge.source) + " -> " + node_name('t', edge.target) +
            " [label=" + dot_string(edge_label(edge)) + ", color=\"" + std::string(look.colour) +
            "\", style=" + std::string(look.dot_style) + "];\n";
  }
  return text + "}\n";
}

std::string reach_mermaid(const ReachPicture& picture) {
  std::string text = "flowchart LR\n";
  if (const std::string more = left_out_text(picture); !more.empty()) text += "  %% " + more + "\n";
  const auto add_nodes = [&text](char side, const auto& nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      text += "  " + node_name(side, i) + "[" + mermaid_string(node_label(nodes[i])) + "]\n";
    }
  };
  add_nodes('s', picture.sources);
  add_nodes('t', picture.targets);
  std::string styles;
  for (std::size_t i = 0; i < picture.edges.size(); ++i) {
    const ReachEdge& edge = picture.edges[i];
    const EdgeLook look = look_of(edge.owner);
    text += "  " + node_name('s', edge.source) + " " + std::string(look.arrow) + "|" +
            mermaid_string(edge_label(edge)) + "| " + node_name('t', edge.target) + "\n";
    styles += "  linkStyle " + std::to_string(i) + " stroke:" + std::string(look.colour) + "\n";
  }
  return text + styles;
}

}  // namespace authzd

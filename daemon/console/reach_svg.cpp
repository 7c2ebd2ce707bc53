// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/reach_svg.hpp"

#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/reach_writers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace authzd::console {
namespace {

constexpr std::size_t kWidth = 960;
constexpr std::size_t kNodeWidth = 300;
constexpr std::size_t kNodeHeight = 26;
constexpr std::size_t kRow = 34;
constexpr std::size_t kEdgeTop = 10;    // above the first node
constexpr std::size_t kMostLabel = 34;  // bytes that fit into a node

/// A tenth of a pixel is enough.
std::string number(double value) {
  const auto tenths = static_cast<long long>(std::llround(value * 10));
  std::string out = std::to_string(tenths / 10);
  if (tenths % 10 != 0) out += "." + std::to_string(std::abs(tenths % 10));
  return out;
}

struct Column {
  std::size_t nodes = 0;
  std::size_t rows = 0;  // of the longer column

  /// The middle of node `i`; the shorter column is centred.
  [[nodiscard]] double middle(std::size_t i) const {
    const double free = static_cast<double>((rows - nodes) * kRow) / 2;
    return static_cast<double>(kEdgeTop) + free + static_cast<double>(i * kRow) +
           static_cast<double>(kNodeHeight) / 2;
  }
};

double width_of(std::size_t policies) {
  return std::min(8.0, 1.5 + 1.2 * static_cast<double>(std::bit_width(policies) - 1));
}

/// Both ends of a label that is too long: the end of an id tells instances apart.
std::string short_label(const std::string& label) {
  if (label.size() <= kMostLabel) return label;
  const auto is_inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  std::size_t tail = label.size() - kMostLabel / 2;
  while (tail < label.size() && is_inside(label[tail])) ++tail;
  return clipped(label, kMostLabel / 2) + label.substr(tail);
}

/// Each owner has a shape as well as a colour: a circle, a diamond, a triangle.
Markup owner_mark(PolicyOwner owner, double x, double y) {
  const std::string at = "M" + number(x) + " " + number(y);
  std::string path = at + "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0";
  if (owner == PolicyOwner::unmanaged) path = at + "m0 -6l6 6l-6 6l-6 -6z";
  if (owner == PolicyOwner::foreign) path = at + "m0 -6l6 11h-12z";
  return element("path", {{"class", "mark " + std::string(to_string(owner))}, {"d", path}}, {});
}

/// A part of the picture; where there is no target to lead to, as a file has none, it is a group.
Markup leading_to(const std::string& target, std::string_view of, const Markup& content) {
  if (target.empty()) return element("g", {{"class", std::string(of)}}, content) + literal("\n");
  Attributes attributes;
  if (!of.empty()) attributes.emplace_back("class", of);
  attributes.emplace_back("href", target);
  return element("a", attributes, content) + literal("\n");
}

std::string edge_text(const ReachPicture& picture, const ReachEdge& edge) {
  return picture.sources[edge.source].label + " → " + picture.targets[edge.target].label + ": " +
         count_of(edge.policies, "policy", "policies") + " " + std::string(to_string(edge.owner)) +
         (edge.roles.empty() ? "" : ", " + edge.roles);
}

Markup edge_shape(const ReachPicture& picture,
                  std::size_t place,
                  const Column& left,
                  const Column& right,
                  bool is_file) {
  const ReachEdge& edge = picture.edges[place];
  // Edges of several owners between the same nodes lie beside each other.
  const double shift = 6.0 * (static_cast<double>(edge.owner) - 1);
  const double from = left.middle(edge.source) + shift;
  const double to = right.middle(edge.target) + shift;
  const double begin = kNodeWidth;
  const double end = kWidth - kNodeWidth;
  const double bend = (end - begin) / 2;
  const std::string path = "M" + number(begin) + " " + number(from) + "C" + number(begin + bend) +
                           " " + number(from) + " " + number(end - bend) + " " + number(to) + " " +
                           number(end) + " " + number(to);
  // The marks of neighbours are not all in one place.
  const double t = 0.36 + 0.07 * static_cast<double>(place % 5);
  const double u = 1 - t;
  const double x = u * u * u * begin + 3 * u * u * t * (begin + bend) +
                   3 * u * t * t * (end - bend) + t * t * t * end;
  const double y = (u * u * u + 3 * u * u * t) * from + (3 * u * t * t + t * t * t) * to;
  const Markup line = element("path",
                              {{"class", "edge " + std::string(to_string(edge.owner))},
                               {"d", path},
                               {"stroke-width", number(width_of(edge.policies))}},
                              {});
  return leading_to(
      is_file ? "" : "#edge-" + std::to_string(place),
      "",
      element("title", text(edge_text(picture, edge), 300)) + line + owner_mark(edge.owner, x, y));
}

Markup node_shape(const ReachNode& node, std::size_t x, double middle, const std::string& target) {
  const double top = middle - static_cast<double>(kNodeHeight) / 2;
  const std::string count = std::to_string(node.policies);
  std::string full = node.label + ": " + count_of(node.policies, "policy", "policies");
  if (node.members > 1) full += ", " + std::to_string(node.members) + " parties";
  const Markup box = element("rect",
                             {{"x", std::to_string(x + 1)},
                              {"y", number(top)},
                              {"width", std::to_string(kNodeWidth - 2)},
                              {"height", std::to_string(kNodeHeight)},
                              {"rx", "6"}},
                             {});
  const Markup label = element("text",
                               {{"x", std::to_string(x + 10)}, {"y", number(middle + 4)}},
                               text(short_label(node.label)));
  const Markup number_of = element("text",
                                   {{"class", "more"},
                                    {"x", std::to_string(x + kNodeWidth - 10)},
                                    {"y", number(middle + 4)},
                                    {"text-anchor", "end"}},
                                   text(count));
  return leading_to(target, "node", element("title", text(full, 300)) + box + label + number_of);
}

Markup owner_cell(PolicyOwner owner) {
  return element(
             "svg",
             {{"viewBox", "0 0 14 14"}, {"width", "12"}, {"height", "12"}, {"aria-hidden", "true"}},
             owner_mark(owner, 7, 7)) +
         text(" " + std::string(to_string(owner)));
}

using TargetOf = std::function<std::string(const ReachNode&)>;

std::size_t height_of(const ReachPicture& picture) {
  return std::max(picture.sources.size(), picture.targets.size()) * kRow + 2 * kEdgeTop;
}

/// `target_of`: null in a file.
Markup shapes_of(const ReachPicture& picture, const TargetOf& target_of) {
  const std::size_t rows = std::max(picture.sources.size(), picture.targets.size());
  const Column left{picture.sources.size(), rows};
  const Column right{picture.targets.size(), rows};
  const auto target = [&target_of](const ReachNode& node) {
    return target_of ? target_of(node) : std::string();
  };
  Markup shapes;
  for (std::size_t i = 0; i < picture.edges.size(); ++i) {
    shapes += edge_shape(picture, i, left, right, !target_of);
  }
  for (std::size_t i = 0; i < picture.sources.size(); ++i) {
    const ReachNode& node = picture.sources[i];
    shapes += node_shape(node, 0, left.middle(i), target(node));
  }
  for (std::size_t i = 0; i < picture.targets.size(); ++i) {
    const ReachNode& node = picture.targets[i];
    shapes += node_shape(node, kWidth - kNodeWidth, right.middle(i), target(node));
  }
  return shapes;
}

/// The console's, for a file that may be opened anywhere.
constexpr const char kFileStyle[] =
    "<style>\n"
    "svg { --sheet: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #dfe3e8; --wash: #f1f4f8;\n"
    "  --ours: #1f56a8; --unmanaged: #9a5800; --foreign: #6d5a88;\n"
    "  background: var(--sheet); font: 12px system-ui, \"Segoe UI\", \"Noto Sans\", sans-serif; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  svg { --sheet: #171b1f; --ink: #e5e8eb; --quiet: #9da7b1; --line: #2c333a; --wash: "
    "#1f252b;\n"
    "    --ours: #86b5f5; --unmanaged: #eab85c; --foreign: #bda6de; }\n"
    "}\n"
    ".ground { fill: var(--sheet); }\n"
    "text { fill: var(--ink); font-size: 12px; }\n"
    ".more { fill: var(--quiet); font-size: 11px; }\n"
    ".node rect { fill: var(--wash); stroke: var(--line); }\n"
    ".edge { fill: none; stroke-opacity: .55; }\n"
    ".edge.ours { stroke: var(--ours); } .mark.ours { fill: var(--ours); }\n"
    ".edge.unmanaged { stroke: var(--unmanaged); stroke-dasharray: 7 4; }\n"
    ".mark.unmanaged { fill: var(--unmanaged); }\n"
    ".edge.foreign { stroke: var(--foreign); stroke-dasharray: 2 3; }\n"
    ".mark.foreign { fill: var(--foreign); }\n"
    "</style>\n";

constexpr std::size_t kLegendHeight = 30;
constexpr std::size_t kLegendStep = 130;

/// Below the picture: what the signs mean, and what is not shown.
Markup legend_shapes(const ReachPicture& picture, std::size_t top) {
  const auto middle = static_cast<double>(top) + static_cast<double>(kLegendHeight) / 2;
  Markup shapes;
  std::size_t x = 10;
  for (const PolicyOwner owner : kPolicyOwners) {
    const std::string of(to_string(owner));
    const Attributes line{{"class", "edge " + of},
                          {"d", "M" + std::to_string(x) + " " + number(middle) + "h36"},
                          {"stroke-width", "2"}};
    shapes +=
        element("path", line, {}) + owner_mark(owner, static_cast<double>(x) + 18, middle) +
        element("text", {{"x", std::to_string(x + 44)}, {"y", number(middle + 4)}}, text(of)) +
        literal("\n");
    x += kLegendStep;
  }
  const std::string more = left_out_text(picture);
  if (more.empty()) return shapes;
  return shapes +
         element("text",
                 {{"class", "more"}, {"x", "10"}, {"y", std::to_string(top + kLegendHeight + 12)}},
                 text(more)) +
         literal("\n");
}

}  // namespace

Markup reach_svg(const ReachPicture& picture, const TargetOf& target_of) {
  return element(
      "svg",
      {{"class", "reach"},
       {"viewBox", "0 0 " + std::to_string(kWidth) + " " + std::to_string(height_of(picture))},
       {"role", "group"},
       {"aria-label", "Sources on the left, targets on the right. The table below says the same."}},
      shapes_of(picture, target_of));
}

std::string reach_svg_file(const ReachPicture& picture) {
  const std::size_t top = height_of(picture);
  const std::size_t height = top + kLegendHeight + (left_out_text(picture).empty() ? 0 : 20);
  const Markup ground =
      element("rect", {{"class", "ground"}, {"width", "100%"}, {"height", "100%"}}, {});
  return element("svg",
                 {{"xmlns", "http://www.w3.org/2000/svg"},
                  {"viewBox", "0 0 " + std::to_string(kWidth) + " " + std::to_string(height)},
                  {"width", std::to_string(kWidth)},
                  {"height", std::to_string(height)},
                  {"role", "img"},
                  {"aria-label", "Who may reach what: sources on the left, targets on the right"}},
                 literal("\n") + literal(kFileStyle) + ground + literal("\n") +
                     shapes_of(picture, nullptr) + legend_shapes(picture, top))
             .str() +
         "\n";
}

Markup reach_table(const ReachPicture& picture) {
  const bool several = picture.has_several_accounts;
  const auto accounts_of = [](const ReachEdge& edge) {
    return edge.accounts.size() == 1 ? text(*edge.accounts.begin(), 120)
                                     : text(count_of(edge.accounts.size(), "account", "accounts"));
  };
  Markup rows;
  for (std::size_t i = 0; i < picture.edges.size(); ++i) {
    const ReachEdge& edge = picture.edges[i];
    rows +=
        element("tr",
                {{"id", "edge-" + std::to_string(i)}},
                element("th", {{"scope", "row"}}, text(picture.sources[edge.source].label, 120)) +
                    cell("Target", text(picture.targets[edge.target].label, 120)) +
                    (several ? cell("Account", accounts_of(edge)) : Markup{}) +
                    cell("Whose", owner_cell(edge.owner), "short") +
                    cell("Policies", text(std::to_string(edge.policies)), "number") +
                    cell("Roles", text(edge.roles, 200))) +
        literal("\n");
  }
  const Markup head =
      literal("<th scope=\"col\">Source</th><th scope=\"col\">Target</th>") +
      (several ? literal("<th scope=\"col\">Account</th>") : Markup{}) +
      literal(
          "<th scope=\"col\">Whose</th><th scope=\"col\" class=\"number\">Policies</th>"
          "<th scope=\"col\">Roles</th>");
  return of_class("div", "fold", table("Who may reach what", head, rows));
}

Markup reach_legend() {
  const auto entry_of = [](PolicyOwner owner, std::string_view meaning) {
    const std::string of(to_string(owner));
    const Markup line =
        element("path", {{"class", "edge " + of}, {"d", "M0 6h44"}, {"stroke-width", "2"}}, {});
    return element("li",
                   element("svg",
                           {{"viewBox", "0 0 44 12"}, {"aria-hidden", "true"}},
                           line + owner_mark(owner, 22, 6)) +
                       element("strong", text(of)) + text(" " + std::string(meaning)));
  };
  return of_class(
      "ul",
      "legend",
      entry_of(PolicyOwner::ours, "kept by authzd") +
          entry_of(PolicyOwner::unmanaged, "of people and other tools") +
          entry_of(PolicyOwner::foreign, "of a service, a template, or another authzd"));
}

}  // namespace authzd::console

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A parsed YAML file as one array of nodes that link to each other by index. The cursor reads it.
// Internal to this module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace authzd {

enum class YamlKind : std::uint8_t {
  nothing,  // `key:`, `~`, `null`
  plain,    // an unquoted scalar: its type is not decided yet
  quoted,   // a scalar in quotes, a block scalar, or one tagged !!str: always text
  list,
  map,    // its children are key, value, key, value, …
  alias,  // refers to `target`
};

struct YamlNode {
  static constexpr std::uint32_t kNone = ~0U;

  YamlKind kind = YamlKind::nothing;
  bool closed = false;       // all of its children are known
  int line = 0;              // from 1
  int column = 0;            // from 1, in characters
  std::uint32_t offset = 0;  // in the text, in bytes
  std::uint32_t first_child = kNone;
  std::uint32_t next = kNone;    // the sibling
  std::uint32_t target = kNone;  // of an alias
  std::uint32_t height = 1;      // levels, including its own; aliases expanded
  std::size_t size = 1;          // nodes, including itself; aliases expanded
  std::string text;              // of a scalar
};

struct YamlTree {
  std::string text;  // the file, normalised
  std::vector<YamlNode> nodes;
  std::vector<std::uint32_t> roots;  // one per complete document
};

}  // namespace authzd

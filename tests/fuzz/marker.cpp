// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A policy's description, which anybody who may write the policy can write.
#include "reconciler/model/marker.hpp"

#include "reconciler/base/text.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

void check_marker(const Marker& marker) {
  promise(is_owner_name(marker.owner) && !marker.name.empty() && marker.hash12.size() == 12,
          "a marker is whole");
}

/// Removing markers must not make a new one out of what stood around them.
void check_text(const Description& description) {
  promise(trim(description.text) == description.text, "a text is trimmed");
  promise(!parse_description(description.text).marker, "what is left holds no marker");
}

}  // namespace

void marker(std::string_view input) {
  const Description found = parse_description(input);
  check_text(found);
  promise(found.marker || found.rivals.empty(), "rivals are those of a marker");
  if (found.marker) check_marker(*found.marker);
  for (const Marker& rival : found.rivals) check_marker(rival);

  const Marker ours{"platform", "cos-to-kms", "0123456789ab", input.size() % 2 == 0};
  const Description written = parse_description(render_description(input, ours));
  promise(written.marker == ours, "a marker that is written last is the one that is read");
  promise(written.text == found.text, "a marker that is written changes no text");
}

}  // namespace authzd::fuzz

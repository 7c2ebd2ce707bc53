// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The style, the script and the icon of the console, from memory.
#pragma once

#include <string>
#include <string_view>

namespace authzd::console {

struct Asset {
  std::string_view content;
  std::string_view type;  // of the content, for the header
  std::string version;    // a digest of the content: a browser may cache that version for ever
  std::string target;     // path and version, for a page that uses it
};

const Asset& style_asset();   // /assets/console.css
const Asset& script_asset();  // /assets/console.js
const Asset& icon_asset();    // /assets/console.svg

}  // namespace authzd::console

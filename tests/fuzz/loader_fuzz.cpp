// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// libFuzzer's entry to the loader: it may say anything about any bytes, but must come back.
#include "reconciler/manifest/loader.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<authzd::SourceFile> files{{"fuzz.yaml", std::string(data, data + size)}};
  return authzd::render(load_manifests(files, {}).diagnostics).size() > (1U << 30U) ? 1 : 0;
}

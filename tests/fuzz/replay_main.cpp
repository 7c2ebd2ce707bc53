// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs a fuzz target over each file of a folder, where there is no libFuzzer.
// usage: fuzz_replay TARGET FOLDER
#include "tests/fuzz/replay.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

namespace {

constexpr int kUsage = 64;

/// In memory of its own, of exactly this size, so that a sanitizer sees each byte read beyond it.
void replay(authzd::fuzz::Target target, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  const auto exact = std::make_unique<char[]>(bytes.size());
  std::ranges::copy(bytes, exact.get());
  std::cout << file.filename().string() << std::endl;  // seen, should the next line not return
  target({exact.get(), bytes.size()});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return kUsage;
  const auto targets = authzd::fuzz::targets();
  const auto target = targets.find(argv[1]);
  if (target == targets.end()) return kUsage;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[2])) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) replay(target->second, file);
  return files.empty() ? 1 : 0;
}

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs a fuzz target over each file of a folder, where there is no libFuzzer.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
    if (LLVMFuzzerTestOneInput(bytes.data(), bytes.size()) != 0) return 1;
    ++files;
  }
  std::cout << "replayed " << files << " files\n";
  return files > 0 ? 0 : 1;
}

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/golden/golden_files.hpp"

#include "tests/support/source_tree.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace authzd::golden {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> golden_names(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test::source_path(folder))) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string expected_text(const std::string& folder,
                          const std::string& name,
                          const std::string& ending,
                          const std::string& actual) {
  const std::string path = test::source_path(folder) + "/" + name + ending;
  if (std::getenv("AUTHZD_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
  }
  return read_file(path);
}

std::string test_name(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace authzd::golden

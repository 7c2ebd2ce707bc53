// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Manifests: files with a byte 0x1c between them. Any bytes give diagnostics; the same bytes give
// the same ones, however their lines end.
#include "reconciler/manifest/loader.hpp"

#include "tests/fuzz/diagnostics.hpp"
#include "tests/fuzz/promises.hpp"

#include <set>

namespace authzd::fuzz {
namespace {

constexpr char kFileBorder = '\x1c';
constexpr std::string_view kAccount = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

std::vector<SourceFile> files_of(std::string_view input) {
  std::vector<SourceFile> files;
  for (const std::string_view part : parts(input, kFileBorder)) {
    files.push_back({"fuzz-" + std::to_string(files.size()) + ".yaml", std::string(part)});
  }
  return files;
}

LoadOutcome load_in_steps(const std::vector<SourceFile>& files, const LoadOptions& options) {
  ManifestLoading loading(files, options);
  while (loading.step()) {
  }
  return std::move(loading).finish();
}

bool is_same(const LoadOutcome& one, const LoadOutcome& other) {
  return one.desired == other.desired && one.diagnostics == other.diagnostics &&
         one.documents == other.documents;
}

void check_grants(const Desired& desired) {
  std::set<std::pair<std::string, AttributeSet>> seen;
  for (std::size_t i = 0; i < desired.grants.size(); ++i) {
    const Grant& grant = desired.grants[i];
    promise(!grant.name.empty() && !grant.roles.empty(), "a grant has a name and roles");
    promise(grant.key == Key(desired.account, grant.subject, grant.resource),
            "a grant's key is that of its attributes");
    promise(i == 0 || desired.grants[i - 1].key < grant.key, "grants are sorted, keys are unique");
    promise_showable(grant.name, "a name may be shown");
  }
}

/// With the other kind of line end, where there is none of it yet.
std::vector<SourceFile> with_other_line_ends(std::vector<SourceFile> files) {
  for (SourceFile& file : files) {
    if (file.text.find('\r') != std::string::npos) continue;
    std::string text;
    for (const char c : file.text) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    file.text = std::move(text);
  }
  return files;
}

}  // namespace

void loader(std::string_view input) {
  const auto files = files_of(input);
  LoadOptions options;
  options.account = AccountId{std::string(kAccount)};
  const LoadOutcome loaded = load_manifests(files, options);
  promise(is_same(load_in_steps(with_other_line_ends(files), options), loaded),
          "steps give what one call gives, and CR LF means the same as LF");
  check_diagnostics(loaded.diagnostics, files);
  check_grants(loaded.desired);
}

}  // namespace authzd::fuzz

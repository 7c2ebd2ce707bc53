// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/loader.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/authorization_decoder.hpp"
#include "reconciler/manifest/document_header.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace authzd {
namespace {

/// Goes through the documents once; what must be unique across them is claimed as it comes.
class Loader {
 public:
  Loader(const LoadOptions& options, LoadOutcome& out) : options_(options), out_(out) {}

  void load(const SourceFile& file);

 private:
  struct Claim {
    std::string name;
    SourcePos position;
  };

  void decode(const YamlCursor& document);
  void claim_name(const Authorization& authorization);
  void claim_key(const Grant& grant, const YamlCursor& target);

  const LoadOptions& options_;
  LoadOutcome& out_;
  std::unordered_map<std::string, SourcePos> names_;
  std::unordered_map<std::string, Claim> keys_;  // by the key's text
};

void Loader::load(const SourceFile& file) {
  const YamlFile parsed(file, options_.limits, out_.diagnostics);
  for (const YamlCursor& document : parsed.documents()) {
    ++out_.documents;
    if (check_header(document, kAuthorizationKind)) decode(document);
  }
}

void Loader::decode(const YamlCursor& document) {
  const std::size_t before = out_.diagnostics.size();
  const auto is_clean = [&] {
    return !has_errors(std::span<const Diagnostic>(out_.diagnostics).subspan(before));
  };

  Authorization authorization = decode_authorization(document, options_.account, options_.now);
  const bool was_clean = is_clean();
  claim_name(authorization);
  // The keys of a faulty document may lack what is faulty, and then collide by accident.
  for (std::size_t i = 0; was_clean && i < authorization.grants.size(); ++i) {
    claim_key(authorization.grants[i], authorization.target_nodes[i]);
  }
  if (!is_clean()) return;
  std::move(authorization.grants.begin(),
            authorization.grants.end(),
            std::back_inserter(out_.desired.grants));
}

void Loader::claim_name(const Authorization& authorization) {
  if (authorization.name.empty()) return;
  const YamlCursor& node = *authorization.name_node;
  const auto [first, is_new] = names_.try_emplace(authorization.name, node.position());
  if (is_new) return;
  node.error("name " + quoted(authorization.name) +
                 " is taken: " + printable(to_string(first->second)) + " has it too",
             "each authorization of an account has a name of its own");
}

void Loader::claim_key(const Grant& grant, const YamlCursor& target) {
  const auto [first, is_new] =
      keys_.try_emplace(grant.key.text(), Claim{grant.name, grant.position});
  if (is_new) return;
  target.error("this source and target are already granted in " + quoted(first->second.name) +
                   " at " + printable(to_string(first->second.position)),
               "IAM holds one policy for them; put all roles into one of the two");
}

}  // namespace

LoadOutcome load_manifests(std::span<const SourceFile> files, const LoadOptions& options) {
  LoadOutcome out;
  out.desired.account = options.account;

  // By name, so that the order in which a directory was read changes nothing.
  std::vector<const SourceFile*> sorted;
  std::size_t total = 0;
  for (const SourceFile& file : files) {
    sorted.push_back(&file);
    total += file.text.size();
  }
  std::stable_sort(
      sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  if (total > options.limits.max_total_bytes) {
    const std::string limit = std::to_string(options.limits.max_total_bytes);
    out.diagnostics.push_back(
        {Severity::error,
         {},
         "the manifests have " + std::to_string(total) + " bytes together; the limit is " + limit});
    return out;
  }

  Loader loader(options, out);
  for (const SourceFile* file : sorted) loader.load(*file);
  std::sort(out.desired.grants.begin(), out.desired.grants.end(), [](const auto& a, const auto& b) {
    return a.key < b.key;
  });
  sort_diagnostics(out.diagnostics);
  return out;
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/loader.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/assertion_decoder.hpp"
#include "reconciler/manifest/assertion_pass.hpp"
#include "reconciler/manifest/authorization_decoder.hpp"
#include "reconciler/manifest/document_header.hpp"
#include "reconciler/manifest/param_scope.hpp"
#include "reconciler/manifest/parsed_files.hpp"
#include "reconciler/manifest/requirement_check.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace authzd {
namespace {

constexpr std::size_t kMostProblems = 1'000;  // of all files; more would not help

bool names_us(std::string_view text) {
  return text.find("authzd/") != std::string_view::npos ||
         text.find(kAuthorizationKind) != std::string_view::npos ||
         text.find(kAssertionKind) != std::string_view::npos;
}

}  // namespace

/// Processes the documents once; claims what must be unique across them.
class ManifestLoading::Loader {
 public:
  Loader(std::span<const SourceFile> files, const LoadOptions& options);

  bool step();
  LoadOutcome finish() &&;

 private:
  struct Claim {
    std::string name;
    SourcePos position;
    SourcePos source;
    SourcePos target;
  };

  [[nodiscard]] bool is_over() const;
  void refuse_size(std::size_t bytes);
  void count_errors();
  void begin_file();
  void end_file();
  void load(const YamlCursor& document);
  void unpack(const YamlCursor& list);
  void keep_parsed();
  /// Whether it is this account's.
  Selection select(const YamlCursor& document);
  void decode(const YamlCursor& document, const Selection& selection);
  void decode_as_assertion(const YamlCursor& document, const Selection& selection);
  /// Whether names and keys can be compared with those of other documents.
  [[nodiscard]] bool is_comparable(const Selection& selection) const;
  void name_account(std::size_t first);
  bool check_assertions();
  void claim_name(const Authorization& authorization);
  void claim_key(const Grant& grant, const GrantNodes& nodes);
  void count(const YamlCursor& document, std::size_t grants);
  void end_empty_file();

  const LoadOptions& options_;
  LoadOutcome out_;
  std::vector<const SourceFile*> files_;  // by name, so that the directory order has no effect
  std::size_t next_file_ = 0;
  std::unique_ptr<YamlFile> file_;  // the current file
  std::vector<YamlCursor> documents_;
  std::size_t next_document_ = 0;
  std::size_t before_file_ = 0;  // diagnostics
  std::size_t judged_ = 0;       // diagnostics
  std::size_t errors_ = 0;       // among them
  std::size_t grants_ = 0;       // including those of invalid documents
  std::size_t patterns_ = 0;     // of all assertions
  bool is_full_ = false;
  ParamUse params_;
  std::unordered_map<std::string, SourcePos> names_;
  std::unordered_map<std::string, SourcePos> assertion_names_;
  std::optional<AssertionPass> pass_;            // once all files have been read
  std::unordered_map<std::string, Claim> keys_;  // by the key's text
};

ManifestLoading::Loader::Loader(std::span<const SourceFile> files, const LoadOptions& options)
    : options_(options) {
  out_.desired.account = options.account;
  std::size_t bytes = 0;
  for (const SourceFile& file : files) {
    files_.push_back(&file);
    bytes += file.text.size();
  }
  std::ranges::stable_sort(files_, {}, &SourceFile::name);
  const std::size_t most = options.limits.max_total_bytes;
  params_.room = most - std::min(most, bytes);
  if (bytes > most) refuse_size(bytes);
}

void ManifestLoading::Loader::refuse_size(std::size_t bytes) {
  is_full_ = true;
  out_.diagnostics.push_back({Severity::error,
                              {},
                              "the manifests have " + std::to_string(bytes) +
                                  " bytes together; the limit is " +
                                  std::to_string(options_.limits.max_total_bytes),
                              "split them over accounts, or raise source.maxBytes"});
}

bool ManifestLoading::Loader::is_over() const {
  return is_full_ || errors_ >= kMostProblems;
}

bool ManifestLoading::Loader::step() {
  count_errors();
  if (is_over()) return false;
  if (file_ == nullptr) {
    if (next_file_ == files_.size()) return check_assertions();
    begin_file();
  } else if (next_document_ < documents_.size()) {
    load(documents_[next_document_++]);
  } else if (documents_.empty() && file_->parse_next()) {
    return true;
  } else if (documents_.empty()) {
    keep_parsed();
    documents_ = file_->documents();
    if (documents_.empty()) end_empty_file();
  } else {
    end_file();
  }
  return true;
}

void ManifestLoading::Loader::count_errors() {
  for (; judged_ < out_.diagnostics.size(); ++judged_) {
    errors_ += out_.diagnostics[judged_].severity == Severity::error ? 1U : 0U;
  }
}

void ManifestLoading::Loader::begin_file() {
  next_document_ = 0;
  before_file_ = out_.diagnostics.size();
  const SourceFile& file = *files_[next_file_++];
  const auto parsed = options_.parsed != nullptr ? options_.parsed->find(file) : nullptr;
  if (parsed == nullptr) {
    file_ = std::make_unique<YamlFile>(file, options_.limits, out_.diagnostics);
    return;
  }
  out_.diagnostics.insert(out_.diagnostics.end(), parsed->problems.begin(), parsed->problems.end());
  file_ = std::make_unique<YamlFile>(file.name, parsed->tree, out_.diagnostics);
}

void ManifestLoading::Loader::keep_parsed() {
  const SourceFile& file = *files_[next_file_ - 1];
  if (options_.parsed == nullptr || options_.parsed->find(file) != nullptr) return;
  const auto first = out_.diagnostics.begin() + static_cast<std::ptrdiff_t>(before_file_);
  options_.parsed->keep(file.name, {file.text, file_->tree(), {first, out_.diagnostics.end()}});
}

/// A foreign file that is not even YAML: add the hint, because its content gives none.
void ManifestLoading::Loader::end_file() {
  const auto found = std::span<Diagnostic>(out_.diagnostics).subspan(before_file_);
  const auto error = std::ranges::find(found, Severity::error, &Diagnostic::severity);
  const bool has_hint = std::ranges::any_of(found, [](const Diagnostic& diagnostic) {
    return diagnostic.hint.find(kNotOursHint) != std::string::npos;
  });
  if (error != found.end() && !has_hint && !names_us(files_[next_file_ - 1]->text)) {
    error->hint += (error->hint.empty() ? "" : "; ") + std::string(kNotOursHint);
  }
  documents_.clear();
  file_.reset();
}

/// One whose lines are all commented out may be meant to be read.
void ManifestLoading::Loader::end_empty_file() {
  const SourceFile& file = *files_[next_file_ - 1];
  const std::string hint = trim(file.text).empty() ? "" : "all of it is comments";
  Diagnostic empty{Severity::warning, {file.name, 1, 1}, "the file holds no document", hint};
  if (out_.diagnostics.size() == before_file_) out_.diagnostics.push_back(std::move(empty));
  end_file();
}

/// Its items are processed next, in its place.
void ManifestLoading::Loader::unpack(const YamlCursor& list) {
  const auto items = list_items(list);
  documents_.insert(
      documents_.begin() + static_cast<std::ptrdiff_t>(next_document_), items.begin(), items.end());
}

void ManifestLoading::Loader::load(const YamlCursor& document) {
  if (is_list_document(document)) return unpack(document);
  if (is_fleet_document(document)) return;
  const bool is_assertion = is_assertion_document(document);
  const bool is_good = check_header(document, is_assertion ? kAssertionKind : kAuthorizationKind);
  const Selection selection = is_good ? select(document) : Selection{};
  if (!is_assertion) ++(selection.is_chosen ? out_.documents : out_.elsewhere);
  if (!selection.is_chosen) out_.files_elsewhere.insert(files_[next_file_ - 1]->name);
  if (!is_good || !selection.is_chosen) return;
  if (is_assertion) {
    decode_as_assertion(document, selection);
  } else {
    decode(document, selection);
  }
  is_full_ = is_full_ || params_.is_full;
  out_.depends_on_traits = out_.depends_on_traits || params_.is_any;
}

Selection ManifestLoading::Loader::select(const YamlCursor& document) {
  Selection selection = select_account(document, options_.account, options_.traits);
  std::ranges::move(selection.uses, std::back_inserter(out_.selectors));
  out_.depends_on_traits = out_.depends_on_traits || selection.has_selector;
  return selection;
}

/// Documents for different accounts may have one name: without an account they are not compared.
bool ManifestLoading::Loader::is_comparable(const Selection& selection) const {
  return options_.traits != nullptr || !selection.has_selector;
}

/// What two documents have in common may be so in this account alone.
void ManifestLoading::Loader::name_account(std::size_t first) {
  const bool depends = out_.depends_on_traits || params_.is_any;
  if (!depends || options_.traits == nullptr) return;
  for (std::size_t i = first; i < out_.diagnostics.size(); ++i) {
    out_.diagnostics[i].account = options_.traits->name;
  }
}

void ManifestLoading::Loader::decode_as_assertion(const YamlCursor& document,
                                                  const Selection& selection) {
  const std::size_t before = out_.diagnostics.size();
  ParamScope params(options_.traits, params_);
  DecodedAssertion decoded =
      decode_assertion(document, options_.account, options_.services, &params);
  Assertion& assertion = decoded.assertion;
  const std::size_t decoded_problems = out_.diagnostics.size();
  if (!assertion.name.empty() && is_comparable(selection)) {
    const YamlCursor& node = *decoded.name_node;
    const auto [first, is_new] = assertion_names_.try_emplace(assertion.name, node.position());
    if (!is_new) {
      node.error("name " + quoted(assertion.name) +
                     " is taken: " + printable(to_string(first->second)) + " has it too",
                 "each assertion of an account has a name of its own");
    }
  }
  name_account(decoded_problems);
  if (has_errors(std::span<const Diagnostic>(out_.diagnostics).subspan(before))) return;
  if (out_.desired.assertions.size() == options_.limits.max_assertions) {
    return document.error("here the manifests come to more than " +
                              count_of(options_.limits.max_assertions, "assertion", "assertions"),
                          "an assertion holds several patterns; split the manifests over accounts");
  }
  patterns_ += assertion.never.size() + assertion.always.size() + assertion.only.size();
  if (patterns_ > options_.limits.max_patterns) {
    return document.error("here the assertions come to more than " +
                              count_of(options_.limits.max_patterns, "pattern", "patterns"),
                          "a pattern may have globs; split the manifests over accounts");
  }
  out_.desired.assertions.push_back(std::move(assertion));
}

/// Needs all grants, so it comes last; in steps, because few patterns can need many comparisons.
bool ManifestLoading::Loader::check_assertions() {
  if (!pass_) {
    std::ranges::sort(out_.desired.grants, {}, &Grant::key);
    std::ranges::sort(out_.desired.assertions, {}, &Assertion::name);
    pass_.emplace(out_.desired,
                  files_,
                  AssertionPassOptions{options_.now, options_.services.warns_of_unknown});
  }
  if (pass_->step()) return true;
  const std::size_t before = out_.diagnostics.size();
  std::ranges::move(pass_->take_diagnostics(), std::back_inserter(out_.diagnostics));
  name_account(before);
  out_.assertions = pass_->take_results();
  return false;
}

LoadOutcome ManifestLoading::Loader::finish() && {
  if (errors_ >= kMostProblems) {
    out_.diagnostics.push_back(
        {Severity::error, {}, "there are more problems than are shown: the rest was not read"});
  }
  std::ranges::sort(out_.desired.grants, {}, &Grant::key);
  pass_.reset();
  sort_diagnostics(out_.diagnostics);
  return std::move(out_);
}

void ManifestLoading::Loader::decode(const YamlCursor& document, const Selection& selection) {
  const std::size_t before = out_.diagnostics.size();
  const auto is_clean = [&] {
    return !has_errors(std::span<const Diagnostic>(out_.diagnostics).subspan(before));
  };

  ParamScope params(options_.traits, params_);
  Authorization authorization = decode_authorization(document,
                                                     {.account = options_.account,
                                                      .now = options_.now,
                                                      .services = options_.services,
                                                      .most_pairs = options_.limits.max_pairs,
                                                      .params = &params});
  count(document, authorization.grants.size());
  const bool was_clean = is_clean();
  const std::size_t decoded_problems = out_.diagnostics.size();
  const bool is_compared = is_comparable(selection);
  if (is_compared) claim_name(authorization);
  // The keys of an invalid document may be incomplete, and then collide by accident.
  for (std::size_t i = 0; is_compared && was_clean && i < authorization.grants.size(); ++i) {
    claim_key(authorization.grants[i], authorization.nodes[i]);
  }
  name_account(decoded_problems);
  if (!is_clean()) return;
  check_requirements(authorization, options_, out_.diagnostics);
  std::ranges::move(authorization.grants, std::back_inserter(out_.desired.grants));
}

void ManifestLoading::Loader::count(const YamlCursor& document, std::size_t grants) {
  grants_ += grants;
  const std::size_t most = options_.limits.max_grants;
  is_full_ = grants_ > most;
  if (!is_full_) return;
  document.error("here the manifests come to more than " + count_of(most, "grant", "grants"),
                 "split them over accounts, or raise source.maxGrants; nothing behind was checked");
}

void ManifestLoading::Loader::claim_name(const Authorization& authorization) {
  if (authorization.name.empty()) return;
  const YamlCursor& node = *authorization.name_node;
  const auto [first, is_new] = names_.try_emplace(authorization.name, node.position());
  if (is_new) return;
  node.error("name " + quoted(authorization.name) +
                 " is taken: " + printable(to_string(first->second)) + " has it too",
             "each authorization of an account has a name of its own");
}

/// In a document with several sources, a duplicate side is one problem, and not one for each other
/// side.
void ManifestLoading::Loader::claim_key(const Grant& grant, const GrantNodes& nodes) {
  const SourcePos source = nodes.source.position();
  const SourcePos target = nodes.target.position();
  const auto [first, is_new] =
      keys_.try_emplace(grant.key.text(), Claim{grant.name, grant.position, source, target});
  if (is_new) return;
  const Claim& earlier = first->second;
  const bool is_within = earlier.name == grant.name;  // not of a document that an alias repeats
  const std::string hint = "IAM holds one policy for them; put all roles into one of the two";
  if (!nodes.has_several_sources) {
    nodes.target.error("this source and target are already granted in " + quoted(earlier.name) +
                           " at " + printable(to_string(earlier.position)),
                       hint);
  } else if (is_within && earlier.target == target) {
    nodes.source.error(
        "this source is given twice; first at " + printable(to_string(earlier.source)),
        "keep one of them");
  } else if (is_within && earlier.source == source) {
    nodes.target.error(
        "this target is given twice; first at " + printable(to_string(earlier.target)),
        "keep one of them");
  } else {
    const YamlCursor& at = nodes.has_several_targets ? nodes.target : nodes.source;
    const std::string pair = nodes.has_several_targets
                                 ? "this target and the source at " + printable(to_string(source))
                                 : "this source and the target at " + printable(to_string(target));
    at.error(pair + " are already granted in " + quoted(earlier.name) + " at " +
                 printable(to_string(earlier.position)),
             hint);
  }
}

ManifestLoading::ManifestLoading(std::span<const SourceFile> files, const LoadOptions& options)
    : loader_(std::make_unique<Loader>(files, options)) {}

ManifestLoading::~ManifestLoading() = default;

bool ManifestLoading::step() {
  return loader_->step();
}

LoadOutcome ManifestLoading::finish() && {
  return std::move(*loader_).finish();
}

LoadOutcome load_manifests(std::span<const SourceFile> files, const LoadOptions& options) {
  ManifestLoading loading(files, options);
  while (loading.step()) {
  }
  return std::move(loading).finish();
}

}  // namespace authzd

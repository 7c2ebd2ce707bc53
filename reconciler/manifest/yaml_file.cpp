// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/yaml_file.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/manifest/yaml_tree_builder.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <streambuf>

namespace authzd {
namespace {

constexpr std::size_t kMaxReports = 1'000;  // per file; more would not help

/// Lets a stream read a part of a text without owning it.
class TextBuffer final : public std::streambuf {
 public:
  TextBuffer(std::string& text, std::size_t begin, std::size_t end) {
    setg(text.data() + begin, text.data() + begin, text.data() + end);
  }
};

/// yaml-cpp treats the end of its text as a missing closing quote. This can only affect the last
/// scalar, which then extends to the end. Nodes before `first` are of other documents.
const YamlNode* find_open_quote(const YamlTree& tree, std::size_t first, std::size_t end) {
  const auto stop = tree.nodes.rend() - static_cast<std::ptrdiff_t>(first);
  const auto last = std::find_if(tree.nodes.rbegin(), stop, [](const YamlNode& node) {
    return node.kind == YamlKind::plain || node.kind == YamlKind::quoted;
  });
  if (last == stop || last->offset >= end) return nullptr;
  const char quote = tree.text[last->offset];
  if (last->kind != YamlKind::quoted || (quote != '\'' && quote != '"')) return nullptr;
  for (std::size_t at = last->offset + 1; at < end; ++at) {
    if (quote == '"' && tree.text[at] == '\\') {
      ++at;
    } else if (tree.text[at] == quote) {
      if (quote == '"' || at + 1 == end || tree.text[at + 1] != '\'') return nullptr;
      ++at;
    }
  }
  return &*last;
}

}  // namespace

YamlFile::YamlFile(const SourceFile& file,
                   const LoadLimits& limits,
                   std::vector<Diagnostic>& problems)
    : name_(file.name),
      building_(std::make_shared<YamlTree>()),
      tree_(building_),
      problems_(problems),
      most_bytes_(limits.max_document_bytes) {
  if (file.text.size() > limits.max_file_bytes) {
    report_file("the file has " + std::to_string(file.text.size()) + " bytes; the limit is " +
                std::to_string(limits.max_file_bytes));
    return;
  }
  building_->text = normalise_line_ends(file.text);
  if (const auto bad = find_bad_byte(tree_->text)) {
    const std::string_view before = std::string_view(tree_->text).substr(0, bad->offset);
    const std::size_t newline = before.rfind('\n');
    YamlNode at;
    at.offset = static_cast<std::uint32_t>(bad->offset);
    at.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
    at.column = static_cast<int>(count_characters(
                    before.substr(newline == std::string_view::npos ? 0 : newline + 1))) +
                1;
    report_error(at, bad->message, bad->hint);
    return;
  }
  builder_ = std::make_unique<YamlTreeBuilder>(*building_, limits);
}

YamlFile::YamlFile(std::string name,
                   std::shared_ptr<const YamlTree> tree,
                   std::vector<Diagnostic>& problems)
    : name_(std::move(name)), tree_(std::move(tree)), problems_(problems) {}

YamlFile::~YamlFile() = default;

/// One at a time, so that a syntax error in one hides none of the others.
bool YamlFile::parse_next() {
  const std::string_view text = tree_->text;
  if (builder_ == nullptr) return false;
  const std::size_t begin = next_;
  const std::size_t end = document_end(text, begin);
  builder_->begin_at(begin, next_line_);
  const bool goes_on = begin < text.size() && parse_part(begin, end);
  next_line_ += static_cast<int>(std::count(text.begin() + begin, text.begin() + end, '\n'));
  next_ = end;
  if (!goes_on || next_ >= text.size() || reported_ > kMaxReports) end_parsing();
  return builder_ != nullptr;
}

void YamlFile::end_parsing() {
  for (const YamlFault& fault : builder_->faults()) {
    report_error(fault.at, std::string(fault.message), std::string(fault.hint));
  }
  builder_.reset();
}

/// The document is too large for one step. It was not parsed, so none of it is shown.
void YamlFile::report_size(std::size_t begin, std::size_t end) const {
  YamlNode at;
  at.offset = static_cast<std::uint32_t>(begin);
  at.line = next_line_ + 1;
  at.column = 1;
  report_unshown(at,
                 "the document that begins here has " + std::to_string(end - begin) +
                     " bytes; the limit is " + std::to_string(most_bytes_),
                 "split it into several documents, each with a name of its own");
}

bool YamlFile::parse_part(std::size_t begin, std::size_t end) {
  if (end - begin > most_bytes_) {
    report_size(begin, end);
    return true;
  }
  YamlTreeBuilder& builder = *builder_;
  const std::size_t first = tree_->nodes.size();
  try {
    TextBuffer buffer(building_->text, begin, end);
    std::istream input(&buffer);
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) building_->roots.push_back(builder.root());
    if (const YamlNode* open = find_open_quote(*tree_, first, end)) {
      building_->roots.pop_back();
      report_error(*open, "invalid YAML: a quote is opened and never closed");
    }
  } catch (const LimitReached& limit) {
    building_->roots.clear();
    report_error(limit.at, limit.message);
    return false;
  } catch (const StrayToken& stray) {
    report_error(stray.at, "invalid YAML: this belongs to nothing");
  } catch (const YAML::Exception& exception) {
    report_syntax(exception.msg, builder.at(exception.mark), builder.innermost());
  } catch (const std::exception& exception) {
    report_file("invalid YAML: " + printable(exception.what()));
    return false;
  }
  return true;
}

void YamlFile::report_syntax(const std::string& message,
                             const YamlNode& at,
                             const YamlNode* innermost) const {
  const bool in_brackets = message.find("flow not found") != std::string::npos;
  if (in_brackets && innermost != nullptr && innermost->offset < tree_->text.size()) {
    const std::string bracket(1, tree_->text[innermost->offset]);
    const std::size_t before = at.offset - std::min(at.offset, 1U);
    if (std::string_view(tree_->text).substr(before, 3).find("${") != std::string_view::npos) {
      report_error(at,
                   "invalid YAML: within brackets a \"${\" needs quotes",
                   "write \"${params.NAME}\", quotes included");
      return;
    }
    report_error(*innermost,
                 "invalid YAML: a \"" + bracket + "\" is opened and never closed",
                 "or a comma is missing before line " + std::to_string(at.line) + ", column " +
                     std::to_string(at.column));
    return;
  }
  report_error(at, "invalid YAML: " + message, syntax_hint(tree_->text, at.offset, message));
}

std::vector<YamlCursor> YamlFile::documents() const {
  std::vector<YamlCursor> documents;
  for (const std::uint32_t root : tree_->roots) {
    const YamlCursor document(*this, root);
    if (!document.is_nothing()) documents.push_back(document);
  }
  return documents;
}

Diagnostic YamlFile::diagnose(Severity severity,
                              const YamlNode& at,
                              std::string message,
                              std::string hint) const {
  Diagnostic diagnostic{
      severity, {name_, at.line, at.column}, std::move(message), std::move(hint), "", 0};
  if (may_show(at.offset)) attach_source(diagnostic, tree_->text, at.offset);
  return diagnostic;
}

void YamlFile::report(Diagnostic diagnostic) const {
  if (++reported_ > kMaxReports) return;
  if (reported_ == kMaxReports) {
    report_file("more than " + std::to_string(kMaxReports) + " problems; the rest is not shown");
    return;
  }
  problems_.push_back(std::move(diagnostic));
}

void YamlFile::report_error(const YamlNode& at, std::string message, std::string hint) const {
  if (reported_ >= kMaxReports) return;
  report(diagnose(Severity::error, at, std::move(message), std::move(hint)));
}

bool YamlFile::may_show(std::size_t offset) const {
  if (offset < judged_.begin || offset >= judged_.end) {
    const std::string_view text = tree_->text;
    judged_.begin = document_begin(text, offset);
    judged_.end = document_end(text, judged_.begin);
    judged_.is_ours = is_our_document(text.substr(judged_.begin, judged_.end - judged_.begin));
  }
  return judged_.is_ours;
}

void YamlFile::report_unshown(const YamlNode& at, std::string message, std::string hint) const {
  if (++reported_ > kMaxReports) return;
  problems_.push_back(
      {Severity::error, {name_, at.line, at.column}, std::move(message), std::move(hint), "", 0});
}

void YamlFile::report_file(std::string message) const {
  problems_.push_back({Severity::error, {name_, 0, 0}, std::move(message), "", "", 0});
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/author.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kFiles = 3;

RoleBits some_roles(std::size_t number) {
  // Reader; Writer; Reader and Manager; Reader and Authorization Delegator; all.
  constexpr std::array<unsigned, 5> kChoices = {0b0001, 0b0010, 0b0101, 0b1001, 0b1111};
  return kChoices.at(number % kChoices.size());
}

std::optional<Timestamp> some_end(std::size_t number, Timestamp now) {
  constexpr std::array kAhead = {1min, 50min, 600min, 1'800min, 3'600min};
  const std::size_t choice = number % (kAhead.size() + 1);
  if (choice == kAhead.size()) return std::nullopt;
  return now + kAhead.at(choice);
}

std::string some_text(std::size_t number) {
  // Texts that look like a marker but are not; the loader refuses a real one, and the whole
  // revision.
  constexpr std::array kTexts = {"",
                                 "Keys for volumes.",
                                 "Keys (authzd : prod/alpha#0123456789ab)",
                                 "Keys (authzd\\u00a0: prod/alpha#0123456789ab!)",
                                 "Keys (authzd: else/alpha#0123456789ab) for volumes"};
  return kTexts.at(number % kTexts.size());
}

/// The loader refuses a protected document with an end.
void set_end(Document& document, std::optional<Timestamp> ends) {
  document.is_protected &= !ends;
  document.ends = ends;
}

std::string words_of_end(const Document& document) {
  return document.ends ? "ends at " + to_rfc3339(*document.ends) : "has no end";
}

}  // namespace

/// One document per scope: IAM allows no two, and the loader would refuse the whole revision.
void Author::put(const std::string& name, Document document) {
  const Scope scope = scope_of(document);
  std::erase_if(documents_, [&](const auto& entry) { return scope_of(entry.second) == scope; });
  documents_.insert_or_assign(name, std::move(document));
}

std::string Author::write(const Step& step) {
  Document document;
  document.source = step.b % kSources;
  document.target = step.b / kSources % kTargets;
  document.roles = some_roles(step.c);
  document.file = step.c % kFiles;
  const std::string name = name_of(step.a);
  std::string words = "a commit writes " + name + ": " + in_words(document);
  put(name, std::move(document));
  return words;
}

std::string Author::rename(const Step& step) {
  const auto found = documents_.find(name_of(step.a));
  const std::string to = name_of(step.b);
  if (found == documents_.end() || found->first == to) return {};
  Document document = found->second;
  std::string words = "a commit renames " + found->first + " to " + to;
  documents_.erase(found);
  put(to, std::move(document));
  return words;
}

std::string Author::remove_all() {
  if (documents_.empty()) return {};
  documents_.clear();
  return "a commit removes all documents";
}

std::string Author::set_all(const Step& step, Timestamp now) {
  if (documents_.empty()) return {};
  for (auto& [name, document] : documents_) {
    if (step.deed == Deed::set_end_of_all) {
      set_end(document, some_end(step.c, now));
    } else {
      document.roles = some_roles(step.c);
    }
  }
  const Document& any = documents_.begin()->second;
  return "a commit changes all documents: each " + (step.deed == Deed::set_end_of_all
                                                        ? words_of_end(any)
                                                        : "has the roles of " + in_words(any));
}

std::string Author::change(const Step& step, Timestamp now) {
  const auto found = documents_.find(name_of(step.a));
  if (found == documents_.end()) return {};
  Document& document = found->second;
  const std::string subject = "a commit changes " + found->first + ": it ";
  const auto toggle = [&subject](bool& flag, const std::string& what) {
    flag = !flag;
    return subject + (flag ? "is " : "is no longer ") + what;
  };
  switch (step.deed) {
    case Deed::move_document: document.file = step.c % kFiles; return subject + "moves";
    case Deed::set_roles: document.roles = some_roles(step.c); break;
    case Deed::set_end: set_end(document, some_end(step.c, now)); break;
    case Deed::describe: document.text = some_text(step.c); break;
    case Deed::toggle_protect:
      document.ends.reset();
      return toggle(document.is_protected, "protected");
    case Deed::toggle_suspend: return toggle(document.is_suspended, "suspended");
    case Deed::toggle_release: return toggle(document.is_released, "released");
    default: return toggle(document.has_unknown_role, "of a role that nobody knows");
  }
  return subject + "is now " + in_words(document) +
         (document.text.empty() ? "" : ", \"" + document.text + "\"");
}

std::string Author::take(const Step& step, Timestamp now) {
  switch (step.deed) {
    case Deed::write_document: return write(step);
    case Deed::rename_document: return rename(step);
    case Deed::remove_all: return remove_all();
    case Deed::set_roles_of_all:
    case Deed::set_end_of_all: return set_all(step, now);
    case Deed::remove_document:
      if (documents_.erase(name_of(step.a)) == 0) return {};
      return "a commit removes " + name_of(step.a);
    default: return change(step, now);
  }
}

}  // namespace authzd::test

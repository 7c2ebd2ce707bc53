// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/audit_chain.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/report/json_values.hpp"

namespace authzd {
namespace {

using report::Json;
using Object = nlohmann::json;  // finds a member without searching all others

std::string numbers(std::uint64_t from, std::uint64_t to) {
  const std::string last = std::to_string(to);
  return from == to ? "line number " + last + " is"
                    : "lines number " + std::to_string(from) + " to " + last + " are";
}

}  // namespace

std::string chained(std::string json, const ChainHead& before, const std::string& cut) {
  Json place{{"number", before.number + 1}, {"previous", before.hash}};
  if (!cut.empty()) place["cut"] = cut;
  json.pop_back();
  const std::string_view comma = json.ends_with('{') ? "" : ",";
  return json.append(comma).append("\"chain\":").append(report::dump(place, -1)).append("}");
}

std::optional<ChainLink> link_of(std::string_view line) {
  const Object json = Object::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto chain = json.find("chain");
  if (chain == json.end() || !chain->is_object()) return std::nullopt;
  const auto number = chain->find("number");
  const auto previous = chain->find("previous");
  const bool is_whole = number != chain->end() && number->is_number_unsigned() &&
                        previous != chain->end() && previous->is_string();
  if (!is_whole) return std::nullopt;
  return ChainLink{number->get<std::uint64_t>(), previous->get<std::string>()};
}

ChainHead head_of(std::string_view line, std::uint64_t number) {
  return {number, sha256_hex(line)};
}

ChainHead go_on_from(const ChainHead& kept, std::string_view last) {
  const auto link = link_of(last);
  if (!link) return kept;
  const bool is_next = link->number == kept.number + 1 && link->previous == kept.hash;
  return kept.number == 0 || is_next ? head_of(last, link->number) : kept;
}

void ChainCheck::add(std::string_view line, const std::string& where) {
  const auto link = link_of(line);
  if (!link) {
    if (lines_ == 0) {
      ++older_;
    } else {
      problems_.push_back(where + ": this is no line of the log");
    }
    return;
  }
  lines_ == 0 ? begin(*link, where) : check(*link, where);
  head_ = head_of(line, link->number);
  ++lines_;
}

void ChainCheck::begin(const ChainLink& link, const std::string& where) {
  if (link.number > first_) {
    problems_.push_back(where + ": " + numbers(first_, link.number - 1) + " missing before it");
  } else if (link.number == 1 && link.previous != ChainHead{}.hash) {
    problems_.push_back(where + ": it names a line before it, and says that it is the first");
  }
}

void ChainCheck::check(const ChainLink& link, const std::string& where) {
  const std::uint64_t expected = head_.number + 1;
  if (link.number > expected) {
    problems_.push_back(where + ": " + numbers(expected, link.number - 1) + " missing before it");
  } else if (link.number < expected) {
    problems_.push_back(where + ": its number " + std::to_string(link.number) +
                        " was there before; " + std::to_string(expected) + " comes next");
  } else if (link.previous != head_.hash) {
    problems_.push_back(where + ": the line before it is not the one that was written");
  }
}

void ChainCheck::end(const std::optional<ChainHead>& kept) {
  if (!kept || kept->number == 0) return;
  if (head_.number < kept->number) {
    problems_.push_back("the end: " + numbers(head_.number + 1, kept->number) + " missing");
  } else if (head_.number == kept->number && head_.hash != kept->hash) {
    problems_.push_back("the end: the last line is not the one that was written");
  }
}

}  // namespace authzd

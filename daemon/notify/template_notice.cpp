// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A body that the configuration gives. The text is parsed as JSON first and filled in then, so that
// no value can end the string that it stands in.
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notice_words.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/json_values.hpp"

#include <algorithm>
#include <map>

namespace authzd {
namespace {

using report::Json;
using Values = std::map<std::string, std::string, std::less<>>;

constexpr int kDeepest = 32;

Error refused_template(std::string why) {
  return {ErrorCode::invalid_config, "the template " + std::move(why)};
}

Values values_of(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  const Commit& commit = commit_of(notice);
  const NoticeWords words = words_of(notice);
  const bool is_one = notice.others.empty();
  return {{"kind", std::string(to_string(notice.kind))},
          {"title", words.title},
          {"text", plain_text(words)},
          {"owner", printable(cycle.owner)},
          {"account",
           is_one ? printable(cycle.account_name)
                  : count_of(notice.others.size() + 1, "account", "accounts")},
          {"accountId", is_one ? printable(cycle.account.value) : ""},
          {"revision", printable(revision_of(notice))},
          {"author", printable(commit.author)},
          {"subject", printable(commit.subject)},
          {"link", printable(commit.link)},
          {"run", is_one ? printable(cycle.run) : ""},
          {"commands", join(words.commands, "\n")},
          {"time", to_rfc3339(cycle.at)}};
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// Values are not looked at again: a subject with "{text}" stays as it is.
Result<std::string> filled(std::string_view text, const Values& values) {
  std::string out;
  while (true) {
    const std::size_t begin = text.find('{');
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) return out + std::string(text);
    const std::string_view name = text.substr(begin + 1, end - begin - 1);
    if (!is_name(name)) {
      out += text.substr(0, begin + 1);
      text.remove_prefix(begin + 1);
      continue;
    }
    const auto value = values.find(name);
    if (value == values.end()) {
      return refused_template("has {" + std::string(name) + "}, which is not known");
    }
    out += std::string(text.substr(0, begin)) + value->second;
    text.remove_prefix(end + 1);
  }
}

/// Keys stay as they are.
Result<void> fill(Json& json, const Values& values) {
  if (json.is_string()) {
    auto text = filled(json.get_ref<const std::string&>(), values);
    if (!text) return std::move(text).error();
    json = std::move(*text);
    return {};
  }
  if (!json.is_structured()) return {};
  for (Json& member : json) {
    if (auto done = fill(member, values); !done) return done;
  }
  return {};
}

}  // namespace

Result<std::string> filled_template(std::string_view text, const Notice& notice) {
  if (is_nested_deeper(text, kDeepest)) return refused_template("is nested too deeply");
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return refused_template("is not JSON");
  if (auto done = fill(json, values_of(notice)); !done) return std::move(done).error();
  return report::dump(json, -1);
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/command_event.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace authzd {
namespace {

using Json = nlohmann::json;

/// How each kind is written: the member that tells it, and the one for the rest.
struct Form {
  EventKind kind;
  const char* name;
  const char* text;  // null: `name` holds the text
};
constexpr std::array kForms{Form{EventKind::out, "out", nullptr},
                            Form{EventKind::err, "err", nullptr},
                            Form{EventKind::progress, "progress", nullptr},
                            Form{EventKind::file, "file", "text"},
                            Form{EventKind::confirm, "confirm", "question"}};
constexpr const char* kExit = "exit";

Json json_of(const CommandEvent& event) {
  for (const Form& form : kForms) {
    if (form.kind != event.kind) continue;
    if (form.text == nullptr) return {{form.name, event.text}};
    return {{form.name, event.name}, {form.text, event.text}};
  }
  return {{kExit, event.code}};
}

Error unreadable() {
  return {ErrorCode::bad_response, "a line of the daemon's answer is not understood"};
}

bool take_text(const Json& json, const char* member, std::string& into) {
  const auto found = json.find(member);
  if (found == json.end() || !found->is_string()) return false;
  into = found->get<std::string>();
  return true;
}

}  // namespace

std::string encode_line(const CommandEvent& event) {
  return json_of(event).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::optional<CommandEvent>> parse_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return unreadable();
  CommandEvent event;
  if (const auto code = json.find(kExit); code != json.end()) {
    if (!code->is_number_integer()) return unreadable();
    event.kind = EventKind::exit;
    event.code = code->get<int>();
    return std::optional(event);
  }
  for (const Form& form : kForms) {
    if (!json.contains(form.name)) continue;
    event.kind = form.kind;
    const bool is_whole = form.text == nullptr ? take_text(json, form.name, event.text)
                                               : take_text(json, form.name, event.name) &&
                                                     take_text(json, form.text, event.text);
    if (!is_whole) return unreadable();
    return std::optional(std::move(event));
  }
  return std::optional<CommandEvent>();
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/messages.hpp"

#include "reconciler/base/text.hpp"

#include <nlohmann/json.hpp>

namespace authzd {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxArguments = 4096;

Error bad(std::string_view what) {
  return {ErrorCode::bad_response,
          "the admin socket's " + std::string(what) + " is not understood"};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json parse_object(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json::object();
}

bool take(const Json& json, const char* name, std::string& into) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) return false;
  into = found->get<std::string>();
  return true;
}

bool take(const Json& json, const char* name, bool& into) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_boolean()) return false;
  into = found->get<bool>();
  return true;
}

bool take(const Json& json, const char* name, std::vector<std::string>& into) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array() || found->size() > kMaxArguments) return false;
  for (const Json& each : *found) {
    if (!each.is_string()) return false;
    into.push_back(each.get<std::string>());
  }
  return true;
}

}  // namespace

std::string encode(const Hello& hello) {
  return dump({{"authzd", hello.version}});
}

std::string encode(const AdminCall& call) {
  return dump({{"arguments", call.arguments},
               {"config", call.config},
               {"canAsk", call.can_ask},
               {"colour", call.colour},
               {"sudoUid", call.sudo_uid}});
}

std::string encode(const ClientReply& reply) {
  return dump({{"answer", reply.answer}, {"problem", reply.problem}});
}

std::string encode_exit(int code) {
  return dump({{"code", code}});
}

Result<Hello> parse_hello(std::string_view text) {
  Hello hello;
  if (!take(parse_object(text), "authzd", hello.version)) return bad("hello");
  return hello;
}

Result<AdminCall> parse_call(std::string_view text) {
  const Json json = parse_object(text);
  AdminCall call;
  const bool whole = take(json, "arguments", call.arguments) && take(json, "config", call.config) &&
                     take(json, "canAsk", call.can_ask) && take(json, "colour", call.colour) &&
                     take(json, "sudoUid", call.sudo_uid);
  if (!whole) return bad("call");
  return call;
}

Result<ClientReply> parse_reply(std::string_view text) {
  const Json json = parse_object(text);
  ClientReply reply;
  const bool whole = take(json, "answer", reply.answer) && take(json, "problem", reply.problem);
  if (!whole) return bad("reply");
  return reply;
}

Result<int> parse_exit(std::string_view text) {
  const Json json = parse_object(text);
  const auto code = json.find("code");
  if (code == json.end() || !code->is_number_integer()) return bad("exit code");
  return code->get<int>();
}

std::string version_difference(std::string_view client, std::string_view daemon) {
  if (client == daemon) return {};
  return "this is authzd " + printable(client) + ", but the daemon that runs is authzd " +
         printable(daemon) +
         ": restart the daemon after an upgrade (systemctl restart authzd), or call the authzd of "
         "its version";
}

}  // namespace authzd

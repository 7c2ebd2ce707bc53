// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/socket_site.hpp"

#include "daemon/admin/api_error.hpp"
#include "daemon/http/routes.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kFolder = "/api/v1/";

/// The command that a path names; nothing where it names none.
std::optional<std::string> command_of(std::string_view path) {
  if (!path.starts_with(kFolder)) return std::nullopt;
  const std::string_view name = path.substr(kFolder.size());
  if (name.empty() || name.find('/') != std::string_view::npos) return std::nullopt;
  return std::string(name);
}

HttpReply refusal(const Error& error) {
  const int status = error.code == ErrorCode::not_found ? 404 : 400;
  return {.response = api_error(status, error)};
}

}  // namespace

HttpReply SocketSite::answer(const HttpRequest& request, Peer who) {
  const Target target = split_target(request.target);
  auto command = request.method == "POST" ? command_of(target.path) : std::nullopt;
  if (command) return perform(*std::move(command), request, std::move(who));
  return {.response = parts_.pages.answer(request, Caller::local)};
}

HttpReply SocketSite::perform(std::string command, const HttpRequest& request, Peer who) {
  auto call = parse_call(std::move(command), request.body);
  if (!call) return refusal(call.error());
  auto opened = parts_.open(*call, std::move(who));
  if (!opened) return refusal(opened.error());
  HttpReply reply;
  reply.response.status = 200;
  reply.response.headers = {{"Content-Type", "application/x-ndjson"},
                            {"Cache-Control", "no-store"}};
  reply.source = std::make_shared<CommandStream>(
      parts_.executor, parts_.log, unread_, *call, *std::move(opened));
  return reply;
}

AdminHandler handler_of(SocketSite& site) {
  return [&site](HttpRequest request, Peer who) -> boost::asio::awaitable<HttpReply> {
    co_return site.answer(request, std::move(who));
  };
}

}  // namespace authzd

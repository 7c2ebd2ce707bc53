// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Addresses of the configuration and the environment: the first line is the address, the second one
// NO_PROXY. What may be a password in one is shown nowhere.
#include "daemon/config/git_url.hpp"
#include "daemon/net/http_grammar.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/notify/notify_request.hpp"
#include "reconciler/base/text.hpp"
#include "tests/fuzz/promises.hpp"

#include <algorithm>

namespace authzd::fuzz {
namespace {

/// All up to the last '@', where a user and a password stand.
std::string_view user_part(std::string_view url) {
  const auto at = url.rfind('@');
  return at == std::string_view::npos ? std::string_view() : url.substr(0, at);
}

void check_url_error(const Error& error, std::string_view secret) {
  promise(error.code == ErrorCode::invalid_config, "an address is the configuration's");
  promise_showable(to_string(error), "why an address is refused may be shown");
  promise_secret(to_string(error), secret);
}

void check_base_url(std::string_view text) {
  const auto url = parse_base_url(text);
  if (!url) return check_url_error(url.error(), user_part(text));
  const auto again = parse_base_url(to_string(url->origin) + url->path);
  promise(again && again->origin == url->origin && again->path == url->path,
          "an address that is written is read as the same");
  promise(is_target(url->path + "/"), "a path can stand in a request");
  promise(is_host(url->origin.host) || url->origin.host.find(':') != std::string::npos,
          "a host can stand in a request");
}

void check_webhook_url(std::string_view text) {
  const auto url = parse_webhook_url(text);
  if (!url) return check_url_error(url.error(), text);
  promise(is_target(url->target.reveal()), "a target can stand in a request");
  promise(check_transport(url->origin).has_value() || url->origin.scheme == "http", "a scheme");
}

void check_git_url(std::string_view text) {
  const auto url = parse_git_url(text);
  if (!url) return check_url_error(url.error(), user_part(text));
  promise(!url->host.empty() && !url->host.starts_with('-'), "no host is an option");
  promise(!url->text.starts_with('-'), "no address is an option");
  promise_showable(url->text, "an address may be shown");
}

void check_proxy(std::string_view text, std::string_view no_proxy) {
  const auto proxy = parse_proxy(text);
  if (!proxy) return check_url_error(proxy.error(), user_part(text));
  promise_showable(proxy->name(), "a proxy may be named");
  const std::string shown = to_lower(proxy->name());
  const bool is_v6 = proxy->host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + proxy->host + "]" : proxy->host;
  promise(shown == host + ":" + std::to_string(proxy->port), "a name is a host and a port");
  promise(is_host(proxy->host) || is_v6, "a host is a host");
  promise(is_field_value(proxy->authorization.reveal()), "a password can stand in a header");
  const NoProxy exceptions(no_proxy);
  const Origin origin{"https", proxy->host, proxy->port};
  const bool all = no_proxy.find_first_not_of(", \t\r\n") == std::string_view::npos;
  promise(!all || !exceptions.covers(origin), "no exceptions cover nothing");
  promise(NoProxy(std::string(no_proxy) + ",*").covers(origin), "'*' covers everything");
}

}  // namespace

void urls(std::string_view input) {
  const auto text = take_line(input);
  check_base_url(text);
  check_webhook_url(text);
  check_git_url(text);
  check_proxy(text, take_line(input));
}

}  // namespace authzd::fuzz

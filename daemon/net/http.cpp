// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http.hpp"

#include "reconciler/base/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace authzd {

namespace {

/// The text before an '@' may be a password, and a query a token, whatever is wrong with the URL:
/// it is then not quoted.
Error bad_url(std::string_view text, std::string_view what) {
  const bool may_hold_secret = text.find_first_of("@?#") != std::string_view::npos;
  const std::string shown = may_hold_secret ? "the text" : "\"" + printable(text) + "\"";
  return {ErrorCode::invalid_config, shown + " is not a base URL: " + std::string(what)};
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '-' && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
                  c == '_';
         });
}

bool is_path(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// host, host:port, [v6], [v6]:port; false if it is none of them.
bool read_authority(std::string_view text, Origin& origin) {
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    if (text.find('\0') < end) return false;  // make_address_v6 stops there
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address_v6(std::string(text.substr(1, end - 1)), ec);
    if (ec) return false;
    origin.host = address.to_string();
    const auto rest = text.substr(end + 1);
    has_port = !rest.empty();
    if (has_port && rest.front() != ':') return false;
    port = has_port ? rest.substr(1) : rest;
  } else {
    const auto colon = text.find(':');
    has_port = colon != std::string_view::npos;
    origin.host = to_lower(text.substr(0, colon));
    if (!is_host_name(origin.host)) return false;
    if (has_port) port = text.substr(colon + 1);
  }
  if (!has_port) return true;
  const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), origin.port);
  return ec == std::errc() && end == port.data() + port.size() && origin.port != 0;
}

}  // namespace

std::string_view find_header(const HttpHeaders& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const HttpHeader& header) {
    return iequals(header.name, name);
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

bool may_be_plain(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  if (ec) return false;
  return address.is_loopback() || address == boost::asio::ip::make_address("169.254.169.254");
}

Result<void> check_transport(const Origin& origin) {
  if (origin.scheme == "https" || may_be_plain(origin.host)) return {};
  return Error{ErrorCode::invalid_config,
               to_string(origin) +
                   ": plain HTTP is spoken only to loopback and to the metadata service "
                   "169.254.169.254; use https://"};
}

Result<BaseUrl> parse_base_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return bad_url(text, "it must start with https://");
  BaseUrl url;
  url.origin.scheme = to_lower(text.substr(0, colon));
  if (url.origin.scheme != "https" && url.origin.scheme != "http") {
    return bad_url(text, "it must start with https://");
  }
  url.origin.port = url.origin.scheme == "https" ? 443 : 80;

  auto rest = text.substr(colon + 3);
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return bad_url(text, "it must have neither a query nor a fragment");
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto authority = rest.substr(0, slash);
  auto path = rest.substr(slash);
  if (authority.find('@') != std::string_view::npos) {
    return Error{ErrorCode::invalid_config, "a base URL must hold no user or password"};
  }
  if (!read_authority(authority, url.origin)) return bad_url(text, "its host or port is malformed");
  if (!is_path(path)) return bad_url(text, "its path holds a space or a control character");
  while (path.ends_with('/')) path.remove_suffix(1);
  url.path = path;
  return url;
}

std::string to_string(const Origin& origin) {
  const bool is_v6 = origin.host.find(':') != std::string::npos;
  std::string text = origin.scheme + "://" + (is_v6 ? "[" + origin.host + "]" : origin.host);
  const std::uint16_t usual = origin.scheme == "https" ? 443 : 80;
  return origin.port == usual ? text : text + ":" + std::to_string(origin.port);
}

}  // namespace authzd

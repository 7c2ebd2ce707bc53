// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/proxy.hpp"

#include "daemon/net/connect.hpp"
#include "daemon/net/http_grammar.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace authzd {
namespace {

namespace ip = boost::asio::ip;

Error not_a_proxy(std::string_view why) {
  return Error{ErrorCode::invalid_config,
               "is no proxy: " + std::string(why) + "; write http://[user:password@]host:port"};
}

template <class Number>
std::optional<Number> number_of(std::string_view text, int base = 10) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number, base);
  if (failed != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return number;
}

Secret basic(const Secret& user, const Secret& password) {
  const Secret plain(std::string(user.reveal()) + ":" + std::string(password.reveal()));
  return Secret("Basic " + base64(plain.reveal()));
}

std::optional<ip::address> address_of(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;  // make_address stops there
  boost::system::error_code ec;
  auto address = ip::make_address(std::string(text), ec);
  if (ec) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

struct HostPort {
  std::string_view host;  // without brackets
  std::optional<std::uint16_t> port = {};
};

/// "host", "host:port", "[v6]", "[v6]:port", or a bare IPv6 address; empty if it is none of them.
std::optional<HostPort> split_host(std::string_view text) {
  std::string_view port;
  HostPort found{text, {}};
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !address_of(text.substr(1, close - 1))) {
      return std::nullopt;
    }
    found.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    found.host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':'));
  } else if (text.find(':') != std::string_view::npos && !address_of(text)) {
    return std::nullopt;
  }
  if (found.host.empty()) return std::nullopt;
  if (port.empty()) return found;
  found.port = number_of<std::uint16_t>(port.substr(1));
  if (!port.starts_with(':') || !found.port || *found.port == 0) return std::nullopt;
  return found;
}

bool shares_bits(std::string_view a, std::string_view b, unsigned bits) {
  for (std::size_t i = 0; bits > 0 && i < a.size(); ++i) {
    const unsigned here = std::min(bits, 8U);
    const unsigned mask = 0xffU << (8U - here) & 0xffU;
    if (((static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])) & mask) != 0) {
      return false;
    }
    bits -= here;
  }
  return true;
}

std::string bytes_of(const ip::address& address) {
  const auto copied = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
  return address.is_v4() ? copied(address.to_v4().to_bytes()) : copied(address.to_v6().to_bytes());
}

/// `item` has a slash.
bool is_in_network(std::string_view item, std::string_view host) {
  const auto network = address_of(item.substr(0, item.find('/')));
  const auto bits = number_of<unsigned>(item.substr(item.find('/') + 1));
  const auto address = address_of(host);
  if (!network || !bits || !address || network->is_v4() != address->is_v4()) return false;
  const std::string bytes = bytes_of(*network);
  return *bits <= bytes.size() * 8 && shares_bits(bytes, bytes_of(*address), *bits);
}

bool names_host(std::string_view item, std::string_view host) {
  if (const auto address = address_of(item)) return address_of(host) == address;
  if (item.starts_with('*')) item.remove_prefix(1);
  if (item.starts_with('.')) return host.size() > item.size() && host.ends_with(item);
  if (!host.ends_with(item)) return false;
  return host.size() == item.size() || host[host.size() - item.size() - 1] == '.';
}

bool covers_item(std::string_view item, std::string_view host, std::uint16_t port) {
  if (item == "*") return true;
  if (item.find('/') != std::string_view::npos) return is_in_network(item, host);
  const auto parts = split_host(item);
  return parts && (!parts->port || *parts->port == port) && names_host(parts->host, host);
}

}  // namespace

std::string Proxy::name() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + printable(host) + "]" : printable(host)) + ":" + std::to_string(port);
}

Result<Proxy> parse_proxy(std::string_view url) {
  std::string_view rest = trim(url);
  if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) {
    const std::string name = to_lower(rest.substr(0, scheme));
    if (name == "https") {
      return not_a_proxy(
          "TLS to the proxy itself (https://) is not spoken; what goes through the "
          "tunnel is encrypted all the same");
    }
    if (name != "http") return not_a_proxy("only http:// proxies with CONNECT are spoken to");
    rest.remove_prefix(scheme + 3);
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  Proxy proxy;
  Secret user_part;
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user_info = rest.substr(0, at);
    const auto colon = std::min(user_info.find(':'), user_info.size());
    const std::string_view password = user_info.substr(std::min(colon + 1, user_info.size()));
    const Secret user(percent_decoded(user_info.substr(0, colon)));
    const Secret word(percent_decoded(password));
    proxy.authorization = basic(user, word);
    user_part = Secret(percent_encoded(user.reveal()) + ":" + percent_encoded(word.reveal()) + "@");
    rest.remove_prefix(at + 1);
  }
  const auto parts = split_host(rest);
  if (!parts) return not_a_proxy("there is no host, or its port is no number from 1 to 65535");
  if (!is_host(parts->host) && !address_of(parts->host)) {
    return not_a_proxy("its host holds characters that no host has");
  }
  proxy.host = to_lower(parts->host);
  proxy.port = parts->port.value_or(80);
  proxy.url = Secret("http://" + std::string(user_part.reveal()) + proxy.name());
  return proxy;
}

NoProxy::NoProxy(std::string_view text) {
  constexpr std::string_view kSeparators = ", \t\r\n";
  const std::string lower = to_lower(text);
  std::string_view rest = lower;
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(kSeparators), rest.size());
    if (end > 0) items_.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

bool NoProxy::covers(const Origin& origin) const {
  std::string host = to_lower(origin.host);
  if (host.ends_with('.')) host.pop_back();
  return std::any_of(items_.begin(), items_.end(), [&](const std::string& item) {
    return covers_item(item, host, origin.port);
  });
}

Result<ProxySettings> ProxySettings::parse(std::string_view proxy, std::string_view no_proxy) {
  ProxySettings settings;
  if (trim(proxy).empty()) return settings;
  auto parsed = parse_proxy(proxy);
  if (!parsed) {
    Error error = std::move(parsed).error();
    error.message.insert(0, "HTTPS_PROXY ");
    return error;
  }
  settings.proxy_ = std::move(*parsed);
  settings.no_proxy_ = NoProxy(no_proxy);
  return settings;
}

const Proxy* ProxySettings::way_to(const Origin& origin) const {
  if (!proxy_ || origin.scheme != "https" || may_be_plain(origin.host)) return nullptr;
  return no_proxy_.covers(origin) ? nullptr : &*proxy_;
}

}  // namespace authzd

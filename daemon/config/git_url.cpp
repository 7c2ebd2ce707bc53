// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/git_url.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

Error refused(std::string why) {
  return {ErrorCode::invalid_config, "the URL of the repository " + std::move(why)};
}

bool is_loopback(std::string_view host) {
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "::1" || (is_number && host.starts_with("127."));
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7F' && c != '\\' && c != '\'' && c != '"';
  });
}

bool is_scheme(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '+';
  });
}

struct Authority {
  std::string_view user;
  bool has_password = false;
  std::string_view host;
};

Authority split_authority(std::string_view text) {
  Authority authority;
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    authority.user = text.substr(0, at);
    authority.has_password = authority.user.find(':') != std::string_view::npos;
    text.remove_prefix(at + 1);
  }
  if (text.starts_with('[')) {
    authority.host = text.substr(1, text.find(']') - 1);
  } else {
    authority.host = text.substr(0, text.find(':'));
  }
  return authority;
}

Result<GitUrl> checked(std::string_view text, std::string_view protocol, const Authority& parts) {
  if (parts.host.empty() || parts.host.starts_with('-')) return refused("names no host");
  if (protocol != "ssh" && !parts.user.empty()) {
    return refused(
        "holds a user or a password; write the user as credentials.username, put the token into a "
        "file and name that as credentials.tokenFile");
  }
  if (parts.has_password) {
    return refused("holds a password; use a key: credentials.sshKeyFile");
  }
  if (parts.user.starts_with('-')) return refused("names a user that begins with a dash");
  const bool is_open = protocol == "http" || protocol == "git";
  if (is_open && !is_loopback(parts.host)) {
    return refused("is " + std::string(protocol) +
                   "://, which neither hides nor proves anything; write https:// or ssh://");
  }
  return GitUrl{std::string(text), std::string(protocol), std::string(parts.host)};
}

}  // namespace

Result<GitUrl> parse_git_url(std::string_view text) {
  if (!is_plain(text)) return refused("holds white space, quotes or other odd characters");
  if (text.find_first_of("?#") != std::string_view::npos) {
    return refused(
        "has a query or a fragment; put a token into a file and name that as "
        "credentials.tokenFile");
  }
  const std::size_t scheme_end = text.find("://");
  if (scheme_end != std::string_view::npos) {
    const std::string protocol = to_lower(text.substr(0, scheme_end));
    if (protocol != "https" && protocol != "ssh" && protocol != "http" && protocol != "git") {
      // Without a valid scheme it may be a user and a password.
      const std::string shown = is_scheme(protocol) ? protocol + "://" : "of an unknown protocol";
      return refused("is " + shown +
                     "; write https:// or ssh://, or use source.directory for local files");
    }
    const std::string_view rest = text.substr(scheme_end + 3);
    return checked(text, protocol, split_authority(rest.substr(0, rest.find('/'))));
  }
  const std::size_t colon = text.find(':');
  const bool is_short_ssh = colon != std::string_view::npos && !text.starts_with('-') &&
                            text.substr(0, colon).find('/') == std::string_view::npos &&
                            text.substr(colon).size() > 1 && text[colon + 1] != ':';
  if (!is_short_ssh) {
    return refused(
        "is neither https://…, ssh://… nor user@host:path; use source.directory for local files");
  }
  if (text.find('@', colon) != std::string_view::npos) {
    return refused("holds a password; use a key: credentials.sshKeyFile");
  }
  return checked(text, "ssh", split_authority(text.substr(0, colon)));
}

bool is_git_ref(std::string_view ref) {
  constexpr std::string_view kForbidden = " ~^:?*[\\";
  const auto is_bad = [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte >= 0x7F || kForbidden.find(c) != std::string_view::npos;
  };
  if (ref.empty() || ref.starts_with('-') || ref.starts_with('/') || ref.ends_with('/'))
    return false;
  if (ref.ends_with('.') || ref.ends_with(".lock") || ref == "@") return false;
  if (std::any_of(ref.begin(), ref.end(), is_bad)) return false;
  for (const std::string_view bad : {"..", "//", "@{", "/."}) {
    if (ref.find(bad) != std::string_view::npos) return false;
  }
  return !ref.starts_with('.');
}

}  // namespace authzd

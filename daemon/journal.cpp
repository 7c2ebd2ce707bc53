// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/journal.hpp"

#include <string>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include <vector>

namespace authzd {

JournalSend send_to_journal() {
  return [](std::span<const std::string> fields) {
    std::vector<iovec> parts;
    // The library only reads them.
    for (const std::string& field : fields) {
      parts.push_back({const_cast<char*>(field.data()), field.size()});
    }
    return sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
  };
}

bool has_journal() {
  return ::access("/run/systemd/journal/socket", W_OK) == 0;
}

bool is_connected_to_journal(int descriptor, std::string_view stream) {
  struct stat status {};
  if (stream.empty() || ::fstat(descriptor, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string journal_field_name(std::string_view name) {
  std::string field = "AUTHZD_";
  for (const char c : name) {
    const bool is_small = c >= 'a' && c <= 'z';
    const bool is_capital = c >= 'A' && c <= 'Z';
    const bool is_digit = c >= '0' && c <= '9';
    if (is_capital && field.back() != '_') field += '_';
    if (is_small) {
      field += static_cast<char>(c - 'a' + 'A');
    } else {
      field += is_capital || is_digit ? c : '_';
    }
  }
  return field;
}

}  // namespace authzd

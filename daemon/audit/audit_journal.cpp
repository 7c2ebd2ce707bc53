// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/audit/audit_journal.hpp"

#include <system_error>
#include <systemd/sd-journal.h>
#include <unistd.h>

namespace authzd {
namespace {

int send_to_systemd(std::span<const std::string> fields) {
  std::vector<iovec> parts;
  // The library only reads them.
  for (const std::string& field : fields) {
    parts.push_back({const_cast<char*>(field.data()), field.size()});
  }
  return sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

}  // namespace

AuditJournal::AuditJournal() : send_(send_to_systemd) {}

bool AuditJournal::is_there() {
  return ::access("/run/systemd/journal/socket", W_OK) == 0;
}

Result<void> AuditJournal::write(const AuditLine& line) {
  std::vector<std::string> fields{"MESSAGE=" + line.json,
                                  "MESSAGE_ID=" + std::string(kAuditMessageId),
                                  "PRIORITY=5",
                                  "SYSLOG_IDENTIFIER=authzd"};
  for (const auto& [name, value] : line.fields) fields.push_back(std::string(name) + "=" + value);
  const int code = send_(fields);
  if (code >= 0) return {};
  return Error{ErrorCode::unavailable,
               "the journal did not take an audit line: " + std::generic_category().message(-code)};
}

}  // namespace authzd

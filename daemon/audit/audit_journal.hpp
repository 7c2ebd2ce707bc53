// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log in the systemd journal: each line is a message with fields, found by `journalctl
// MESSAGE_ID=4a1f1e6a5c0b4b0f9d3c8e7a2b6d5f10` or AUTHZD_ACCOUNT=….
#pragma once

#include "daemon/audit/audit_sink.hpp"

#include <functional>
#include <span>

namespace authzd {

/// Of every audit line, intents and outcomes.
inline constexpr std::string_view kAuditMessageId = "4a1f1e6a5c0b4b0f9d3c8e7a2b6d5f10";

class AuditJournal final : public AuditSink {
 public:
  /// Takes "FIELD=value" texts; returns 0, or a negative errno.
  using Send = std::function<int(std::span<const std::string>)>;

  /// Sends by sd_journal_sendv, or by `send`.
  AuditJournal();
  explicit AuditJournal(Send send) : send_(std::move(send)) {}

  /// Whether this host has a journal; without one, sd_journal_sendv drops every message.
  static bool is_there();

  /// Errors: unavailable, if the journal refuses the message.
  Result<void> write(const AuditLine& line) override;

 private:
  Send send_;
};

}  // namespace authzd

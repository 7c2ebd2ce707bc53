// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log of each write, in all its sinks (design §8): a line before the write is sent,
// without which it is not sent, and a line with its outcome. So a write that IAM received always
// has its line, whatever happens in between.
#pragma once

#include "daemon/audit/audit_chain.hpp"
#include "daemon/audit/audit_sinks.hpp"
#include "daemon/cycle/write_observer.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

class AuditTrail final : public WriteObserver {
 public:
  /// `chain`: the file that stores the head of the log's hash chain; empty: only in memory.
  explicit AuditTrail(std::vector<std::unique_ptr<AuditSink>> sinks,
                      std::filesystem::path chain = {})
      : sinks_(std::move(sinks)), chain_(std::move(chain)) {}

  /// Errors: that of the first sink that does not accept the line. The write must then not be sent.
  Result<void> before_write(const WriteEvent& event, const Command& write) override;

  /// Every sink is tried. Errors: that of the first one that does not accept the line.
  Result<void> after(const WriteEvent& event, const Outcome& outcome) override;

  /// As above.
  Result<void> approved(const AuditApproval& approval) override;
  Result<void> rolled_out(const AuditRollout& rollout) override;

 private:
  /// How many sinks must accept a line.
  enum class Need {
    every,  // the first failure ends it
    any,    // all are tried
  };

  Result<void> put(AuditLine line, Need need);
  Result<ChainHead> end_of_log(ChainHead kept, std::string& cut);

  std::vector<std::unique_ptr<AuditSink>> sinks_;
  AuditChain chain_;
};

/// False if there is neither a journal nor a file.
[[nodiscard]] bool is_audited(const std::string& file);

/// Writes to the journal if there is one, and to the file if `file` is not empty. `state`: the head
/// of the log's hash chain is stored beside this file; empty: only in memory.
std::shared_ptr<AuditTrail> make_audit_trail(const std::string& file, const std::string& state);

}  // namespace authzd

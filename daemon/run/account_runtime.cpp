// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/account_runtime.hpp"

#include <utility>

namespace authzd {

AccountRuntime::AccountRuntime(AccountParts parts, Clock& clock)
    : parts_(std::move(parts)),
      clock_(clock),
      loader_(parts_.spec, parts_.source.get(), *parts_.state) {
  status_.name = parts_.spec.name;
  status_.id = parts_.spec.id;
  status_.mode = parts_.spec.mode;
}

void AccountRuntime::begin_run(std::string id, RunKind kind, std::string who) {
  if (parts_.run) *parts_.run = id;
  run_ = {};
  run_.id = std::move(id);
  run_.kind = kind;
  run_.who = std::move(who);
  run_.began = clock_.now();
  is_run_recorded_ = false;
}

Result<void> AccountRuntime::record_run(const std::string& revision) {
  if (is_run_recorded_) return {};
  run_.revision = revision;
  auto begun = parts_.state->runs.begin(run_);
  is_run_recorded_ = begun.has_value();
  return begun;
}

boost::asio::awaitable<FairGate::Pass> AccountRuntime::turn() {
  const auto gate = gate_;
  if (gate == nullptr) co_return FairGate::Pass();
  co_return co_await gate->enter();
}

void AccountRuntime::inherit(const AccountRuntime& old) {
  status_ = old.status_;
  status_.name = parts_.spec.name;
  status_.mode = parts_.spec.mode;
  notices_ = old.notices_;
}

}  // namespace authzd

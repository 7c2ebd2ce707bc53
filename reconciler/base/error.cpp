// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/error.hpp"

namespace authzd {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::internal: return "Internal";
    case ErrorCode::invalid_manifest: return "InvalidManifest";
    case ErrorCode::invalid_config: return "InvalidConfiguration";
    case ErrorCode::unauthenticated: return "Unauthenticated";
    case ErrorCode::forbidden: return "Forbidden";
    case ErrorCode::not_found: return "NotFound";
    case ErrorCode::conflict: return "Conflict";
    case ErrorCode::rejected: return "Rejected";
    case ErrorCode::quota_exceeded: return "QuotaExceeded";
    case ErrorCode::rate_limited: return "RateLimited";
    case ErrorCode::unavailable: return "Unavailable";
    case ErrorCode::timeout: return "Timeout";
    case ErrorCode::bad_response: return "BadResponse";
    case ErrorCode::unsafe_plan: return "UnsafePlan";
    case ErrorCode::partial_view: return "PartialView";
    case ErrorCode::foreign_list: return "ForeignList";
    case ErrorCode::exhausted: return "Exhausted";
    case ErrorCode::cancelled: return "Cancelled";
  }
  return "Internal";
}

bool is_transient(ErrorCode code) {
  return code == ErrorCode::rate_limited || code == ErrorCode::unavailable ||
         code == ErrorCode::timeout || code == ErrorCode::exhausted;
}

Error Error::context(std::string_view doing) && {
  message.insert(0, std::string(doing) + ": ");
  return std::move(*this);
}

std::string to_string(const Error& error) {
  std::string text = error.message;
  std::string said;
  const auto add = [&said](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    said += said.empty() ? "" : ", ";
    said += std::string(name) + std::string(value);
  };
  if (error.detail.http_status != 0) add("HTTP ", std::to_string(error.detail.http_status));
  add("", error.detail.service_code);
  add("transaction ", error.detail.transaction_id);
  if (!said.empty()) text += " (" + said + ")";
  return text;
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks the certificate of a server and describes what is wrong with it.
#pragma once

#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/verify_context.hpp>

#include <memory>
#include <string>

namespace authzd {

/// A verify callback for Asio: copies share the reason.
class CertificateCheck {
 public:
  /// `ca_key` is the configuration key for other CAs, for the advice.
  CertificateCheck(std::string host, std::string ca_key);

  bool operator()(bool chain_holds, boost::asio::ssl::verify_context& context) const;

  /// What was wrong, in plain words; empty if nothing was.
  [[nodiscard]] const std::string& reason() const { return *reason_; }

 private:
  std::string host_;
  std::string ca_key_;
  std::shared_ptr<std::string> reason_;
};

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/certificate.hpp"

#include "reconciler/base/text.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <utility>
#include <vector>

namespace authzd {

namespace {

std::string text_of(const ASN1_STRING* value) {
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(value));
  return {bytes, static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string address_of(const ASN1_OCTET_STRING* value) {
  const std::string bytes = text_of(value);
  if (bytes.size() == 4) {
    boost::asio::ip::address_v4::bytes_type v4;
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return boost::asio::ip::address_v4(v4).to_string();
  }
  boost::asio::ip::address_v6::bytes_type v6{};
  if (bytes.size() != v6.size()) return "?";
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return boost::asio::ip::address_v6(v6).to_string();
}

/// The names that a certificate is for; only the first few, as a CDN's may have hundreds. Empty
/// without a subjectAltName: a common name does not count (RFC 9110 §4.3.4).
std::string names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* found = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; found != nullptr && i < sk_GENERAL_NAME_num(found); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(found, i);
    if (name->type == GEN_DNS) names.push_back(text_of(name->d.dNSName));
    if (name->type == GEN_IPADD) names.push_back(address_of(name->d.iPAddress));
  }
  GENERAL_NAMES_free(found);
  const bool cut = names.size() > 5;
  if (cut) names.resize(5);
  return join(names, ", ") + (cut ? ", …" : "");
}

bool is_for(X509* certificate, const std::string& host) {
  boost::system::error_code is_name;
  boost::asio::ip::make_address(host, is_name);
  if (!is_name) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
  constexpr unsigned kFlags =
      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  return X509_check_host(certificate, host.data(), host.size(), kFlags, nullptr) == 1;
}

std::string name_reason(X509* certificate, const std::string& host) {
  const std::string names = names_of(certificate);
  if (names.empty()) {
    return "its certificate names no host (it has no subjectAltName, and a common name is not "
           "taken)";
  }
  return "its certificate is for " + printable(names) + ", not for " + printable(host);
}

std::string chain_reason(X509_STORE_CTX* context, const std::string& ca_key) {
  const int error = X509_STORE_CTX_get_error(context);
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "its certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet (or the clock of this host is wrong)";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "its certificate is self-signed (to trust it, set " + ca_key + ")";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "its certificate is from an unknown CA (to trust a private one, set " + ca_key + ")";
    default: return std::string("its certificate: ") + X509_verify_cert_error_string(error);
  }
}

}  // namespace

CertificateCheck::CertificateCheck(std::string host, std::string ca_key)
    : host_(std::move(host)),
      ca_key_(std::move(ca_key)),
      reason_(std::make_shared<std::string>()) {}

bool CertificateCheck::operator()(bool chain_holds,
                                  boost::asio::ssl::verify_context& context) const {
  X509_STORE_CTX* store = context.native_handle();
  if (!chain_holds) {
    *reason_ = chain_reason(store, ca_key_);
    return false;
  }
  const bool is_of_a_ca = X509_STORE_CTX_get_error_depth(store) > 0;
  X509* certificate = X509_STORE_CTX_get_current_cert(store);
  if (is_of_a_ca || is_for(certificate, host_)) return true;
  X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
  *reason_ = name_reason(certificate, host_);
  return false;
}

}  // namespace authzd

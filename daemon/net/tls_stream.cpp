// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/tls_stream.hpp"

#include "daemon/net/small_file.hpp"
#include "daemon/net/tcp_stream.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <boost/asio/write.hpp>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

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

/// Checks the certificate of a server and describes what is wrong with it. A verify callback for
/// Asio: copies share the reason.
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

using SslStream = ssl::stream<asio::ip::tcp::socket>;

class TlsStream final : public ByteStream {
 public:
  TlsStream(std::unique_ptr<SslStream> stream, std::string peer)
      : stream_(std::move(stream)), peer_(std::move(peer)) {}

  Async<std::size_t> read_some(std::span<char> into) override {
    auto [ec, n] =
        co_await stream_->async_read_some(asio::buffer(into.data(), into.size()), kTuple);
    if (ec == asio::error::eof) co_return 0;
    if (ec) co_return stream_error(ec, "reading from", peer_);
    co_return n;
  }

  Async<std::size_t> write(std::string_view bytes) override {
    auto [ec, n] = co_await asio::async_write(*stream_, asio::buffer(bytes), kTuple);
    if (ec) co_return stream_error(ec, "writing to", peer_);
    co_return n;
  }

  asio::awaitable<void> finish() override {
    // Sends close_notify and FIN without waiting for the peer's, as async_shutdown would.
    ::SSL_set_shutdown(stream_->native_handle(), SSL_RECEIVED_SHUTDOWN);
    co_await stream_->async_shutdown(kTuple);
    boost::system::error_code ignored;
    stream_->next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  void reset() override { reset_socket(stream_->next_layer()); }
  bool is_quiet() override {
    return !has_unread(stream_->native_handle()) && is_socket_quiet(stream_->next_layer());
  }

 private:
  /// Records that arrived with an earlier one have left the socket, and are in OpenSSL's buffer.
  /// Asio has more only while that buffer is full.
  static bool has_unread(SSL* session) {
    return ::SSL_has_pending(session) != 0 || ::BIO_ctrl_pending(::SSL_get_rbio(session)) > 0;
  }

  std::unique_ptr<SslStream> stream_;
  std::string peer_;
};

/// SNI. OpenSSL's macro for this casts in the old style, which our warnings forbid.
void request_name(SSL* session, std::string name) {
  ::SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
}

Error unusable(std::string_view what,
               const std::string& file,
               const boost::system::error_code& ec) {
  return {
      ErrorCode::invalid_config,
      std::string(what) + " " + printable(file) + " cannot be used: " + printable(ec.message())};
}

std::string handshake_reason(const boost::system::error_code& ec, const CertificateCheck& check) {
  if (!check.reason().empty()) return check.reason();
  if (ec == asio::error::eof || ec == ssl::error::stream_truncated) {
    return "it closed the connection during the TLS handshake";
  }
  if (ec.category() == asio::error::get_ssl_category()) {
    const auto code = static_cast<unsigned long>(static_cast<unsigned int>(ec.value()));
    switch (ERR_GET_REASON(code)) {
      case SSL_R_WRONG_VERSION_NUMBER: return "it does not speak TLS on that port";
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return "it does not offer TLS 1.2 or later";
      case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        return "it refused the TLS handshake; authzd offers only suites with forward secrecy "
               "(TLS 1.3, or TLS 1.2 with ECDHE and an AEAD cipher)";
      default: break;
    }
  }
  return "TLS handshake: " + printable(ec.message());
}

}  // namespace

struct TlsContext::Impl {
  explicit Impl(ssl::context::method method) : context(method) {
    // All suites of TLS 1.3 have forward secrecy; this list is for 1.2.
    constexpr const char* kSuites = "ECDHE+AESGCM:ECDHE+CHACHA20";
    ::SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    ::SSL_CTX_set_cipher_list(context.native_handle(), kSuites);
  }

  ssl::context context;
  std::string ca_key;
};

TlsContext::TlsContext() = default;
TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

Result<TlsContext> TlsContext::client(const std::string& ca_file, const std::string& ca_key) {
  auto impl = std::make_unique<Impl>(ssl::context::tls_client);
  impl->ca_key = ca_key;
  impl->context.set_verify_mode(ssl::verify_peer);
  boost::system::error_code ec;
  if (ca_file.empty()) {
    impl->context.set_default_verify_paths(ec);
    if (ec) return unusable("the system's store of", "CA certificates", ec);
  } else {
    // OpenSSL would wait for a writer of a FIFO.
    if (const auto roots = read_small_file(ca_file, "caFile"); !roots) return roots.error();
    impl->context.load_verify_file(ca_file, ec);
    if (ec) return unusable(ca_key, ca_file, ec);
  }
  return TlsContext(std::move(impl));
}

Result<TlsContext> TlsContext::server(const std::string& certificate_file,
                                      const std::string& key_file) {
  auto impl = std::make_unique<Impl>(ssl::context::tls_server);
  boost::system::error_code ec;
  impl->context.use_certificate_chain_file(certificate_file, ec);
  if (ec) return unusable("the certificate", certificate_file, ec);
  impl->context.use_private_key_file(key_file, ssl::context::pem, ec);
  if (ec) return unusable("the key", key_file, ec);
  return TlsContext(std::move(impl));
}

Async<std::unique_ptr<ByteStream>> TlsContext::connect(asio::ip::tcp::socket socket,
                                                       std::string host) {
  auto stream = std::make_unique<SslStream>(std::move(socket), impl_->context);
  boost::system::error_code is_name;
  asio::ip::make_address(host, is_name);
  if (is_name) request_name(stream->native_handle(), host);
  const CertificateCheck check(host, impl_->ca_key);
  stream->set_verify_callback(check);

  auto [ec] = co_await stream->async_handshake(ssl::stream_base::client, kTuple);
  if (ec == asio::error::operation_aborted) co_return stream_error(ec, "connecting to", host);
  if (ec) {
    co_return Error{ErrorCode::unavailable,
                    "connecting to " + printable(host) + ": " + handshake_reason(ec, check)};
  }
  co_return std::make_unique<TlsStream>(std::move(stream), std::move(host));
}

Async<std::unique_ptr<ByteStream>> TlsContext::accept(asio::ip::tcp::socket socket,
                                                      std::string peer) {
  auto stream = std::make_unique<SslStream>(std::move(socket), impl_->context);
  auto [ec] = co_await stream->async_handshake(ssl::stream_base::server, kTuple);
  if (ec) co_return stream_error(ec, "TLS handshake with", peer);
  co_return std::make_unique<TlsStream>(std::move(stream), std::move(peer));
}

}  // namespace authzd

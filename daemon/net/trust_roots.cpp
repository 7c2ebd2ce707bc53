// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/trust_roots.hpp"

#include "daemon/net/small_file.hpp"
#include "reconciler/base/digest.hpp"

#include <openssl/x509.h>

#include <sys/stat.h>

namespace authzd {
namespace {

/// Every change of the store replaces, writes or renames a file.
std::string last_change_of(const char* path) {
  struct stat facts {};
  if (::stat(path, &facts) != 0) return "none";
  return std::to_string(facts.st_ino) + ":" + std::to_string(facts.st_size) + ":" +
         std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec);
}

}  // namespace

std::string fingerprint_of_roots(const std::string& ca_file) {
  if (ca_file.empty()) {
    return "system:" + last_change_of(::X509_get_default_cert_file()) + ":" +
           last_change_of(::X509_get_default_cert_dir());
  }
  const auto text = read_small_file(ca_file, "caFile");
  return ca_file + ":" + (text ? sha256_hex(*text) : "unreadable");
}

}  // namespace authzd

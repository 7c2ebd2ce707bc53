// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/confinement.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace authzd {
namespace {

// Newer than the kernel headers of Debian 12.
constexpr std::uint64_t kTruncate = 1ULL << 14U;
constexpr std::uint64_t kIoctlDevice = 1ULL << 15U;
constexpr std::uint64_t kScopeAbstractSockets = 1ULL << 0U;
constexpr std::uint64_t kScopeSignals = 1ULL << 1U;

constexpr long kLeastVersion = 2;  // before it, files could not be renamed into another folder

struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

constexpr std::uint64_t kRead =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriteFile =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
constexpr std::uint64_t kOfFiles = kWriteFile | LANDLOCK_ACCESS_FS_EXECUTE | kIoctlDevice;

/// Programs and libraries; then what they, the resolver and TLS need from the host. Not the whole
/// of /etc: it contains keys and the configuration.
constexpr auto kReadable = std::to_array<std::string_view>({"/usr",
                                                            "/bin",
                                                            "/sbin",
                                                            "/lib",
                                                            "/lib32",
                                                            "/lib64",
                                                            "/dev/random",
                                                            "/dev/urandom",
                                                            "/dev/zero",
                                                            "/etc/alternatives",
                                                            "/etc/ca-certificates",
                                                            "/etc/crypto-policies",
                                                            "/etc/gai.conf",
                                                            "/etc/gcrypt",
                                                            "/etc/gnutls",
                                                            "/etc/group",
                                                            "/etc/host.conf",
                                                            "/etc/hosts",
                                                            "/etc/ld.so.cache",
                                                            "/etc/ld.so.conf",
                                                            "/etc/ld.so.conf.d",
                                                            "/etc/ld.so.preload",
                                                            "/etc/localtime",
                                                            "/etc/networks",
                                                            "/etc/nsswitch.conf",
                                                            "/etc/passwd",
                                                            "/etc/pki/ca-trust",
                                                            "/etc/pki/tls/certs",
                                                            "/etc/protocols",
                                                            "/etc/resolv.conf",
                                                            "/etc/services",
                                                            "/etc/ssh/ssh_known_hosts",
                                                            "/etc/ssl/certs",
                                                            "/etc/ssl/openssl.cnf",
                                                            "/etc/userdb",
                                                            "/run/systemd/dynamic-uid",
                                                            "/run/systemd/userdb",
                                                            "/run/userdb"});
constexpr std::string_view kNull = "/dev/null";

long version() {
  return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

RulesetAttributes attributes_of(long version) {
  RulesetAttributes attributes;
  attributes.files = (LANDLOCK_ACCESS_FS_REFER << 1U) - 1;  // all flags up to that one
  if (version >= 3) attributes.files |= kTruncate;
  if (version >= 5) attributes.files |= kIoctlDevice;
  if (version >= 6) attributes.scoped = kScopeAbstractSockets | kScopeSignals;
  return attributes;
}

/// The rules under construction.
class Rules {
 public:
  explicit Rules(long version)
      : attributes_(attributes_of(version)),
        rules_(static_cast<int>(
            ::syscall(SYS_landlock_create_ruleset, &attributes_, sizeof attributes_, 0))) {
    is_good_ = rules_.get() >= 0;
  }

  void allow(std::string_view path, std::uint64_t access) {
    const Descriptor place(::open(std::string(path).c_str(), O_PATH | O_CLOEXEC));
    struct stat facts {};
    if (!is_good_ || place.get() < 0 || ::fstat(place.get(), &facts) != 0) return;
    if (!S_ISDIR(facts.st_mode)) access &= kOfFiles;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = access & attributes_.files;
    rule.parent_fd = place.get();
    is_good_ =
        ::syscall(SYS_landlock_add_rule, rules_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  }

  /// errno is that of the step that failed.
  Result<Descriptor> finish() && {
    if (is_good_) return std::move(rules_);
    return Error{ErrorCode::unavailable,
                 std::string("cannot confine a child process: ") + ::strerror(errno)};
  }

 private:
  RulesetAttributes attributes_;
  Descriptor rules_;
  bool is_good_ = false;
};

}  // namespace

bool can_confine() {
  return version() >= kLeastVersion;
}

Result<Descriptor> make_rules(const Confinement& confinement) {
  const long known = version();
  if (known < kLeastVersion) return Descriptor();
  Rules rules(known);
  for (const std::string_view path : kReadable) rules.allow(path, kRead);
  rules.allow(kNull, kWriteFile);
  for (const std::string& path : confinement.readable) rules.allow(path, kRead);
  for (const std::string& path : confinement.writable) rules.allow(path, ~0ULL);
  return std::move(rules).finish();
}

bool enter_confinement(int rules) {
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
}

}  // namespace authzd

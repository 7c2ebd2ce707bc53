// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/soak/weather.hpp"

#include "daemon/sandbox/json.hpp"

#include <array>
#include <fstream>
#include <string>
#include <utility>

namespace authzd::soak {
namespace {

using sandbox::Json;

struct Use {
  const char* source;
  const char* target;
};
constexpr std::array kUses{Use{"server-protect", "kms"},
                           Use{"server-protect", "hs-crypto"},
                           Use{"is", "kms"},
                           Use{"is", "hs-crypto"},
                           Use{"cloud-object-storage", "kms"},
                           Use{"cloud-object-storage", "hs-crypto"}};

std::vector<test::NamedFault> every_fault() {
  std::vector<test::NamedFault> all;
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"POST", "/v2/policies"},
                                                        {"PUT", "/v2/policies"},
                                                        {"DELETE", "/v2/policies"},
                                                        {"GET", "/v2/policies/"},
                                                        {"GET", "/v2/policies[?]"},
                                                        {"GET", "/v2/roles"},
                                                        {"POST", "/identity/token"}}) {
    for (auto& fault : test::faults_of(method, path)) all.push_back(std::move(fault));
  }
  return all;
}

}  // namespace

Weather::Weather(sandbox::SandboxService& service,
                 test::VirtualClock& clock,
                 std::filesystem::path directory,
                 std::uint64_t seed)
    : service_(service),
      clock_(clock),
      directory_(std::move(directory)),
      randomness_(seed),
      faults_(every_fault()) {
  clear_up();
}

std::size_t Weather::pick(std::size_t count) {
  return static_cast<std::size_t>(randomness_.next01() * static_cast<double>(count));
}

void Weather::change() {
  if (chance(0.2)) commit();
  if (chance(0.2)) edit_by_hand();
  if (chance(0.05)) service_.revoke_tokens();
  service_.clear_faults();
  if (!chance(0.4)) return;
  sandbox::Fault fault = faults_[pick(faults_.size())].fault;
  fault.times = 1 + static_cast<int>(pick(4));
  static_cast<void>(service_.inject(std::move(fault)));
}

void Weather::clear_up() {
  std::filesystem::remove(directory_ / "broken.yaml");
  service_.clear_faults();
  for (std::size_t i = 0; i < kUses.size(); ++i) write_manifest(i, false);
}

void Weather::write_manifest(std::size_t which, bool delegates) const {
  const auto& [source, target] = kUses[which];
  const std::string name = "use-" + std::to_string(which);
  std::ofstream(directory_ / (name + ".yaml"))
      << "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " << name
      << "}\nspec:\n  source: {service: " << source << "}\n  target: {service: " << target
      << "}\n  roles: [" << (delegates ? "Authorization Delegator" : "Reader") << "]\n";
}

/// One manifest goes, comes or changes its role; now and then a revision is not valid.
void Weather::commit() {
  const std::size_t which = pick(kUses.size());
  std::filesystem::remove(directory_ / "broken.yaml");
  if (chance(0.1)) {
    std::ofstream(directory_ / "broken.yaml") << "kind: [";
  } else if (chance(0.4)) {
    std::filesystem::remove(directory_ / ("use-" + std::to_string(which) + ".yaml"));
  } else {
    write_manifest(which, chance(0.3));
  }
}

void Weather::edit_by_hand() {
  service_.allow_admin(true);
  const auto reply = service_.handle({"GET", "/sandbox/v1/policies"}, clock_.now());
  const Json body = Json::parse(reply.response.body);
  std::vector<std::string> active;
  for (const Json& policy : body.at("policies")) {
    if (policy.at("state") == "active") active.push_back(policy.at("id"));
  }
  if (active.empty()) return;
  const Json change = chance(0.5) ? Json{{"state", "deleted"}} : Json{{"description", "by hand"}};
  static_cast<void>(service_.edit(active[pick(active.size())], change.dump(), clock_.now()));
}

}  // namespace authzd::soak

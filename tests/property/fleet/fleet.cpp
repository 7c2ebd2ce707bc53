// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/fleet/fleet.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace authzd::test {
namespace {

constexpr std::array kSources = {"server-protect", "is", "schematics"};
constexpr std::array kTargets = {"kms", "hs-crypto", "secrets-manager"};
constexpr std::array kRoles = {"Reader", "Writer", "Manager"};
constexpr int kStormyCycles = 8;
constexpr int kCalmCycles = 8;
const IamId kPerson{"IBMid-ada"};
const IamId kService{"crn:v1:bluemix:public:databases-for-postgresql:us-south:a/0:1::"};

std::string crn_of(const std::string& role) {
  return "crn:v1:bluemix:public:iam::::serviceRole:" + role;
}

template <std::size_t N>
std::string any_of(Rng& rng, const std::array<const char*, N>& words) {
  return words[rng() % N];
}

}  // namespace

Fleet::Fleet(const Story& story) : story_(story), rng_(story.seed) {
  iam_.follow([this] { return clock_.now(); });
  const auto add = [this](const std::string& owner, const std::string& who, Mode mode) {
    HostTraits traits{owner, IamId("iam-ServiceId-" + who), mode};
    traits.adopt = std::array{Adopt::never, Adopt::identical, Adopt::always}[rng_() % 3];
    traits.max_delete = 1 + rng_() % 3;
    traits.first_deletes_approved = !chance(rng_, 20);
    traits.bug = story_.bug;
    Host& host = hosts_.emplace_back(std::move(traits), iam_, clock_, rng_);
    host.on_meddling([this] { meddle(); });
  };
  add("prod", "one", story.bug == Bug::writes_in_observe ? Mode::observe : Mode::sync);
  if (story.company == Company::two_owners) add("test", "two", Mode::sync);
  if (story.company == Company::twins) add("prod", "one", Mode::sync);
  if (story.company == Company::observer) add("audit", "two", Mode::observe);
}

std::vector<std::string> Fleet::run() {
  populate();
  storm();
  calm();
  rest();
  for (Host& host : hosts_) {
    host.check_record();
    const auto& found = host.witness().faults();
    faults_.insert(faults_.end(), found.begin(), found.end());
  }
  return faults_;
}

std::pair<std::string, std::string> Fleet::any_pair() {
  std::string source = any_of(rng_, kSources);
  return {std::move(source), any_of(rng_, kTargets)};
}

std::string Fleet::any_role_crn() {
  return crn_of(any_of(rng_, kRoles));
}

PolicyContent Fleet::any_content() {
  const auto [source, target] = any_pair();
  const auto side = [](const std::string& service) {
    return AttributeSet({{"accountId", "stringEquals", kFleetAccount.value},
                         {"serviceName", "stringEquals", service}});
  };
  return {.subject = side(source),
          .resource = side(target),
          .roles = {any_role_crn()},
          .description = {}};
}

/// The initial policies: of people, of services, of enterprise templates.
void Fleet::populate() {
  for (int i = 0; i < 4; ++i) {
    const IamId& maker = chance(rng_, 25) ? kService : kPerson;
    const auto made = iam_.create(any_content(), maker);
    if (!made || !chance(rng_, 15)) continue;
    Observed from_template = made->policy;
    from_template.template_id = "enterprise-template";
    iam_.place(std::move(from_template));
  }
}

void Fleet::change_manifests() {
  std::optional<Wishes> of_twin;
  for (Host& host : hosts_) {
    if (story_.company == Company::twins && of_twin) {
      host.set_manifests(*of_twin);
      continue;
    }
    Wishes wishes = host.wishes();
    for (int i = 0; i < 4; ++i) {
      const auto pair = any_pair();
      if (chance(rng_, 40)) {
        wishes.erase(pair);
        continue;
      }
      const std::string name = pair.first + "-" + pair.second + "-" + std::to_string(rng_() % 2);
      wishes.insert_or_assign(pair, Wanted{name, any_of(rng_, kRoles), chance(rng_, 10)});
    }
    host.set_manifests(wishes);
    of_twin = std::move(wishes);
  }
}

/// Manual changes by someone else.
void Fleet::meddle() {
  const std::vector<Observed> active = iam_.list();
  if (active.empty() || chance(rng_, 20)) {
    const auto made = iam_.create(any_content(), kPerson);
    if (made || active.empty()) return;
  }
  edit(active[rng_() % active.size()]);
}

void Fleet::edit(const Observed& policy) {
  const Etag etag = iam_.get(policy.id)->etag;
  PolicyContent content = policy.content;
  switch (rng_() % 6) {
    case 0: static_cast<void>(iam_.remove(policy.id, kPerson)); return;
    case 1: content.roles = {any_role_crn()}; break;
    case 2: content.description.clear(); break;
    case 3: content.resource = any_content().resource; break;
    case 4: {  // a marker is copied
      const auto others = iam_.list();
      content.description = others[rng_() % others.size()].content.description;
      break;
    }
    default: {  // purged
      static_cast<void>(iam_.remove(policy.id, kPerson));
      iam_.purge(policy.id);
      return;
    }
  }
  static_cast<void>(iam_.replace(policy.id, content, etag, kPerson));
}

/// The hosts' cycles run concurrently, call by call.
void Fleet::all_cycle(std::chrono::minutes pause) {
  std::exception_ptr thrown;
  const auto ended = [&thrown](std::exception_ptr error) {
    if (error) thrown = error;
  };
  for (Host& host : hosts_) boost::asio::co_spawn(io_, host.cycle(), ended);
  io_.restart();
  io_.run();
  if (thrown) std::rethrow_exception(thrown);
  clock_.advance(pause);
}

void Fleet::storm() {
  for (Host& host : hosts_) host.weather(story_.storm);
  for (int i = 0; i < kStormyCycles; ++i) {
    if (i % 2 == 0) change_manifests();
    all_cycle(std::chrono::minutes(5));
  }
}

void Fleet::calm() {
  for (Host& host : hosts_) host.weather({});
  iam_.settle();
  clock_.advance(std::chrono::hours(1));
  for (int i = 0; i < kCalmCycles; ++i) {
    all_cycle(std::chrono::minutes(61));
    for (Host& host : hosts_) host.approve_all();
  }
  for (Host& host : hosts_) check_convergence(host);
}

std::size_t Fleet::sent() {
  std::size_t sum = 0;
  for (Host& host : hosts_) sum += host.witness().sent();
  return sum;
}

void Fleet::rest() {
  const std::size_t before = sent();
  all_cycle(std::chrono::minutes(61));
  all_cycle(std::chrono::minutes(61));
  if (sent() != before) faults_.push_back("it is not at rest");
}

/// Our policies match the manifests, and everything that they want exists, whoever owns it.
void Fleet::check_convergence(Host& host) {
  if (host.traits().mode == Mode::observe) return;
  std::map<Key, Wanted> wanted;
  for (const auto& [pair, wish] : host.wishes()) wanted.emplace(key_of_pair(pair), wish);
  std::set<Key> there;
  for (const Observed& policy : iam_.list()) {
    const Key key = key_of(kFleetAccount, policy.content);
    there.insert(key);
    if (!host.witness().is_visibly_own(policy) || is_protected(policy)) continue;
    if (host.has_protected(policy.id)) continue;  // whatever somebody changed since
    const std::string what = policy.id.value + " (" + policy.content.description + ")";
    const auto wish = wanted.find(key);
    if (wish == wanted.end()) {
      host.witness().blame(what + " is not wanted, and still there");
    } else if (policy.content.roles != RoleSet{crn_of(wish->second.role)}) {
      host.witness().blame(what + " has other roles than " + wish->second.role);
    }
  }
  for (const auto& [key, wish] : wanted) {
    if (!there.contains(key)) host.witness().blame(wish.name + " is wanted, and not there");
  }
}

}  // namespace authzd::test

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/vocabulary.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

/// Read once, into a set. Grouped by letter, for readability.
constexpr std::string_view kPlaces =
    "abort about above absent accept acceptable accepted access according account accounts acr "
    "action actions active activity actor actual add added additional address admin administrator "
    "after again age against agent agents alert alias all allow allowed already also alternate alg "
    "always amr an analytics and another any apikey api app application applications apply are "
    "array as aspera assertion assign assigned assignment assignments assume at attach attempt "
    "attempted "
    "attribute attributes au audience audit auth authenticate authenticated authentication authn "
    "author authority authorization authorizations authorize authorized authorizing automatic "
    "available away "
    "back backup backups bad base based basic be because bearer been before begin behalf being "
    "belongs best between blank block blocked blocks bluemix body boolean both br broker bss "
    "bucket buckets "
    "bundle busy but by bypass bytes ca cache caller can cannot case catalog category cause "
    "certain "
    "certificate certificates change changed changes character characters charset che check "
    "checking claim claims "
    "class classic client close closed cloud cluster clusters code codes com combination command "
    "common compatible "
    "complete compute computed condition conditions config configuration configured conflict "
    "conflicting conflicts connect connected connection connector consistency consumer contact "
    "contain contained "
    "container containing contains content contents context continue control controls cookie "
    "correct correlation cos could count country cr create created creating creation creator "
    "credential credentials crn cross csrf current custom customer data database databases date "
    "day days "
    "de deadline deactivated decode default define defined definition delegate delegated delegates "
    "delegation delegator delegators delete deleted deleting deletion denied deny deprecated "
    "describe "
    "description destination detail details deploy device did different direct directory disabled "
    "display distinct "
    "distribution div dns do document documentation does domain domains down due duplicate "
    "duration during "
    "each edit "
    "editor effect effective either element elements else email empty enable enabled encode "
    "encoding encrypt encrypted encryption end endpoint enterprise entitled entitlement entity "
    "entries entry enum environment equal equals error errors es etag eu event events every exact "
    "exactly example exceed exceeded exceeds except exception exchange exclude exist existing "
    "exists exp expect expected "
    "expiration expire expired expires explicit expression extend extended external fail failed "
    "failure false "
    "family feature few field fields file files filter filters first fix flavor flow folder for "
    "forbidden form format formats forward found frequency from frozen full function future "
    "gateway gb "
    "general generate generated generation get given global grant granted granting grants greater "
    "group "
    "groups guest guid had handle has have head header headers health help here hidden history "
    "host hour hours href html http https hub iam ibm ibmcloud ibmid id identical identifier "
    "identifiers identities identity if image images immutable implicit in inactive "
    "include included includes incoming incorrect index individual info information inherit "
    "inherited initial inner input insert instance instances instead insufficent insufficient "
    "int integer integration interface internal into invalid inventory invocation ip is iso iss "
    "issue issued issuer "
    "it item items its iat javascript json jp jti just keep keepalive key keyring keys keyword "
    "kind kmip "
    "known kubernetes label labels lang language large larger last late later latest least legacy "
    "length less level life lifetime like limit limitation limited limits line link linked list "
    "listed lists literal load loaded loadbalancer local location lock locked log logging logs "
    "long longer longest lookup lower "
    "made maintenance malformed manage managed management manager mandatory many map match matched "
    "matches matching max maximum may mechanism member members memory merge message messages meta "
    "metadata method "
    "metrics migrate min minimum minute minutes misconfigured mismatch missing mode model modified "
    "modify "
    "module monitor monitoring more most moved ms much multi multiple must mutable name namespace "
    "names need "
    "needed negative network never new next no none not note nothing notification notifications "
    "now null number oauth "
    "object objects of off offered offset ok old on once one only open openid operation operations "
    "operator operators option "
    "optional options or order organization origin original osa other others otherwise out outside "
    "over own "
    "owned owner page pages pagination pair pairs parameter parameters params parent parse part "
    "partial party password patch path pattern patterns payload peer pending per perform period "
    "permission "
    "permissions permit permits permitted phase place placeholder plain plan platform please "
    "plural policies policy pool port post power powervs pragma precondition prefix present "
    "previous "
    "primary principal principals priority private privilege problem process processed processing "
    "product production profile profiles project prohibited promise propagated propagation "
    "properties property protected protocol provide provided provider proxy public publish "
    "publisher put pwd query queue quota range rate raw reach reached read readable reader "
    "readers reading realm realmid reason receive received record recorded recovery redirect "
    "reduce "
    "refer reference references referenced refresh region regional regions register registered "
    "registry reject "
    "rejected related relation release remaining remember remote remove removed renew repeat "
    "replace "
    "replaced reply report reporter repository request requested requester requests require "
    "required requirement "
    "requires resend reserved reset resolve resource resources response responses rest restore "
    "restored restrict restricted restriction restrictions result results retention retries "
    "retrieve retry return returned revision revoke revoked right rights role roles root rotate "
    "rotation route router rule rules run runtime safe same sandbox sao scan schema schematics "
    "scope scopes script search second secondary seconds secret secrets section secure security "
    "see select selected "
    "self send sender sent sequence serial server servers serve served service services session "
    "set setting "
    "settings share shared short should sign signature signed since single site size slow small "
    "snapshot "
    "snapshots so some sort source sources south space span spec specific specification specified "
    "specify sso stack stage stale standard start started state stated statement status step still "
    "stop "
    "storage store stored strict string strings style sub subject subjects submit submitted "
    "subnet "
    "subscription success such sum supplied support supported supports suspended switch sync "
    "syntax syd system "
    "systems tag tags take taken target targets task team template templates tenant term test text "
    "than that the their them then there these they this those threshold throttle throttled "
    "through time timed timeout times timestamp title tls to together tok token tokens too tool "
    "top topic tor total trace track traffic transaction transfer transit transport "
    "trigger true trust trusted try trying type types unable unauthenticated unauthorized "
    "unavailable "
    "under undefined unexpected unique unit unknown unless unlock unprocessable unrecognized "
    "unreachable "
    "unsupported until up update updated updates updating upgrade upper uri url urn us usage use "
    "used user "
    "username users using utf uuid valid validate validated validation validity value values "
    "variable version "
    "versions via view viewer violated violation virtual volume volumes vary vpc vpn wait want "
    "warning was wdc web were what when where whether which while who why width will window with "
    "within without work worker workload workspace would write writer writing written wrong "
    "year yes yet you your zone zones "
    // headers
    "alive browser cf charset chunked control csp deflate east encoding frame gzip hsts keep mad "
    "north nosniff www urlencoded x options permissions powered preload ray referrer retries "
    "robots sec "
    "samesite sub subdomains strict transport vary west xss "
    // dates of headers
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday jan feb "
    "mar apr jun jul aug sep oct nov dec january gmt utc "
    // operators, types and names of attributes
    "consistent exists equals group instance operator stringmatch cfg ims publishes ring says "
    "volume";

using Words = std::set<std::string_view, std::less<>>;

const Words& words() {
  static const Words kAll = [] {
    Words all;
    std::string_view rest = kPlaces;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      if (end > 0) all.insert(rest.substr(0, end));
      rest.remove_prefix(std::min(rest.size(), end + 1));
    }
    return all;
  }();
  return kAll;
}

enum class Kind { upper, lower, digit, other };

Kind kind_of(char c) {
  if (c >= 'A' && c <= 'Z') return Kind::upper;
  if (c >= 'a' && c <= 'z') return Kind::lower;
  if (c >= '0' && c <= '9') return Kind::digit;
  return Kind::other;
}

/// The end of the word at `at`: "getHTTPHeader2" is get, HTTP, Header and 2.
std::size_t word_end(std::string_view run, std::size_t at) {
  const Kind first = kind_of(run[at]);
  std::size_t end = at + 1;
  while (end < run.size() && kind_of(run[end]) == first) ++end;
  if (first != Kind::upper) return end;
  if (end < run.size() && kind_of(run[end]) == Kind::lower) {
    if (end - at > 1) return end - 1;
    while (end < run.size() && kind_of(run[end]) == Kind::lower) ++end;
  }
  return end;
}

/// "BXNIM0415E": the form of IBM's message numbers.
bool is_message_code(std::string_view run) {
  if (run.size() != 10 || !run.starts_with("BXN") || run.back() != 'E') return false;
  return kind_of(run[3]) == Kind::upper && kind_of(run[4]) == Kind::upper &&
         std::ranges::all_of(run.substr(5, 4), [](char c) { return kind_of(c) == Kind::digit; });
}

}  // namespace

bool is_plain_word(std::string_view word) {
  return words().contains(to_lower(word));
}

bool is_plain_run(std::string_view run, std::size_t digits) {
  constexpr std::array<std::string_view, 6> kShort{"a", "A", "v1", "v2", "x", "X"};
  if (std::ranges::find(kShort, run) != kShort.end() || is_message_code(run)) return true;
  std::size_t numbers = 0;
  for (std::size_t at = 0; at < run.size();) {
    const Kind kind = kind_of(run[at]);
    if (kind == Kind::other) {
      if (static_cast<unsigned char>(run[at]) >= 0x80U) return false;
      ++at;
      continue;
    }
    const std::size_t end = word_end(run, at);
    const std::string_view word = run.substr(at, end - at);
    if (kind == Kind::digit) {
      // One number, or one with a fraction: never a possible address or phone number.
      const bool is_fraction =
          numbers == 1 && at > 1 && run[at - 1] == '.' && kind_of(run[at - 2]) == Kind::digit;
      if (word.size() > digits || (numbers > 0 && !is_fraction)) return false;
      ++numbers;
    } else {
      // "x12" is more likely an id than a word.
      const bool begins_an_id =
          word.size() == 1 && end < run.size() && kind_of(run[end]) == Kind::digit;
      if (begins_an_id || !is_plain_word(word)) return false;
    }
    at = end;
  }
  return true;
}

bool is_known_host(std::string_view host) {
  constexpr std::array<std::string_view, 4> kEverywhere{
      "127.0.0.1", "localhost", "::1", "169.254.169.254"};
  if (std::ranges::find(kEverywhere, host) != kEverywhere.end()) return true;
  constexpr std::string_view kIbm = "cloud.ibm.com";
  return host == kIbm || (host.ends_with("." + std::string(kIbm)) && is_plain_run(host, 0));
}

bool is_crn_of_ibm_role(std::string_view crn) {
  constexpr std::string_view kBegin = "crn:v1:bluemix:public:";
  if (!crn.starts_with(kBegin)) return false;
  const std::string_view rest = crn.substr(kBegin.size());
  const auto end = rest.find(':');
  if (end == std::string_view::npos || end == 0) return false;
  const std::string_view behind = rest.substr(end);
  return behind.starts_with("::::role:") || behind.starts_with("::::serviceRole:");
}

}  // namespace authzd

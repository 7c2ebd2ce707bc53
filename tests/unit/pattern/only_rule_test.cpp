// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The truth table of `only`, row by row.
#include "tests/unit/pattern/pattern_world.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using test::grant;
using test::group;
using test::instance;
using test::kOwn;
using test::only;
using test::pattern;
using test::service;

AccessPattern from_to(const std::string& source,
                      const std::string& target,
                      std::vector<std::string> roles = {"Reader"}) {
  return pattern({{"source.serviceName", source},
                  {"source.accountId", kOwn.value},
                  {"target.serviceName", target}},
                 std::move(roles));
}

const std::vector<AccessPattern> kList{from_to("server-protect", "hs-crypto"),
                                       from_to("is", "hs-crypto")};

TEST(Only, SaysNothingOfOtherTargets) {
  EXPECT_EQ(only(kList, grant({service("x")}, {service("kms")}, {"crn:Writer"})), "holds");
}

TEST(Only, HoldsWhereTheListHasIt) {
  EXPECT_EQ(only(kList, grant({service("is")}, {service("hs-crypto")})), "holds");
  EXPECT_EQ(only(kList, grant({service("is"), instance("i")}, {service("hs-crypto"), group("g")})),
            "holds");
  EXPECT_EQ(only(kList, grant({service("is")}, {group("g")})), "holds")
      << "wider than the list's targets, and on these as the list says";
}

TEST(Only, HoldsRoleByRole) {
  const std::vector<AccessPattern> list{from_to("is", "hs-crypto", {"Reader"}),
                                        from_to("is", "hs-crypto", {"Writer"})};
  EXPECT_EQ(
      only(list, grant({service("is")}, {service("hs-crypto")}, {"crn:Reader", "crn:Writer"})),
      "holds");
}

TEST(Only, IsViolatedByAnotherSourceOrRole) {
  EXPECT_EQ(only(kList, grant({service("x")}, {service("hs-crypto")})), "violated");
  EXPECT_EQ(only(kList, grant({service("is")}, {service("hs-crypto")}, {"crn:Writer"})),
            "violated");
  EXPECT_EQ(
      only(kList, grant({service("is"), test::account(test::kOther)}, {service("hs-crypto")})),
      "violated");
}

TEST(Only, IsViolatedByWhatIsWiderThanTheList) {
  EXPECT_EQ(only(kList, grant({group("g")}, {service("hs-crypto")})), "violated")
      << "any service of the group";
  const std::vector<AccessPattern> one{pattern({{"source.serviceName", "is"},
                                                {"source.serviceInstance", "i"},
                                                {"target.serviceName", "hs-crypto"}})};
  EXPECT_EQ(only(one, grant({service("is")}, {service("hs-crypto")})), "violated")
      << "other instances, too";
  EXPECT_EQ(only(kList, grant({service("x")}, {group("g")})), "violated");
}

TEST(Only, IsUndecidedWhereNobodyKnows) {
  EXPECT_EQ(only(kList, grant({service("x")}, {instance("h")})), "undecided")
      << "what the instance is one of";
  EXPECT_EQ(only(kList, grant({service("is")}, {service("hs-crypto")}, {"crn:Custom"})),
            "undecided");
  PolicyContent ruled = grant({service("x")}, {service("hs-crypto")});
  ruled.extras.emplace("rule", "{}");
  EXPECT_EQ(only(kList, ruled), "undecided");
}

TEST(Only, TakesANarrowerTargetOfItsOwnAlone) {
  const std::vector<AccessPattern> list{from_to("is", "hs-crypto"),
                                        pattern({{"source.serviceName", "x"},
                                                 {"target.serviceName", "hs-crypto"},
                                                 {"target.serviceInstance", "h"}})};

  EXPECT_EQ(only(list, grant({service("x")}, {service("hs-crypto"), instance("h")})), "holds");
  EXPECT_EQ(only(list, grant({service("x")}, {service("hs-crypto")})), "violated");
  EXPECT_EQ(only(list, grant({service("is")}, {service("hs-crypto"), instance("h")})), "holds")
      << "the wider pattern has all of these targets";
}

}  // namespace
}  // namespace authzd
